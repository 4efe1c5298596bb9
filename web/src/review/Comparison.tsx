import { withQuery } from "../staff/api";
import { DataTable } from "../staff/DataTable";
import { ability, day, score } from "../staff/format";
import type { Compared, Comparison as Reply } from "../staff/types";
import { useLoad } from "../staff/useLoad";
import { Notice } from "../ui/Notice";
import { DotAndWhisker } from "./DotAndWhisker";
import { nameOf } from "./Inbox";
import { hrefOf } from "./route";
import { differences, measured } from "./whiskers";

export function Comparison({ plan, interviews }: { plan: string; interviews: string[] }) {
  const chosen = interviews.map((id) => `&interview=${encodeURIComponent(id)}`).join("");
  const { data, error } = useLoad<Reply>(withQuery("/comparison", { plan }) + chosen);
  return (
    <div className="stack">
      <p className="small">
        <a href={hrefOf({ page: "inbox", filters: "" })}>All interviews</a>
      </p>
      <h1>Candidates of {plan}</h1>
      <p className="muted">
        Each dot is an estimated ability, each line its 95 % interval. Where two intervals overlap widely, the interview
        does not tell the two apart. The order is that of the interviews, newest first.
      </p>
      {error && <Notice tone="error">{error}</Notice>}
      {!data && !error && <p role="status">Loading …</p>}
      {data && data.interviews.length < 2 && (
        <Notice>There are fewer than two ended interviews of this plan to compare.</Notice>
      )}
      {data && data.interviews.length > 0 && <Candidates reply={data} />}
    </div>
  );
}

function Candidates({ reply }: { reply: Reply }) {
  const { interviews, skills } = reply;
  const versions = new Set(interviews.map((one) => one.plan_digest)).size;
  const of = (one: Compared, skill: string) => one.abilities.find((found) => found.skill === skill && found.items > 0);
  return (
    <>
      {versions > 1 && (
        <Notice tone="warn">
          These interviews used {versions} versions of the plan, so their questions may differ.
        </Notice>
      )}
      <div className="plots">
        {skills.map((skill) => (
          <Skill key={skill} skill={skill} interviews={interviews} />
        ))}
      </div>
      <section className="card stack">
        <h2>The numbers</h2>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls is reached by keyboard */}
        <section className="scrolls" aria-label="The numbers" tabIndex={0}>
          <DataTable
            caption="Abilities with standard errors"
            rows={interviews}
            keyOf={(one) => one.interview_id}
            columns={[
              {
                label: "Candidate",
                cell: (one) => (
                  <a href={hrefOf({ page: "interview", id: one.interview_id, tab: "report" })}>{nameOf(one)}</a>
                ),
              },
              { label: "Date", unbroken: true, cell: (one) => day(one.started_at) },
              ...skills.map((skill) => ({
                label: skill,
                numeric: true,
                cell: (one: Compared) => {
                  const found = of(one, skill);
                  return ability(found?.theta, found?.standard_error);
                },
              })),
              {
                label: "Weighted score",
                numeric: true,
                cell: (one) =>
                  one.score === null ? (
                    "–"
                  ) : (
                    <>
                      {score(one.score)}
                      {!one.final && <span className="under"> provisional</span>}
                    </>
                  ),
              },
              {
                label: "Skills",
                numeric: true,
                cell: (one) => `${skills.filter((skill) => of(one, skill)).length} of ${skills.length}`,
              },
              { label: "Needs a person", cell: (one) => (one.needs_review ? "yes" : "–") },
            ]}
          />
        </section>
      </section>
    </>
  );
}

function Skill({ skill, interviews }: { skill: string; interviews: Compared[] }) {
  const found = measured(interviews, skill);
  const pairs = differences(found);
  return (
    <section className="card stack-tight">
      <h2>{skill}</h2>
      <DotAndWhisker skill={skill} rows={found} />
      <p className="small muted">
        {found.length < interviews.length && `${interviews.length - found.length} without an estimate. `}
        {found.length < 2
          ? ""
          : pairs.length === 0
            ? "The interviews do not tell these candidates apart on this skill."
            : pairs
                .slice(0, 3)
                .map(([one, other]) => `${nameOf(one.interview)} is above ${nameOf(other.interview)}`)
                .join("; ") + (pairs.length > 3 ? `; and ${pairs.length - 3} more pairs differ.` : ".")}
      </p>
    </section>
  );
}
