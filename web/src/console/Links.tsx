import { useState } from "react";
import { useApi, wordsOf } from "../staff/api";
import { day } from "../staff/format";
import { PlanChoice } from "../staff/PlanInput";
import { isPersonal, rememberedName, rememberName } from "../staff/session";
import { Button } from "../ui/Button";
import { Field } from "../ui/Field";
import { Notice } from "../ui/Notice";
import { Invitations } from "./Invitations";
import { Secret } from "./Secret";

type Link = { interview_id: string; url: string; expires_at: string };

/** An id that no interview had before, with a readable beginning. */
function newId(prefix: string): string {
  const random = crypto.getRandomValues(new Uint32Array(2));
  return `${prefix}-${[...random].map((part) => part.toString(36)).join("")}`;
}

/** Creates a candidate's link, or an interview of one's own to try. */
export function Links() {
  const api = useApi();
  const [plan, setPlan] = useState("");
  const [name, setName] = useState("");
  const [reference, setReference] = useState("");
  const [minutes, setMinutes] = useState("");
  const [reason, setReason] = useState("");
  const [author, setAuthor] = useState(rememberedName());
  const [made, setMade] = useState(0);
  const personal = isPersonal(api.token);
  const [link, setLink] = useState<Link | null>(null);
  const [error, setError] = useState("");
  const [busy, setBusy] = useState<"" | "link" | "test">("");
  const create = async (kind: "link" | "test") => {
    setError("");
    setLink(null);
    if (!plan.trim()) {
      setError("Choose the plan first.");
      return;
    }
    const extra = kind === "link" ? extraTime(minutes, reason, personal ? null : author) : null;
    if (typeof extra === "string") {
      setError(extra);
      return;
    }
    setBusy(kind);
    const candidate =
      kind === "test" ? { name: "Test", reference: "test" } : { name: name.trim(), reference: reference.trim() };
    const id = newId(kind === "test" ? "test" : "i");
    try {
      setLink(
        await api.json<Link>(`/interviews/${id}/link`, {
          method: "POST",
          body: { plan: plan.trim(), candidate, ...(extra && { extra_time: extra }) },
        }),
      );
      if (extra?.author) rememberName(extra.author);
      setMade((count) => count + 1);
    } catch (problem) {
      setError(wordsOf(problem));
    } finally {
      setBusy("");
    }
  };
  const input = (value: string, change: (value: string) => void) => (wiring: object) => (
    <input
      {...wiring}
      className="input"
      value={value}
      maxLength={200}
      onChange={(event) => change(event.target.value)}
    />
  );
  return (
    <section className="card stack" aria-labelledby="links">
      <h2 id="links">Invite a candidate</h2>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void create("link");
        }}
      >
        <div className="form-grid">
          <Field label="Plan" hint="Drafts are not listed">
            {(wiring) => <PlanChoice wiring={wiring} value={plan} onChange={setPlan} />}
          </Field>
          <Field label="Candidate’s name" hint="How the interviewer addresses them">
            {input(name, setName)}
          </Field>
          <Field label="Your reference" hint="Such as the application’s number">
            {input(reference, setReference)}
          </Field>
        </div>
        <details>
          <summary>Grant extra time before the start</summary>
          <div className="form-grid">
            <Field label="Extra minutes" hint="1 to 240; the candidate sees them before the start">
              {input(minutes, setMinutes)}
            </Field>
            <Field label="Reason" hint="Kept in the log; the candidate does not see it">
              {input(reason, setReason)}
            </Field>
            {!personal && (
              <Field label="Your name" hint="Kept in the log">
                {input(author, setAuthor)}
              </Field>
            )}
          </div>
        </details>
        <div className="row">
          <Button kind="primary" type="submit" busy={busy === "link"}>
            Create a link
          </Button>
          <Button busy={busy === "test"} onClick={() => void create("test")}>
            Try an interview yourself
          </Button>
        </div>
      </form>
      {error && (
        <Notice tone="error" live>
          {error}
        </Notice>
      )}
      {link && (
        <>
          <Secret
            title={`Interview ${link.interview_id}: whoever has this link is the candidate`}
            label="Link for the candidate"
            value={new URL(link.url, location.origin).href}
          />
          <p className="small">
            It ends on {day(link.expires_at)} and is shown once.{" "}
            <a href={link.url} target="_blank" rel="noreferrer">
              Open it in a new tab
            </a>
          </p>
        </>
      )}
      <Invitations made={made} />
    </section>
  );
}

type ExtraTime = { minutes: number; reason: string; author?: string };

/** The grant; null where none is wanted, and what is missing as a sentence. `author` null: the account names it. */
function extraTime(minutes: string, reason: string, author: string | null): ExtraTime | string | null {
  if (minutes.trim() === "") return null;
  const wanted = Number(minutes.replace(",", "."));
  if (!(wanted >= 1 && wanted <= 240)) return "Extra time is a number of minutes from 1 to 240.";
  if (reason.trim().length < 3) return "Say why the extra time is granted, in a few words.";
  if (author === null) return { minutes: wanted, reason: reason.trim() };
  if (!author.trim()) return "Give your name: the log keeps who granted the extra time.";
  return { minutes: wanted, reason: reason.trim(), author: author.trim() };
}
