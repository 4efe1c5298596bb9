import { useState } from "react";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { Icon, type IconName } from "../ui/Icon";
import type { Messages } from "./messages";
import { SettingsFields } from "./SettingsFields";
import { mayAnswer, pausesLeft } from "./state";
import type { Room } from "./useRoom";
import { useWords } from "./words";

type Request = keyof Messages["help"]["said"];

/** Everything a candidate may need, in one place that is always the same: requests, adjustments, the way out. */
export function HelpDialog({ room, onClose }: { room: Room; onClose: () => void }) {
  const words = useWords();
  const [ending, setEnding] = useState(false);
  const [leaving, setLeaving] = useState(false);
  const left = pausesLeft(room.state);
  const days = room.state.notice?.notice.pause_days ?? 0;
  const may = mayAnswer(room.state);
  const ask = (what: Request) => {
    onClose();
    room.ask(words.help.said[what], what === "skip");
  };
  if (ending) {
    return (
      <Dialog
        title={words.help.endTitle}
        closeLabel={words.close}
        onClose={onClose}
        footer={
          <>
            <Button onClick={() => setEnding(false)}>{words.cancel}</Button>
            <Button
              kind="danger"
              onClick={() => {
                onClose();
                room.end();
              }}
            >
              {words.help.endYes}
            </Button>
          </>
        }
      >
        <p>{words.help.endBody}</p>
      </Dialog>
    );
  }
  if (leaving) {
    return (
      <Dialog
        title={words.help.stopTitle}
        closeLabel={words.close}
        onClose={onClose}
        footer={
          <>
            <Button onClick={() => setLeaving(false)}>{words.cancel}</Button>
            <Button
              kind="primary"
              onClick={() => {
                onClose();
                room.leave();
              }}
            >
              {words.help.stopYes}
            </Button>
          </>
        }
      >
        <p>
          {words.help.stopBody(days)} {words.help.stopDraft}
        </p>
      </Dialog>
    );
  }
  return (
    <Dialog title={words.help.title} closeLabel={words.close} onClose={onClose}>
      {may && (
        <ul className="requests">
          <Item icon="repeat" title={words.help.repeat} onClick={() => ask("repeat")} />
          <Item icon="info" title={words.help.explain} onClick={() => ask("explain")} />
          <Item icon="person" title={words.help.person} body={words.help.personBody} onClick={() => ask("person")} />
          <Item icon="clock" title={words.help.time} body={words.help.timeBody} onClick={() => ask("time")} />
          <Item icon="skip" title={words.help.skip} body={words.help.skipBody} onClick={() => ask("skip")} />
        </ul>
      )}
      <section className="stack tight">
        <h3>{words.settings.title}</h3>
        <SettingsFields
          settings={room.settings}
          change={room.changeSettings}
          voice={room.state.notice?.voice !== false}
          hears={room.state.notice?.hears !== false}
          inHelp
        />
      </section>
      <section className="stack tight">
        <h3>{words.help.pause}</h3>
        <p className="muted small">{words.help.pauseBody}</p>
        {left > 0 && (
          <p className="muted small">
            <b>{words.help.stop}:</b> {words.help.stopBody(days)} {words.help.stopLeft(left)}
            {!may && ` ${words.help.stopBusy}`}
          </p>
        )}
      </section>
      <div className="row">
        {left > 0 && may && (
          <Button onClick={() => setLeaving(true)}>
            <Icon name="pause" />
            {words.help.stop}
          </Button>
        )}
        <Button kind="danger" onClick={() => setEnding(true)}>
          {words.help.end}
        </Button>
      </div>
    </Dialog>
  );
}

type ItemProps = { icon: IconName; title: string; body?: string; onClick: () => void };

function Item({ icon, title, body, onClick }: ItemProps) {
  return (
    <li>
      <button type="button" onClick={onClick}>
        <Icon name={icon} />
        <span>
          <b>{title}</b>
          {body && <span className="muted small">{body}</span>}
        </span>
      </button>
    </li>
  );
}
