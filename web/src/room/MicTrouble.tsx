import type { MicFailure } from "../audio/recorder";
import { Notice } from "../ui/Notice";
import { useWords } from "./words";

/** Why the microphone cannot be used, and what to do. */
export function MicTrouble({ reason }: { reason: MicFailure }) {
  const words = useWords();
  return (
    <Notice tone="error" live title={words.micTitle}>
      {words.mic[reason]}
    </Notice>
  );
}
