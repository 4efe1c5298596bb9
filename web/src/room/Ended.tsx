import { Icon } from "../ui/Icon";
import { KeptAnswer } from "./KeptAnswer";
import type { RoomState } from "./state";
import { useWords } from "./words";

/** The interviewer's last words, and what happens next. */
export function Ended({ state }: { state: RoomState }) {
  const words = useWords();
  const notice = state.notice?.notice;
  const language = notice?.language;
  return (
    <section className="narrow stack ended">
      <span className="disc big">
        <Icon name="check" />
      </span>
      <h1>
        {words.ended.title.map((sentence) => (
          <span key={sentence} className="sentence">
            {sentence}{" "}
          </span>
        ))}
      </h1>
      {state.closing !== null && state.closing !== "" && (
        <p className="quote" lang={language}>
          {state.closing}
        </p>
      )}
      {state.kept === null ? (
        <p className="muted">{words.ended.saved}</p>
      ) : (
        <KeptAnswer kept={state.kept} why={words.kept.over} language={language} />
      )}
      <div className="card stack">
        <h2>{words.ended.nextTitle}</h2>
        <ol className="steps">
          {words.ended.next(notice?.reply_within_days ?? 0).map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
        <p className="muted small">{words.ended.rights}</p>
      </div>
    </section>
  );
}
