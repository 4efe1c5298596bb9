/** Numbers and times as the staff pages write them. */

export function score(value: number | null | undefined): string {
  return value === null || value === undefined ? "–" : value.toFixed(2);
}

/** What keeps a score from being final: the interview still runs, or some of its grades are provisional. */
export function standing(interview: { final: boolean; status: string }): "" | "so far" | "provisional" {
  if (interview.final) {
    return "";
  }
  return interview.status === "active" || interview.status === "paused" ? "so far" : "provisional";
}

export function signed(value: number): string {
  const digits = Math.abs(value).toFixed(2);
  return `${value < 0 && Number(digits) !== 0 ? "−" : "+"}${digits}`;
}

/** "+0.40 ± 0.60" in θ units. */
export function ability(theta: number | null | undefined, error: number | null | undefined): string {
  return theta === null || theta === undefined || error === null || error === undefined
    ? "–"
    : `${signed(theta)} ± ${error.toFixed(2)}`;
}

export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
const MOMENT = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
});

export function day(iso: string): string {
  return DAY.format(new Date(iso));
}

/** In the reader's own time zone. */
export function moment(iso: string): string {
  return MOMENT.format(new Date(iso));
}

/** "38 ms", "1.2 s". */
export function seconds(value: number | null): string {
  if (value === null) return "–";
  return value < 1 ? `${Math.round(value * 1000)} ms` : `${value.toFixed(value < 10 ? 1 : 0)} s`;
}

export function count(value: number | null | undefined): string {
  return value === null || value === undefined ? "–" : new Intl.NumberFormat("en").format(Math.round(value));
}

export function mebibytes(bytes: number | null): string {
  return bytes === null ? "–" : `${(bytes / 1024 / 1024).toFixed(bytes < 10_485_760 ? 1 : 0)} MiB`;
}

/** "1 hint", "2 hints"; `many` where the plural is another. */
export function plural(number: number, noun: string, many = `${noun}s`): string {
  return `${number} ${number === 1 ? noun : many}`;
}
