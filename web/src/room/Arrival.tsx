import { useState } from "react";
import { whyNoMicrophone } from "../audio/recorder";
import { Button } from "../ui/Button";
import { Icon, type IconName } from "../ui/Icon";
import { Notice } from "../ui/Notice";
import { en } from "./messages";
import { said } from "./problems";
import { SettingsFields } from "./SettingsFields";
import type { InterviewNotice } from "./types";
import type { Room } from "./useRoom";

/** Who asks, what is recorded, what helps; consent before anything starts. */
export function Arrival({ room, notice }: { room: Room; notice: InterviewNotice }) {
  const [agreed, setAgreed] = useState(false);
  const [missing, setMissing] = useState(false);
  const { title, language, consent_text, time_budget_s, hint_budget } = notice.notice;
  const insecure = whyNoMicrophone() === "insecure";
  const typing = room.settings.answerBy === "text" || insecure;

  const next = (go: () => void) => {
    if (agreed) go();
    else setMissing(true);
  };

  return (
    <article className="arrival">
      <header className="stack">
        <h1>{en.arrival.hello(notice.candidate_name)}</h1>
        <p className="lead">{en.arrival.lead(title)}</p>
      </header>

      <ul className="facts">
        <Fact icon="clock" title={en.arrival.minutes(Math.round(time_budget_s / 60))} body={en.arrival.minutesBody} />
        <Fact icon="person" title={en.arrival.ai} body={en.arrival.aiBody} />
        <Fact icon="keyboard" title={en.arrival.either} body={en.arrival.eitherBody} />
        <Fact icon="repeat" title={en.arrival.again} body={en.arrival.againBody} />
      </ul>

      {insecure && (
        <Notice tone="warn" title={en.insecureTitle}>
          {en.mic.insecure}
        </Notice>
      )}

      <div className="columns">
        <div className="stack">
          <section className="card stack">
            <h2>{en.arrival.settingsTitle}</h2>
            <SettingsFields settings={room.settings} change={room.changeSettings} voice={notice.voice} />
          </section>
          <section className="card stack tight">
            <h2>{en.arrival.humanTitle}</h2>
            <p className="muted small">{en.arrival.human}</p>
          </section>
        </div>

        <section className="card stack">
          <h2>{en.arrival.consentTitle}</h2>
          <p lang={language} className="prose">
            {consent_text}
          </p>
          {hint_budget > 0 && <p className="muted small">{en.arrival.hints(hint_budget)}</p>}
          <label className="choice">
            <input
              type="checkbox"
              checked={agreed}
              aria-invalid={missing && !agreed ? true : undefined}
              aria-describedby={missing && !agreed ? "consent-missing" : undefined}
              onChange={(event) => setAgreed(event.target.checked)}
            />
            <span>{en.arrival.consent}</span>
          </label>
          {missing && !agreed && (
            <p id="consent-missing" role="alert" className="error small">
              {en.arrival.consentMissing}
            </p>
          )}
          {room.state.trouble && (
            <Notice tone="error" live title={en.trouble}>
              {said(room.state.trouble)}
            </Notice>
          )}
          <div className="row">
            <Button kind="primary" onClick={() => next(typing ? () => room.go("practice") : () => room.go("check"))}>
              {en.arrival.next}
            </Button>
            <Button kind="quiet" busy={room.state.starting} onClick={() => next(room.start)}>
              {en.arrival.direct}
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
