import { useState } from "react";
import { DataTable } from "../staff/DataTable";
import { moment, plural, score, standing } from "../staff/format";
import type { SessionList, SessionSummary } from "../staff/types";
import { useLoad } from "../staff/useLoad";
import { Button } from "../ui/Button";
import { Notice } from "../ui/Notice";
import { FilterForm } from "./FilterForm";
import { encodeFilters, type Filters, listPath, parseFilters } from "./filters";
import { hrefOf } from "./route";

export function Inbox({ search }: { search: string }) {
  const filters = parseFilters(search);
  // every filter begins on its first page
  return <Pages key={search} filters={filters} />;
}

function Pages({ filters }: { filters: Filters }) {
  const [cursors, setCursors] = useState<string[]>([]);
  const { data, error, loading, reload } = useLoad<SessionList>(listPath(filters, cursors.at(-1)));
  const [chosen, setChosen] = useState<SessionSummary[]>([]);
  const apply = (changed: Filters) => {
    location.hash = hrefOf({ page: "inbox", filters: encodeFilters(changed) });
  };
  const next = data?.next;
  return (
    <div className="stack">
      <h1>Interviews</h1>
      <FilterForm filters={filters} onApply={apply} />
      {error && (
        <Notice tone="error" live>
          {error}{" "}
          <Button kind="quiet" onClick={reload}>
            Try again
          </Button>
        </Notice>
      )}
      <ComparisonBar chosen={chosen} plan={filters.plan} onClear={() => setChosen([])} />
      <p className="visually-hidden" role="status">
        {loading ? "Loading" : data && `${plural(data.sessions.length, "interview")} on this page`}
      </p>
      {data && data.sessions.length > 0 && (
        <Table rows={data.sessions} chosen={chosen} onChosen={setChosen} busy={loading} />
      )}
      {data && data.sessions.length === 0 && (
        <div className="card stack">
          <p>No interview {encodeFilters(filters) ? "matches these filters" : "has been started yet"}.</p>
          {encodeFilters(filters) ? (
            <p>
              <a href={hrefOf({ page: "inbox", filters: "" })}>Show all interviews</a>
            </p>
          ) : (
            <p>
              An operator creates links for candidates in the <a href="/console">console</a>.
            </p>
          )}
        </div>
      )}
      {(cursors.length > 0 || next) && (
        <nav className="row" aria-label="Pages of the list">
          <Button aria-disabled={cursors.length === 0} onClick={() => setCursors(cursors.slice(0, -1))}>
            Newer
          </Button>
          <span className="muted small">Page {cursors.length + 1}</span>
          <Button aria-disabled={!next} onClick={() => next && setCursors([...cursors, next])}>
            Older
          </Button>
        </nav>
      )}
    </div>
  );
}

type TableProps = {
  rows: SessionSummary[];
  chosen: SessionSummary[];
  onChosen: (chosen: SessionSummary[]) => void;
  busy: boolean;
};

function Table({ rows, chosen, onChosen, busy }: TableProps) {
  const isChosen = (row: SessionSummary) => chosen.some((one) => one.interview_id === row.interview_id);
  const toggle = (row: SessionSummary) =>
    onChosen(isChosen(row) ? chosen.filter((one) => one.interview_id !== row.interview_id) : [...chosen, row]);
  return (
    <div aria-busy={busy}>
      <DataTable
        caption="Interviews, newest first"
        rows={rows}
        keyOf={(row) => row.interview_id}
        columns={[
          {
            label: "Compare",
            cell: (row) => (
              <input
                type="checkbox"
                className="tick"
                aria-label={`Compare ${nameOf(row)}`}
                checked={isChosen(row)}
                onChange={() => toggle(row)}
              />
            ),
          },
          {
            label: "Candidate",
            cell: (row) => (
              <a href={hrefOf({ page: "interview", id: row.interview_id, tab: "report" })}>
                {nameOf(row)}
                {(row.candidate_reference || row.candidate_name) && (
                  <span className="under"> {row.candidate_reference || row.interview_id}</span>
                )}
              </a>
            ),
          },
          { label: "Plan", cell: (row) => row.plan },
          { label: "Started", unbroken: true, cell: (row) => moment(row.started_at) },
          { label: "Status", cell: (row) => <StatusBadges row={row} /> },
          { label: "Turns", numeric: true, cell: (row) => row.turns },
          {
            label: "Score",
            numeric: true,
            cell: (row) => (row.score === null ? "–" : `${score(row.score)} ${standing(row)}`.trim()),
          },
        ]}
      />
    </div>
  );
}

export function nameOf(row: { candidate_name: string; interview_id: string }): string {
  return row.candidate_name || row.interview_id;
}

function StatusBadges({ row }: { row: SessionSummary }) {
  return (
    <span className="badges">
      <span className="badge">{row.status}</span>
      {row.needs_review && (
        <span className="badge" data-tone="warn">
          needs review
        </span>
      )}
    </span>
  );
}

type BarProps = { chosen: SessionSummary[]; plan: string; onClear: () => void };

function ComparisonBar({ chosen, plan, onClear }: BarProps) {
  const plans = new Set(chosen.map((row) => row.plan));
  const unfinished = chosen.filter((row) => row.status === "active" || row.status === "paused");
  if (chosen.length === 0) {
    return plan ? (
      <p className="small">
        <a href={hrefOf({ page: "comparison", plan, interviews: [] })}>Compare the newest candidates of {plan}</a>
      </p>
    ) : null;
  }
  const [only = ""] = plans;
  const problem =
    plans.size > 1
      ? "Only interviews of one plan can be compared."
      : unfinished.length > 0
        ? "Only ended interviews can be compared."
        : "";
  return (
    <div className="row" role="status">
      <span>{chosen.length} selected.</span>
      {problem ? (
        <span>{problem}</span>
      ) : (
        <a
          className="button"
          data-kind="primary"
          href={hrefOf({ page: "comparison", plan: only, interviews: chosen.map((row) => row.interview_id) })}
        >
          Compare
        </a>
      )}
      <Button kind="quiet" onClick={onClear}>
        Clear
      </Button>
    </div>
  );
}
