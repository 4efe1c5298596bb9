import { useState } from "react";
import { Button } from "../ui/Button";
import { Field } from "../ui/Field";
import { Notice } from "../ui/Notice";
import { Api, wordsOf } from "./api";
import { signIn } from "./session";

type Props = {
  title: string;
  /** A path that only a caller with the page's scope can read. */
  probe: string;
  scope: string;
};

export function SignIn({ title, probe, scope }: Props) {
  const [token, setToken] = useState("");
  const [error, setError] = useState("");
  const [busy, setBusy] = useState(false);
  const submit = async () => {
    const presented = token.trim();
    if (!presented) {
      setError("Paste your key first.");
      return;
    }
    setBusy(true);
    try {
      await new Api(presented).json(probe);
      signIn(presented);
    } catch (problem) {
      setError(wordsOf(problem));
    } finally {
      setBusy(false);
    }
  };
  return (
    <main className="sign-in">
      <form
        className="card stack"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <h1>{title}</h1>
        <Field
          label="API key or sign-in token"
          hint={`It needs the scope “${scope}”. It stays in this tab and is forgotten when you close it.`}
        >
          {(wiring) => (
            <input
              {...wiring}
              className="input"
              type="password"
              autoComplete="off"
              spellCheck={false}
              value={token}
              onChange={(event) => setToken(event.target.value)}
            />
          )}
        </Field>
        {error && (
          <Notice tone="error" live>
            {error}
          </Notice>
        )}
        <div className="row">
          <Button kind="primary" type="submit" busy={busy}>
            Sign in
          </Button>
        </div>
        <details className="small">
          <summary>Where do I get a key?</summary>
          <p>
            Whoever runs the platform makes one: in the console, or with{" "}
            <code>interview keys create --scope {scope} --label “Your name”</code>. On your own machine, the key of{" "}
            <code>interview up</code> is in the data directory, in the file <code>api-key</code>.
          </p>
        </details>
      </form>
    </main>
  );
}
