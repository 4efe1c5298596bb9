/** The inbox's filters, as the fields of its form hold them, and the request that they make. */
import { type Query, withQuery } from "../staff/api";

export type Filters = {
  candidate: string;
  plan: string;
  status: string;
  review: string;
  scoreMin: string;
  scoreMax: string;
  since: string;
  until: string;
};

export const NO_FILTERS: Filters = {
  candidate: "",
  plan: "",
  status: "",
  review: "",
  scoreMin: "",
  scoreMax: "",
  since: "",
  until: "",
};

const NAMES = Object.keys(NO_FILTERS) as (keyof Filters)[];

export function parseFilters(search: string): Filters {
  const query = new URLSearchParams(search);
  const found = { ...NO_FILTERS };
  for (const name of NAMES) found[name] = query.get(name) ?? "";
  return found;
}

/** The set filters as a query of the page; empty when none is set. */
export function encodeFilters(filters: Filters): string {
  return new URLSearchParams(NAMES.filter((name) => filters[name]).map((name) => [name, filters[name]])).toString();
}

/** A day of the form is one of the reader's time zone; `until` is the last day that counts. */
export function listPath(filters: Filters, cursor?: string): string {
  const query: Query = {
    candidate: filters.candidate.trim() || undefined,
    plan: filters.plan.trim() || undefined,
    status: filters.status || undefined,
    needs_review: filters.review || undefined,
    score_min: filters.scoreMin || undefined,
    score_max: filters.scoreMax || undefined,
    since: filters.since ? dayStart(filters.since, 0) : undefined,
    until: filters.until ? dayStart(filters.until, 1) : undefined,
    limit: 50,
    cursor,
  };
  return withQuery("/sessions", query);
}

function dayStart(day: string, later: number): string | undefined {
  const [year, month, date] = day.split("-").map(Number);
  const start = new Date(year ?? 0, (month ?? 1) - 1, (date ?? 1) + later);
  return Number.isNaN(start.getTime()) ? undefined : start.toISOString();
}
