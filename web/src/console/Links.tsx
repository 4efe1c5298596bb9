import { useState } from "react";
import { useApi, wordsOf } from "../staff/api";
import { PlanInput } from "../staff/PlanInput";
import { Button } from "../ui/Button";
import { Field } from "../ui/Field";
import { Notice } from "../ui/Notice";
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
  const [link, setLink] = useState<Link | null>(null);
  const [error, setError] = useState("");
  const [busy, setBusy] = useState<"" | "link" | "test">("");
  const create = async (kind: "link" | "test") => {
    setError("");
    setLink(null);
    if (!plan.trim()) {
      setError("Name the plan first.");
      return;
    }
    setBusy(kind);
    const candidate =
      kind === "test" ? { name: "Test", reference: "test" } : { name: name.trim(), reference: reference.trim() };
    const id = newId(kind === "test" ? "test" : "i");
    try {
      setLink(
        await api.json<Link>(`/interviews/${id}/link`, { method: "POST", body: { plan: plan.trim(), candidate } }),
      );
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
          <Field label="Plan" hint="Its id, such as backend-engineer">
            {(wiring) => <PlanInput wiring={wiring} value={plan} onChange={setPlan} />}
          </Field>
          <Field label="Candidate’s name" hint="How the interviewer addresses them">
            {input(name, setName)}
          </Field>
          <Field label="Your reference" hint="Such as the application’s number">
            {input(reference, setReference)}
          </Field>
        </div>
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
            It ends on {new Date(link.expires_at).toLocaleDateString("en-GB")} and is shown once.{" "}
            <a href={link.url} target="_blank" rel="noreferrer">
              Open it in a new tab
            </a>
          </p>
        </>
      )}
    </section>
  );
}
