import { useState } from "react";
import { useApi, wordsOf } from "../staff/api";
import { ExtraTime } from "../staff/ExtraTime";
import { moment } from "../staff/format";
import type { Report } from "../staff/types";
import { useLoad } from "../staff/useLoad";
import { Button } from "../ui/Button";
import { Notice } from "../ui/Notice";
import { EventLogView } from "./EventLogView";
import { Playback } from "./Playback";
import { ReportView } from "./ReportView";
import { hrefOf, type Tab } from "./route";

const TABS: [Tab, string][] = [
  ["report", "Report"],
  ["playback", "Listen to it all"],
  ["log", "What happened"],
];

export function InterviewPage({ id, tab }: { id: string; tab: Tab }) {
  const { data: report, error, reload } = useLoad<Report>(`/session/report/${encodeURIComponent(id)}?format=json`);
  return (
    <div className="stack">
      <p className="small">
        <a href={hrefOf({ page: "inbox", filters: "" })}>All interviews</a>
      </p>
      {error && (
        <Notice tone="error" live title="The interview cannot be shown">
          {error}
        </Notice>
      )}
      {!report && !error && <p role="status">Loading …</p>}
      {report && (
        <>
          <header className="heading">
            <div>
              <h1>{report.candidate.name || report.interview_id}</h1>
              <p className="muted">
                {report.plan.title || report.plan.id} · {moment(report.started_at)} ·{" "}
                {Math.max(1, Math.round(report.duration_s / 60))} min · {report.status}
              </p>
            </div>
            <div className="stack tight">
              <Downloads id={id} />
              {(report.status === "active" || report.status === "paused") && (
                <ExtraTime interviewId={id} asked={report.candidate_questions} onGranted={reload} />
              )}
            </div>
          </header>
          <nav className="tabs" aria-label="Parts of the interview">
            {TABS.map(([name, label]) => (
              <a
                key={name}
                href={hrefOf({ page: "interview", id, tab: name })}
                aria-current={name === tab ? "page" : undefined}
              >
                {label}
              </a>
            ))}
          </nav>
          {tab === "report" && <ReportView report={report} onChanged={reload} />}
          {tab === "playback" && <Playback id={id} />}
          {tab === "log" && <EventLogView id={id} />}
        </>
      )}
    </div>
  );
}

function Downloads({ id }: { id: string }) {
  const api = useApi();
  const [busy, setBusy] = useState("");
  const [error, setError] = useState("");
  const download = async (format: "pdf" | "html" | "json") => {
    setBusy(format);
    setError("");
    try {
      const blob = await api.blob(`/session/report/${encodeURIComponent(id)}?format=${format}`);
      const address = URL.createObjectURL(blob);
      const link = document.createElement("a");
      link.href = address;
      link.download = `report-${id}.${format}`;
      link.click();
      URL.revokeObjectURL(address);
    } catch (problem) {
      setError(wordsOf(problem));
    } finally {
      setBusy("");
    }
  };
  return (
    <div className="row">
      {(["pdf", "html", "json"] as const).map((format) => (
        <Button
          key={format}
          busy={busy === format}
          aria-label={`Download the report as ${format.toUpperCase()}`}
          onClick={() => void download(format)}
        >
          {format.toUpperCase()}
        </Button>
      ))}
      {error && (
        <Notice tone="error" live>
          {error}
        </Notice>
      )}
    </div>
  );
}
