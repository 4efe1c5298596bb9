import { DataTable } from "../staff/DataTable";
import { ExtraTime } from "../staff/ExtraTime";
import { moment } from "../staff/format";
import type { SessionList, SessionSummary } from "../staff/types";
import { useLoad } from "../staff/useLoad";
import { Button } from "../ui/Button";
import { Notice } from "../ui/Notice";

/** The newest interviews that have not ended, with extra time for their candidates; needs the scope "reports". */
export function Running() {
  const active = useLoad<SessionList>("/sessions?status=active&limit=20");
  const paused = useLoad<SessionList>("/sessions?status=paused&limit=20");
  const rows = [...(active.data?.sessions ?? []), ...(paused.data?.sessions ?? [])];
  const error = active.error || paused.error;
  const reload = () => {
    active.reload();
    paused.reload();
  };
  return (
    <section className="card stack" aria-labelledby="running">
      <div className="heading">
        <h2 id="running">Running interviews</h2>
        <Button kind="quiet" onClick={reload}>
          Read again
        </Button>
      </div>
      {error && <Notice tone="warn">{error}</Notice>}
      {!error && active.data && paused.data && rows.length === 0 && (
        <p className="small muted">No interview is running.</p>
      )}
      {rows.length > 0 && (
        <DataTable
          caption="Interviews that have not ended"
          rows={rows}
          keyOf={(row) => row.interview_id}
          columns={[
            { label: "Candidate", cell: (row) => row.candidate_name || row.candidate_reference || "–" },
            { label: "Interview", cell: (row) => <code>{row.interview_id}</code> },
            { label: "Plan", cell: (row) => row.plan },
            { label: "Started", unbroken: true, cell: (row) => moment(row.started_at) },
            { label: "Status", cell: (row) => <span className="badge">{row.status}</span> },
            { label: "Turns", numeric: true, cell: (row) => row.turns },
            {
              label: "Extra time",
              cell: (row) => <ExtraTime interviewId={row.interview_id} named={nameOf(row)} onGranted={reload} />,
            },
          ]}
        />
      )}
      {(active.data?.next || paused.data?.next) && (
        <p className="small muted">
          There are more; these are the newest. <a href="/review">The review page</a> finds every interview.
        </p>
      )}
    </section>
  );
}

function nameOf(row: SessionSummary): string {
  return row.candidate_name || row.interview_id;
}
