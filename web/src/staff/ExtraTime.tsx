import { useState } from "react";
import { newKey } from "../api/idempotencyKey";
import { ApiError } from "../api/problem";
import { Button } from "../ui/Button";
import { Field } from "../ui/Field";
import { Notice } from "../ui/Notice";
import { useApi, wordsOf } from "./api";
import { DecisionDialog, useDecision } from "./DecisionDialog";
import type { Report } from "./types";

type Asked = Report["candidate_questions"];

type ExtraTimeProps = {
  interviewId: string;
  /** How the interview is called on the page, where several of these buttons are. */
  named?: string;
  /** What the candidate asked, shown above the form. */
  asked?: Asked;
  onGranted: () => void;
};

/** Grants a candidate more time while the interview runs. */
export function ExtraTime({ interviewId, named, asked = [], onGranted }: ExtraTimeProps) {
  const [granting, setGranting] = useState(false);
  const [granted, setGranted] = useState(0);
  // of one grant until it is known to be made, also when the dialog is closed and opened again after a failure
  const [key, setKey] = useState(newKey);
  return (
    <>
      <Button aria-label={named && `Grant extra time to ${named}`} onClick={() => setGranting(true)}>
        Grant extra time
      </Button>
      {granted > 0 && (
        <Notice tone="good" live>
          Granted: {granted} minutes in all. The candidate sees it.
        </Notice>
      )}
      {granting && (
        <GrantDialog
          interviewId={interviewId}
          asked={asked.filter((one) => one.topic === "accommodation")}
          grantKey={key}
          onClose={() => setGranting(false)}
          onUsedKey={() => setKey(newKey())}
          onDone={(minutes) => {
            setGranting(false);
            setKey(newKey());
            setGranted(minutes);
            onGranted();
          }}
        />
      )}
    </>
  );
}

type Props = {
  interviewId: string;
  asked: Asked;
  grantKey: string;
  onClose: () => void;
  onUsedKey: () => void;
  onDone: (minutes: number) => void;
};

function GrantDialog({ interviewId, asked, grantKey, onClose, onUsedKey, onDone }: Props) {
  const api = useApi();
  const [minutes, setMinutes] = useState("15");
  const decision = useDecision({
    reason: "Say why, in a few words.",
    author: "Give your name; it is kept in the log.",
  });

  const submit = () => {
    const wanted = Number(minutes.replace(",", "."));
    const problems: Record<string, string> = {};
    if (!(wanted >= 1 && wanted <= 240)) problems.minutes = "A number from 1 to 240.";
    decision.submit(problems, async (said) => {
      try {
        const path = `/session/extra-time/${encodeURIComponent(interviewId)}`;
        const body = { minutes: wanted, ...said };
        const reply = await api.json<{ extra_time_s: number }>(path, { method: "POST", key: grantKey, body });
        onDone(Math.round(reply.extra_time_s / 60));
      } catch (problem) {
        if (problem instanceof ApiError && problem.problem.code === "idempotency-mismatch") {
          // the first request was granted and its reply was lost; then the form was changed
          onUsedKey();
          decision.setFailure(
            "The first request was granted already, with its own minutes. Granting again adds to them.",
          );
        } else {
          decision.setFailure(wordsOf(problem));
        }
      }
    });
  };

  return (
    <DecisionDialog
      title="Grant extra time"
      closeLabel="Close without granting"
      confirm="Grant it"
      decision={decision}
      reasonHint="Kept in the log; the candidate does not see it"
      nameHint="Kept in the log"
      onClose={onClose}
      onConfirm={submit}
    >
      <p>The deadlines move; the questions and their order stay. It is never scored.</p>
      {asked.map((one) => (
        <p key={one.turn} className="small muted">
          The candidate asked: “{one.text}” (answer {one.turn})
        </p>
      ))}
      <Field label="Minutes" hint="Added to the time that is left" error={decision.errors.minutes}>
        {(wiring) => (
          <input
            {...wiring}
            className="input"
            inputMode="decimal"
            value={minutes}
            onChange={(event) => setMinutes(event.target.value)}
          />
        )}
      </Field>
    </DecisionDialog>
  );
}
