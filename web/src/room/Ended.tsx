import { Icon } from "../ui/Icon";
import { en } from "./messages";
import type { RoomState } from "./state";

/** The interviewer's last words, and what happens next. */
export function Ended({ state }: { state: RoomState }) {
  const last = state.lines.findLast((line) => line.who === "interviewer");
  return (
    <section className="narrow stack ended">
      <span className="disc big">
        <Icon name="check" />
      </span>
      <h1>{en.ended.title}</h1>
      {last && (
        <p className="quote" lang={state.notice?.notice.language}>
          {last.text}
        </p>
      )}
      <p className="muted">{en.ended.saved}</p>
      <div className="card stack">
        <h2>{en.ended.nextTitle}</h2>
        <ol className="steps">
          {en.ended.next.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
        <p className="muted small">{en.ended.rights}</p>
      </div>
    </section>
  );
}
