import { useState } from "react";
import { useApi, wordsOf } from "../staff/api";
import { DataTable } from "../staff/DataTable";
import { day } from "../staff/format";
import type { CreatedKey, KeyList, KeyRow } from "../staff/types";
import { useLoad } from "../staff/useLoad";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { Field } from "../ui/Field";
import { Notice } from "../ui/Notice";
import { Secret } from "./Secret";

const SCOPES: [string, string][] = [
  ["reports", "review: list, reports, recordings, decisions"],
  ["interviews", "invite and interview candidates"],
  ["operations", "this console’s numbers"],
  ["agent", "the agent’s tools"],
  ["inference", "the model tiers under /v1"],
  ["privacy", "export and erase a candidate’s data"],
  ["plans", "draft and approve plans"],
  ["plans:inline", "plans in a request"],
  ["keys", "create and revoke keys"],
];

/** As the server has it: ten years. */
const MOST_DAYS = 3650;

/** The tenant's API keys: create one, which is shown once, and revoke. */
export function Keys() {
  const api = useApi();
  const { data, error, reload } = useLoad<KeyList>("/keys");
  const [label, setLabel] = useState("");
  const [scopes, setScopes] = useState<ReadonlySet<string>>(new Set(["reports"]));
  const [days, setDays] = useState("90");
  const [made, setMade] = useState<CreatedKey | null>(null);
  const [failure, setFailure] = useState("");
  const [busy, setBusy] = useState(false);
  const [revoking, setRevoking] = useState<KeyRow | null>(null);

  const attempt = async (work: () => Promise<void>) => {
    setFailure("");
    setBusy(true);
    try {
      await work();
      reload();
    } catch (problem) {
      setFailure(wordsOf(problem));
    } finally {
      setBusy(false);
    }
  };
  const create = async () => {
    if (label.trim() === "") {
      setFailure("Give the key a name: the person or program that uses it.");
      return;
    }
    if (scopes.size === 0) {
      setFailure("Tick what the key may do.");
      return;
    }
    const lifetime = days.trim() === "" ? null : Number(days.replace(",", "."));
    if (lifetime !== null && !(lifetime > 0 && lifetime <= MOST_DAYS)) {
      setFailure(`The days until it ends are a number up to ${MOST_DAYS}.`);
      return;
    }
    await attempt(async () => {
      setMade(null);
      const body = { label: label.trim(), scopes: [...scopes], expires_in_days: lifetime };
      setMade(await api.json<CreatedKey>("/keys", { method: "POST", body }));
      setLabel("");
    });
  };
  const revoke = (key: KeyRow) =>
    attempt(async () => {
      setRevoking(null);
      await api.json(`/keys/${key.key_id}`, { method: "DELETE" });
    });
  const toggle = (scope: string) => {
    const changed = new Set(scopes);
    if (!changed.delete(scope)) changed.add(scope);
    setScopes(changed);
  };

  return (
    <section className="card stack" aria-labelledby="keys">
      <h2 id="keys">API keys</h2>
      {error && <Notice tone="warn">{error}</Notice>}
      {data && (
        <>
          <form
            className="stack"
            onSubmit={(event) => {
              event.preventDefault();
              void create();
            }}
          >
            <div className="form-grid">
              <Field label="Name of the key" hint="The person or program that uses it">
                {(wiring) => (
                  <input
                    {...wiring}
                    className="input"
                    maxLength={200}
                    value={label}
                    onChange={(event) => setLabel(event.target.value)}
                  />
                )}
              </Field>
              <Field label="Days until it ends" hint="Empty: as long as your key, or 90 days">
                {(wiring) => (
                  <input
                    {...wiring}
                    className="input"
                    inputMode="numeric"
                    value={days}
                    onChange={(event) => setDays(event.target.value)}
                  />
                )}
              </Field>
            </div>
            <fieldset className="scopes">
              <legend className="small">It may</legend>
              {SCOPES.map(([scope, words]) => (
                <label key={scope} className="tick-label">
                  <input type="checkbox" className="tick" checked={scopes.has(scope)} onChange={() => toggle(scope)} />
                  <span>
                    <code>{scope}</code> {words}
                  </span>
                </label>
              ))}
            </fieldset>
            <div className="row">
              <Button kind="primary" type="submit" busy={busy}>
                Create a key
              </Button>
            </div>
          </form>
          {failure && (
            <Notice tone="error" live>
              {failure}
            </Notice>
          )}
          {made && (
            <Secret title={`The key “${made.key.label}”, shown this once`} label="The new key" value={made.secret} />
          )}
          <DataTable
            caption="Keys of your tenant"
            rows={[...data.keys].reverse()}
            keyOf={(key) => key.key_id}
            columns={[
              { label: "Name", cell: (key) => key.label || "–" },
              { label: "Id", unbroken: true, cell: (key) => <code>{key.key_id}</code> },
              { label: "Scopes", cell: (key) => key.scopes.join(", ") },
              { label: "Made", unbroken: true, cell: (key) => day(key.created_at) },
              { label: "Ends", unbroken: true, cell: endOf },
              {
                label: "Revoke",
                cell: (key) =>
                  key.revoked_at === null ? (
                    <Button
                      kind="quiet"
                      aria-label={`Revoke ${key.label || key.key_id}`}
                      onClick={() => setRevoking(key)}
                    >
                      Revoke
                    </Button>
                  ) : (
                    "–"
                  ),
              },
            ]}
          />
        </>
      )}
      {revoking && (
        <Dialog
          title="Revoke this key?"
          closeLabel="Keep the key"
          onClose={() => setRevoking(null)}
          footer={
            <>
              <Button onClick={() => setRevoking(null)}>Keep it</Button>
              <Button kind="danger" onClick={() => void revoke(revoking)}>
                Revoke
              </Button>
            </>
          }
        >
          {api.token.startsWith(`ik_${revoking.key_id}_`) && (
            <Notice tone="warn" title="This is the key that you signed in with">
              You are signed out as soon as it is revoked. Make sure that you have another one.
            </Notice>
          )}
          <p>
            Whoever uses “{revoking.label || revoking.key_id}” is locked out within a second. This cannot be undone.
          </p>
        </Dialog>
      )}
    </section>
  );
}

function endOf(key: KeyRow): string {
  if (key.revoked_at !== null) return `revoked ${day(key.revoked_at)}`;
  return key.expires_at === null ? "never" : day(key.expires_at);
}
