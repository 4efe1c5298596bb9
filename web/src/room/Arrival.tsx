import { useState } from "react";
import { whyNoMicrophone } from "../audio/recorder";
import { Button } from "../ui/Button";
import { Icon, type IconName } from "../ui/Icon";
import { Notice } from "../ui/Notice";
import { said } from "./problems";
import { SettingsFields } from "./SettingsFields";
import type { InterviewNotice } from "./types";
import type { Room } from "./useRoom";
import { useWords } from "./words";

/** Who asks, what is recorded, what helps; consent before anything starts. */
export function Arrival({ room, notice }: { room: Room; notice: InterviewNotice }) {
  const words = useWords();
  const [agreed, setAgreed] = useState(false);
  const [missing, setMissing] = useState(false);
  const {
    title,
    language,
    consent_text,
    time_budget_s,
    hint_budget,
    extra_time_s = 0,
    pauses = 0,
    pause_days = 0,
  } = notice.notice;
  const insecure = whyNoMicrophone() === "insecure";
  const typing = room.settings.answerBy === "text" || insecure || !notice.hears;

  const next = (go: () => void) => {
    if (agreed) go();
    else setMissing(true);
  };

  return (
    <article className="arrival">
      <header className="stack">
        <h1>{words.arrival.hello(notice.candidate_name)}</h1>
        <p className="lead">{words.arrival.lead(title)}</p>
      </header>

      <ul className="facts">
        <Fact
          icon="clock"
          title={words.arrival.minutes(Math.round((time_budget_s + extra_time_s) / 60))}
          body={
            extra_time_s > 0
              ? `${words.arrival.extraTime(Math.round(extra_time_s / 60))} ${words.arrival.minutesBody}`
              : words.arrival.minutesBody
          }
        />
        <Fact icon="person" title={words.arrival.ai} body={words.arrival.aiBody} />
        <Fact icon="keyboard" title={words.arrival.either} body={words.arrival.eitherBody} />
        <Fact icon="repeat" title={words.arrival.again} body={words.arrival.againBody} />
      </ul>

      {!notice.hears && (
        <Notice tone="warn" title={words.typedTitle}>
          {words.typed}
        </Notice>
      )}
      {insecure && notice.hears && (
        <Notice tone="warn" title={words.insecureTitle}>
          {words.mic.insecure}
        </Notice>
      )}

      <div className="columns">
        <div className="stack">
          <section className="card stack">
            <h2>{words.arrival.settingsTitle}</h2>
            <SettingsFields
              settings={room.settings}
              change={room.changeSettings}
              voice={notice.voice}
              hears={notice.hears}
            />
          </section>
          <section className="card stack tight">
            <h2>{words.arrival.humanTitle}</h2>
            <p className="muted small">{words.arrival.human}</p>
          </section>
        </div>

        <section className="card stack">
          <h2>{words.arrival.consentTitle}</h2>
          <div lang={language} className="prose stack">
            {consent_text.split(/\n+/).map((paragraph) => (
              <p key={paragraph}>{paragraph}</p>
            ))}
          </div>
          {pauses > 0 && <p className="muted small">{words.arrival.pauses(pauses, pause_days)}</p>}
          {hint_budget > 0 && <p className="muted small">{words.arrival.hints(hint_budget)}</p>}
          <label className="choice">
            <input
              type="checkbox"
              checked={agreed}
              aria-invalid={missing && !agreed ? true : undefined}
              aria-describedby={missing && !agreed ? "consent-missing" : undefined}
              onChange={(event) => setAgreed(event.target.checked)}
            />
            <span>{words.arrival.consent}</span>
          </label>
          {missing && !agreed && (
            <p id="consent-missing" role="alert" className="error small">
              {words.arrival.consentMissing}
            </p>
          )}
          {room.state.trouble && (
            <Notice tone="error" live title={words.trouble}>
              {said(room.state.trouble, words)}
            </Notice>
          )}
          <div className="row">
            <Button kind="primary" onClick={() => next(typing ? () => room.go("practice") : () => room.go("check"))}>
              {words.arrival.next}
            </Button>
            <Button kind="quiet" busy={room.state.starting} onClick={() => next(room.start)}>
              {words.arrival.direct}
            </Button>
          </div>
        </section>
      </div>
    </article>
  );
}

function Fact({ icon, title, body }: { icon: IconName; title: string; body: string }) {
  return (
    <li>
      <span className="disc">
        <Icon name={icon} />
      </span>
      <div>
        <strong>{title}</strong>
        <p className="muted small">{body}</p>
      </div>
    </li>
  );
}
