import { Button } from "../ui/Button";
import { Icon } from "../ui/Icon";
import { Notice } from "../ui/Notice";
import { Spinner } from "../ui/Spinner";
import { Level } from "./Level";
import { MicTrouble } from "./MicTrouble";
import { said } from "./problems";
import { Unheard } from "./Unheard";
import type { Room } from "./useRoom";
import { useWords } from "./words";

/** Below this expected share of right words a better place is advised. */
const LOW_CONFIDENCE = 0.7;

/** A sentence into the microphone, played back and shown as it was understood. */
export function DeviceCheck({ room }: { room: Room }) {
  const words = useWords();
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
      <h1>{words.check.title}</h1>
      <p className="muted">{words.check.lead}</p>
      {room.mic !== null && <MicTrouble reason={room.mic} />}
      {turn === "unheard" && <Unheard room={room} />}
      {turn !== "unheard" && trouble && (
        <Notice tone="error" live title={words.trouble}>
          {said(trouble, words)}
        </Notice>
      )}

      {turn === "yours" && (
        <>
          <blockquote className="sample">{words.check.sample}</blockquote>
          <div className="row">
            <Button kind="primary" onClick={room.startRecording}>
              <Icon name="mic" />
              {words.check.start}
            </Button>
            <Button kind="quiet" onClick={typeInstead}>
              {words.check.type}
            </Button>
          </div>
        </>
      )}
      {turn === "recording" && (
        <>
          <blockquote className="sample">{words.check.sample}</blockquote>
          <Level level={room.level} />
          <div className="row">
            <Button kind="primary" onClick={room.stopRecording} autoFocus>
              <Icon name="stop" />
              {words.check.stop}
            </Button>
          </div>
        </>
      )}
      {turn === "hearing" && (
        <p className="row" role="status">
          <Spinner /> {words.check.hearing}
        </p>
      )}
      {turn === "checking" && heard && (
        <>
          <div role="status" className="stack tight">
            <h2 className="label">{words.check.understood}</h2>
            <p className="quote">{words.quoted(heard.text)}</p>
          </div>
          {heard.confidence < LOW_CONFIDENCE && <Notice tone="warn">{words.check.low}</Notice>}
          <div className="row">
            {room.lastRecording && (
              <Button onClick={() => room.lastRecording && room.playBlob(room.lastRecording)}>
                <Icon name="play" />
                {words.check.yours}
              </Button>
            )}
          </div>
          <div className="row">
            <Button kind="primary" onClick={next} autoFocus>
              {words.check.right}
            </Button>
            <Button onClick={room.discard}>{words.check.again}</Button>
            <Button kind="quiet" onClick={typeInstead}>
              {words.check.type}
            </Button>
          </div>
        </>
      )}
    </section>
  );
}
