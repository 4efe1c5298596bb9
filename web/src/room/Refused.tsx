import type { Problem } from "../api/problem";
import { Button } from "../ui/Button";
import { en } from "./messages";
import { said } from "./problems";

type Props = { problem: Problem | null; onRetry: () => void };

export function Refused({ problem, onRetry }: Props) {
  if (problem === null) return <Message title={en.refused.noLink} body={en.refused.noLinkBody} />;
  if (problem.status === 401 || problem.status === 403 || problem.status === 404) {
    return <Message title={en.refused.invalid} body={en.refused.invalidBody} />;
  }
  return (
    <Message title={en.refused.failed} body={said(problem)}>
      <Button kind="primary" onClick={onRetry}>
        {en.refused.reload}
      </Button>
    </Message>
  );
}

function Message({ title, body, children }: { title: string; body: string; children?: React.ReactNode }) {
  return (
    <section className="narrow card stack" role="alert">
      <h1>{title}</h1>
      <p className="muted">{body}</p>
      {children && <div className="row">{children}</div>}
    </section>
  );
}
