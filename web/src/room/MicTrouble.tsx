import type { MicFailure } from "../audio/recorder";
import { Notice } from "../ui/Notice";
import { en } from "./messages";

/** Why the microphone cannot be used, and what to do. */
export function MicTrouble({ reason }: { reason: MicFailure }) {
  return (
    <Notice tone="error" live title={en.micTitle}>
      {en.mic[reason]}
    </Notice>
  );
}
