import { Icon } from "../ui/Icon";
import { KeptAnswer } from "./KeptAnswer";
import { en } from "./messages";
import type { RoomState } from "./state";

/** The interviewer's last words, and what happens next. */
export function Ended({ state }: { state: RoomState }) {
  const language = state.notice?.notice.language;
  return (
    <section className="narrow stack ended">
      <span className="disc big">
        <Icon name="check" />
      </span>
      <h1>{en.ended.title}</h1>
      {state.closing !== null && state.closing !== "" && (
        <p className="quote" lang={language}>
          {state.closing}
        </p>
      )}
      {state.kept === null ? (
        <p className="muted">{en.ended.saved}</p>
      ) : (
        <KeptAnswer kept={state.kept} why={en.kept.over} language={language} />
      )}
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
