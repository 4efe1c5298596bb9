import type { Problem } from "../api/problem";
import { Button } from "../ui/Button";
import { said } from "./problems";
import { useWords } from "./words";

type Props = { problem: Problem | null; onRetry: () => void };

export function Refused({ problem, onRetry }: Props) {
  const words = useWords();
  if (problem === null) return <Message title={words.refused.noLink} body={words.refused.noLinkBody} />;
  if (problem.status === 401 || problem.status === 403 || problem.status === 404) {
    return <Message title={words.refused.invalid} body={words.refused.invalidBody} />;
  }
  return (
    <Message title={words.refused.failed} body={said(problem, words)}>
      <Button kind="primary" onClick={onRetry}>
        {words.refused.reload}
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
