import { Button } from "../ui/Button";
import { Icon } from "../ui/Icon";
import { Notice } from "../ui/Notice";
import { Spinner } from "../ui/Spinner";
import { Level } from "./Level";
import { MicTrouble } from "./MicTrouble";
import { en } from "./messages";
import { said } from "./problems";
import { Unheard } from "./Unheard";
import type { Room } from "./useRoom";

/** Below this expected share of right words a better place is advised. */
const LOW_CONFIDENCE = 0.7;

/** A sentence into the microphone, played back and shown as it was understood. */
export function DeviceCheck({ room }: { room: Room }) {
  const { turn, heard, trouble } = room.state;
  const typeInstead = () => {
    room.discard();
    room.changeSettings({ answerBy: "text" });
    room.go("practice");
  };
  const next = () => {
    room.silence();
    room.discard();
    room.go("practice");
  };
  return (
    <section className="narrow card stack check">
      <h1>{en.check.title}</h1>
      <p className="muted">{en.check.lead}</p>
      {room.mic !== null && <MicTrouble reason={room.mic} />}
      {turn === "unheard" && <Unheard room={room} />}
      {turn !== "unheard" && trouble && (
        <Notice tone="error" live title={en.trouble}>
          {said(trouble)}
        </Notice>
      )}

      {turn === "yours" && (
        <>
          <blockquote className="sample">{en.check.sample}</blockquote>
          <div className="row">
            <Button kind="primary" onClick={room.startRecording}>
              <Icon name="mic" />
              {en.check.start}
            </Button>
            <Button kind="quiet" onClick={typeInstead}>
              {en.check.type}
            </Button>
          </div>
        </>
      )}
      {turn === "recording" && (
        <>
          <blockquote className="sample">{en.check.sample}</blockquote>
          <Level level={room.level} />
          <div className="row">
            <Button kind="primary" onClick={room.stopRecording} autoFocus>
              <Icon name="stop" />
              {en.check.stop}
            </Button>
          </div>
        </>
      )}
      {turn === "hearing" && (
        <p className="row" role="status">
          <Spinner /> {en.check.hearing}
        </p>
      )}
      {turn === "checking" && heard && (
        <>
          <div role="status" className="stack tight">
            <h2 className="label">{en.check.understood}</h2>
            <p className="quote">“{heard.text}”</p>
          </div>
          {heard.confidence < LOW_CONFIDENCE && <Notice tone="warn">{en.check.low}</Notice>}
          <div className="row">
            {room.lastRecording && (
              <Button onClick={() => room.lastRecording && room.playBlob(room.lastRecording)}>
                <Icon name="play" />
                {en.check.yours}
              </Button>
            )}
          </div>
          <div className="row">
            <Button kind="primary" onClick={next} autoFocus>
              {en.check.right}
            </Button>
            <Button onClick={room.discard}>{en.check.again}</Button>
            <Button kind="quiet" onClick={typeInstead}>
              {en.check.type}
            </Button>
          </div>
        </>
      )}
    </section>
  );
}
