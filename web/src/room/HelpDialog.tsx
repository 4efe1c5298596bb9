import { useState } from "react";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { Icon, type IconName } from "../ui/Icon";
import { en } from "./messages";
import { SettingsFields } from "./SettingsFields";
import { mayAnswer } from "./state";
import type { Room } from "./useRoom";

type Request = keyof typeof en.help.said;

/** Everything a candidate may need, in one place that is always the same: requests, adjustments, the way out. */
export function HelpDialog({ room, onClose }: { room: Room; onClose: () => void }) {
  const [ending, setEnding] = useState(false);
  const may = mayAnswer(room.state);
  const ask = (what: Request) => {
    onClose();
    room.ask(en.help.said[what], what === "skip");
  };
  if (ending) {
    return (
      <Dialog
        title={en.help.endTitle}
        closeLabel={en.close}
        onClose={onClose}
        footer={
          <>
            <Button onClick={() => setEnding(false)}>{en.cancel}</Button>
            <Button
              kind="danger"
              onClick={() => {
                onClose();
                room.end();
              }}
            >
              {en.help.endYes}
            </Button>
          </>
        }
      >
        <p>{en.help.endBody}</p>
      </Dialog>
    );
  }
  return (
    <Dialog title={en.help.title} closeLabel={en.close} onClose={onClose}>
      {may && (
        <ul className="requests">
          <Item icon="repeat" title={en.help.repeat} onClick={() => ask("repeat")} />
          <Item icon="info" title={en.help.explain} onClick={() => ask("explain")} />
          <Item icon="person" title={en.help.person} body={en.help.personBody} onClick={() => ask("person")} />
          <Item icon="clock" title={en.help.time} body={en.help.timeBody} onClick={() => ask("time")} />
          <Item icon="skip" title={en.help.skip} body={en.help.skipBody} onClick={() => ask("skip")} />
        </ul>
      )}
      <section className="stack tight">
        <h3>{en.settings.title}</h3>
        <SettingsFields
          settings={room.settings}
          change={room.changeSettings}
          voice={room.state.notice?.voice !== false}
          inHelp
        />
      </section>
      <section className="stack tight">
        <h3>{en.help.pause}</h3>
        <p className="muted small">{en.help.pauseBody}</p>
      </section>
      <div className="row">
        <Button kind="danger" onClick={() => setEnding(true)}>
          {en.help.end}
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
