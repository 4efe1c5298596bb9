import { useEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { Button } from "../ui/Button";
import { Icon } from "../ui/Icon";
import { Notice } from "../ui/Notice";
import { Spinner } from "../ui/Spinner";
import { Composer } from "./Composer";
import { Conversation } from "./Conversation";
import { HelpDialog } from "./HelpDialog";
import { HintButton } from "./HintButton";
import { KeptAnswer } from "./KeptAnswer";
import type { Messages } from "./messages";
import { said as problemWords } from "./problems";
import type { RoomState } from "./state";
import { Timer } from "./Timer";
import type { Phase } from "./types";
import type { Room } from "./useRoom";
import { useWords } from "./words";

const PHASES: readonly Phase[] = ["intro", "technical", "behavioral", "closing"];

export function Interview({ room }: { room: Room }) {
  const words = useWords();
  const { state, settings } = room;
  const [helping, setHelping] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  const { turn } = state;
  const questionId = state.card?.question_id;

  // The form of the last answer is gone and its focus with it: the next one begins at the question, in sight.
  // biome-ignore lint/correctness/useExhaustiveDependencies: also when the same turn brings another question
  useEffect(() => {
    const question = heading.current;
    if (question === null || turn !== "yours" || document.activeElement !== document.body) return;
    question.focus({ preventScroll: true });
    if (question.getBoundingClientRect().top < 0) question.scrollIntoView({ block: "start" });
  }, [turn, questionId]);
  const tools = document.getElementById("masthead-tools");
  const language = state.notice?.notice.language;
  const last = state.lines.findLast((line) => line.who === "interviewer");
  const said = last?.text ?? "";
  const mayRetry = state.trouble?.retryable !== false;
  const isFollowUp = state.asking !== "" && state.asking !== state.card?.prompt;
  const aside = beside(said, state.asking, isFollowUp);
  return (
    <div className="interview">
      {tools &&
        createPortal(
          <>
            {state.deadlineAt !== null && <Timer deadlineAt={state.deadlineAt} shown={settings.timer} />}
            <Button kind="quiet" onClick={() => setHelping(true)}>
              <Icon name="help" />
              {words.help.open}
            </Button>
          </>,
          tools,
        )}
      <div className="stage">
        <Progress state={state} />
        {settings.captions && said !== "" && (
          <p className="captions" lang={language} data-arriving={last?.provisional || undefined} aria-hidden="true">
            {said}
          </p>
        )}
        {/* Finished sentences for screen readers, silent while the interviewer's own voice reads them. */}
        <div className="visually-hidden" role="log" aria-live={settings.readAloud ? "off" : "polite"}>
          {state.lines
            .filter((line) => line.who === "interviewer" && !line.provisional)
            .slice(-2)
            .map((line) => (
              <p key={line.id} lang={language}>
                {line.text}
              </p>
            ))}
        </div>
        <section className="card question" aria-label={words.interview.question(state.questions)}>
          <header className="row">
            <h1 className="label" ref={heading} tabIndex={-1}>
              {words.interview.question(Math.max(1, state.questions))}
            </h1>
          </header>
          {isFollowUp && state.card && (
            <p className="muted small" lang={language}>
              {state.card.prompt}
            </p>
          )}
          {state.asking !== "" && (
            <p className="prompt" lang={language}>
              {state.asking}
            </p>
          )}
          {!settings.captions && aside !== "" && (
            <p className="aside" lang={language}>
              {aside}
            </p>
          )}
          {state.kept !== null && (
            <KeptAnswer kept={state.kept} why={words.kept.moved} language={language} onDismiss={room.dismissKept} />
          )}
          <Banner room={room} />
          {state.turn === "failed" && (
            <Notice tone="error" live title={state.trouble ? problemWords(state.trouble, words) : words.trouble}>
              {mayRetry ? words.answer.failedAgain : words.answer.failedFinal}
              <div className="row">
                {mayRetry && (
                  <Button kind="primary" onClick={room.retry}>
                    {words.retry}
                  </Button>
                )}
                <Button onClick={room.withdraw}>{words.answer.withdraw}</Button>
              </div>
            </Notice>
          )}
          {state.turn !== "failed" && state.turn !== "unheard" && state.trouble && (
            <Notice tone="error" live title={words.trouble}>
              {problemWords(state.trouble, words)}
            </Notice>
          )}
          {state.extraS > 0 && (
            <Notice tone="good" live>
              {words.interview.extraTime(Math.round(state.extraS / 60))}
            </Notice>
          )}
          {state.turn === "paused" && <p className="muted">{words.interview.pausedBody}</p>}
          <Composer room={room} card={state.card} />
          {state.hintsLeft > 0 && state.turn === "yours" && (
            <div className="row hints">
              <HintButton room={room} />
            </div>
          )}
        </section>
      </div>
      <aside className="side">
        <details open={matchMedia("(min-width: 60rem)").matches}>
          <summary>{words.interview.conversation}</summary>
          <Conversation room={room} />
        </details>
      </aside>
      {helping && <HelpDialog room={room} onClose={() => setHelping(false)} />}
    </div>
  );
}

/** What was said and is not on the card: all of it, or what came before a follow-up. */
function beside(said: string, asking: string, isFollowUp: boolean): string {
  if (!said.includes(asking)) return said;
  return isFollowUp && said.endsWith(asking) ? said.slice(0, said.length - asking.length).trim() : "";
}

/** Whose turn it is, in words; announced when it changes. */
function Banner({ room }: { room: Room }) {
  const words = useWords();
  const { speaking } = room.state;
  const said = saidTurn(room.state);
  return (
    <div className="banner" data-turn={said}>
      <span role="status" className="row">
        {said === "thinking" || said === "resending" || said === "replying" || said === "hearing" || said === "lost" ? (
          <Spinner />
        ) : (
          <span className="dot" aria-hidden="true" />
        )}
        {words.interview.turn[said]}
      </span>
      {speaking && (
        <Button kind="quiet" onClick={room.silence}>
          {words.interview.silence}
        </Button>
      )}
    </div>
  );
}

function saidTurn({ turn, resending, speaking, live }: RoomState): keyof Messages["interview"]["turn"] {
  if (live === "lost" && (turn === "yours" || turn === "talking")) return "lost";
  if (turn === "thinking" && resending) return "resending";
  if (turn !== "yours") return turn;
  if (speaking) return "speaking";
  return live === "on" ? "listening" : "yours";
}

function Progress({ state }: { state: RoomState }) {
  const words = useWords();
  const at = PHASES.indexOf(state.phase);
  return (
    <ol className="progress" aria-label={words.interview.progress}>
      {PHASES.map((phase, index) => (
        <li key={phase} aria-current={index === at ? "step" : undefined} data-done={index < at || undefined}>
          {words.interview.phase[phase]}
        </li>
      ))}
    </ol>
  );
}
