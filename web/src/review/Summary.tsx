import { DataTable } from "../staff/DataTable";
import { ability, percent, score, standing } from "../staff/format";
import type { Finding, Report, Skill } from "../staff/types";
import { Notice } from "../ui/Notice";
import { QuoteView } from "./QuoteView";
import { ScoreWorking } from "./ScoreWorking";
import { SkillPlot } from "./SkillPlot";

/** What a candidate asked of a person; every other topic is a question to the interviewer. */
const ASKED: Readonly<Record<string, string>> = {
  objection: "Objects to the recording or to the use of the data",
  deletion: "Asks for deletion",
  person: "Asks for a human interviewer",
  accommodation: "Asks for an accommodation",
};

export function Summary({ report }: { report: Report }) {
  const waiting = report.candidate_questions.filter((asked) => asked.for_a_person || !asked.answered_from);
  const notFinal = standing(report);
  return (
    <section className="card stack" aria-labelledby="summary">
      <h2 id="summary">Summary</h2>
      <div className="verdict">
        <p className="total">
          {score(report.weighted_score)}
          <span className="muted small"> of 1{notFinal && `, ${notFinal}`}</span>
        </p>
        <p className="small muted">
          An input to a person’s decision, not a recommendation.
          {notFinal === "so far" && " The interview has not ended."}
          {notFinal === "provisional" &&
            " Some grades are provisional: no person and no language model has judged these answers."}
        </p>
      </div>
      {report.summary && <p>{report.summary}</p>}
      {waiting.length > 0 && (
        <Notice tone="warn" title="The candidate asked for something">
          <ul>
            {waiting.map((asked) => (
              <li key={`${asked.turn}-${asked.topic}`}>
                {ASKED[asked.topic] ?? "Question"}: “{asked.text}” (answer {asked.turn})
              </li>
            ))}
          </ul>
        </Notice>
      )}
      <DataTable
        caption="Skills with their weights, mean scores and abilities"
        rows={report.skills}
        keyOf={(skill) => skill.skill}
        columns={[
          { label: "Skill", cell: (skill) => skill.skill },
          { label: "Weight", numeric: true, cell: (skill) => percent(skill.weight) },
          { label: "Mean score", numeric: true, cell: (skill) => score(skill.mean_score) },
          { label: "Ability θ ± s.e.", numeric: true, cell: (skill) => ability(skill.theta, skill.standard_error) },
          { label: "95 % interval", cell: (skill) => <SkillPlot skill={skill} /> },
          { label: "Answers", numeric: true, cell: (skill: Skill) => skill.items },
          { label: "Note", cell: (skill) => skill.note || "–" },
        ]}
      />
      <ScoreWorking report={report} />
      <div className="columns">
        <Findings title="Strengths" findings={report.strengths} none="No answer reached 0.65." />
        <Findings title="Gaps" findings={report.gaps} none="No answer was below 0.40." />
      </div>
      {report.ask_next.length > 0 && (
        <section>
          <h3>Ask next</h3>
          <ul className="plain">
            {report.ask_next.map((item) => (
              <li key={item.skill}>{item.text}</li>
            ))}
          </ul>
        </section>
      )}
      {report.notices.length > 0 && (
        <Notice>
          {report.notices.map((notice) => (
            <p key={notice}>{notice}</p>
          ))}
        </Notice>
      )}
    </section>
  );
}

function Findings({ title, findings, none }: { title: string; findings: Finding[]; none: string }) {
  return (
    <section>
      <h3>{title}</h3>
      {findings.length === 0 && <p className="muted small">{none}</p>}
      <ul className="plain">
        {findings.map((found) => (
          <li key={found.question_id}>
            <a href={`#question-${found.number}`} onClick={(event) => toQuestion(event, found.number)}>
              Question {found.number}, {found.skill}: {score(found.score)}
            </a>
            {found.tentative && <span className="badge">tentative</span>}
            <br />
            {found.quote ? <QuoteView quote={found.quote} /> : <span className="small">{found.text}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The fragment is the page's place, so a jump within it moves the focus instead. */
function toQuestion(event: { preventDefault: () => void }, number: number): void {
  event.preventDefault();
  const section = document.getElementById(`question-${number}`);
  section?.scrollIntoView();
  section?.focus();
}
