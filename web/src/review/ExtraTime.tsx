import { useState } from "react";
import { newKey } from "../api/idempotencyKey";
import { ApiError } from "../api/problem";
import { useApi, wordsOf } from "../staff/api";
import { isPersonal, rememberedName, rememberName } from "../staff/session";
import type { Report } from "../staff/types";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { Field } from "../ui/Field";
import { Notice } from "../ui/Notice";

/** Grants a candidate more time while the interview runs; what the candidate asked for stands above the form. */
export function ExtraTime({ report, onGranted }: { report: Report; onGranted: () => void }) {
  const [granting, setGranting] = useState(false);
  const [granted, setGranted] = useState(0);
  // of one grant until it is known to be made, also when the dialog is closed and opened again after a failure
  const [key, setKey] = useState(newKey);
  return (
    <>
      <Button onClick={() => setGranting(true)}>Grant extra time</Button>
      {granted > 0 && (
        <Notice tone="good" live>
          Granted: {granted} minutes in all. The candidate sees it.
        </Notice>
      )}
      {granting && (
        <GrantDialog
          report={report}
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
  report: Report;
  grantKey: string;
  onClose: () => void;
  onUsedKey: () => void;
  onDone: (minutes: number) => void;
};

function GrantDialog({ report, grantKey, onClose, onUsedKey, onDone }: Props) {
  const api = useApi();
  const [minutes, setMinutes] = useState("15");
  const [reason, setReason] = useState("");
  const [name, setName] = useState(rememberedName());
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [failure, setFailure] = useState("");
  const [busy, setBusy] = useState(false);
  const personal = isPersonal(api.token);
  const asked = report.candidate_questions.filter((one) => one.topic === "accommodation");

  const submit = async () => {
    const found: Record<string, string> = {};
    const wanted = Number(minutes.replace(",", "."));
    if (!(wanted >= 1 && wanted <= 240)) found.minutes = "A number from 1 to 240.";
    if (reason.trim().length < 3) found.reason = "Say why, in a few words.";
    if (!personal && !name.trim()) found.author = "Your name stands in the log.";
    setErrors(found);
    setFailure("");
    if (Object.keys(found).length > 0) return;
    setBusy(true);
    try {
      rememberName(name.trim());
      const reply = await api.json<{ extra_time_s: number }>(
        `/session/extra-time/${encodeURIComponent(report.interview_id)}`,
        {
          method: "POST",
          key: grantKey,
          body: { minutes: wanted, reason: reason.trim(), ...(personal ? {} : { author: name.trim() }) },
        },
      );
      onDone(Math.round(reply.extra_time_s / 60));
    } catch (problem) {
      if (problem instanceof ApiError && problem.problem.code === "idempotency-mismatch") {
        // the first request was granted and its reply was lost; then the form was changed
        onUsedKey();
        setFailure("The first request was granted already, with its own minutes. Granting again adds to them.");
      } else {
        setFailure(wordsOf(problem));
      }
    } finally {
      setBusy(false);
    }
  };

  return (
    <Dialog
      title="Grant extra time"
      closeLabel="Close without granting"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" busy={busy} onClick={() => void submit()}>
            Grant it
          </Button>
        </>
      }
    >
      <p>The deadlines move; the questions and their order stay. It is never scored.</p>
      {asked.map((one) => (
        <p key={one.turn} className="small muted">
          The candidate asked: “{one.text}” (answer {one.turn})
        </p>
      ))}
      <Field label="Minutes" hint="Added to the time that is left" error={errors.minutes}>
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
      <Field label="Reason" hint="Stands in the log; the candidate does not see it" error={errors.reason}>
        {(wiring) => (
          <textarea
            {...wiring}
            className="input"
            maxLength={2000}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
        )}
      </Field>
      {!personal && (
        <Field label="Your name" hint="Stands in the log" error={errors.author}>
          {(wiring) => (
            <input
              {...wiring}
              className="input"
              autoComplete="name"
              maxLength={200}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
      )}
      {failure && (
        <Notice tone="error" live>
          {failure}
        </Notice>
      )}
    </Dialog>
  );
}
