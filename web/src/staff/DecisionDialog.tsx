import { type ReactNode, useState } from "react";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { Field } from "../ui/Field";
import { Notice } from "../ui/Notice";
import { useApi } from "./api";
import { isPersonal, rememberedName, rememberName } from "./session";

/** A person's decision: its reason, and who made it where the account does not say so. */
export type Decision = {
  /** Whether the account names the person. */
  personal: boolean;
  reason: string;
  setReason: (reason: string) => void;
  name: string;
  setName: (name: string) => void;
  errors: Record<string, string>;
  failure: string;
  setFailure: (words: string) => void;
  busy: boolean;
  /** Sends the decision unless something is missing; `problems` are those of the caller's own fields. */
  submit: (
    problems: Record<string, string>,
    send: (said: { reason: string; author?: string }) => Promise<void>,
  ) => void;
};

export function useDecision(wanted: { reason: string; author: string }): Decision {
  const api = useApi();
  const [reason, setReason] = useState("");
  const [name, setName] = useState(rememberedName());
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [failure, setFailure] = useState("");
  const [busy, setBusy] = useState(false);
  const personal = isPersonal(api.token);
  return {
    personal,
    reason,
    setReason,
    name,
    setName,
    errors,
    failure,
    setFailure,
    busy,
    submit: async (problems, send) => {
      const found = { ...problems };
      if (reason.trim().length < 3) found.reason = wanted.reason;
      if (!personal && !name.trim()) found.author = wanted.author;
      setErrors(found);
      setFailure("");
      if (Object.keys(found).length > 0) return;
      setBusy(true);
      rememberName(name.trim());
      try {
        await send({ reason: reason.trim(), ...(personal ? {} : { author: name.trim() }) });
      } finally {
        setBusy(false);
      }
    },
  };
}

type Props = {
  title: string;
  closeLabel: string;
  confirm: string;
  decision: Decision;
  reasonHint: string;
  nameHint: string;
  /** Shown in place of the name where the account names the person. */
  signed?: string;
  onClose: () => void;
  onConfirm: () => void;
  children: ReactNode;
};

/** The frame of a decision: the caller's own fields, then reason and name. */
export function DecisionDialog(props: Props) {
  const { decision, children } = props;
  return (
    <Dialog
      title={props.title}
      closeLabel={props.closeLabel}
      onClose={props.onClose}
      footer={
        <>
          <Button onClick={props.onClose}>Cancel</Button>
          <Button kind="primary" busy={decision.busy} onClick={props.onConfirm}>
            {props.confirm}
          </Button>
        </>
      }
    >
      {children}
      <Field label="Reason" hint={props.reasonHint} error={decision.errors.reason}>
        {(wiring) => (
          <textarea
            {...wiring}
            className="input"
            maxLength={2000}
            value={decision.reason}
            onChange={(event) => decision.setReason(event.target.value)}
          />
        )}
      </Field>
      {decision.personal ? (
        props.signed && <p className="small muted">{props.signed}</p>
      ) : (
        <Field label="Your name" hint={props.nameHint} error={decision.errors.author}>
          {(wiring) => (
            <input
              {...wiring}
              className="input"
              autoComplete="name"
              maxLength={200}
              value={decision.name}
              onChange={(event) => decision.setName(event.target.value)}
            />
          )}
        </Field>
      )}
      {decision.failure && (
        <Notice tone="error" live>
          {decision.failure}
        </Notice>
      )}
    </Dialog>
  );
}
