import type { Quote } from "../staff/types";
import { clockText } from "../ui/duration";
import { Icon } from "../ui/Icon";
import { usePlayer } from "./player";

/** The candidate's own words. Where they were recorded, they play from the beginning of their utterance. */
export function QuoteView({ quote }: { quote: Quote }) {
  const player = usePlayer();
  const url = quote.audio_url;
  return (
    <span className="quote">
      {url === null ? (
        <q>{quote.text}</q>
      ) : (
        <button
          type="button"
          className="quote-play"
          onClick={() => void player.play({ url, at: quote.at_s ?? 0, label: `“${short(quote.text)}”` })}
        >
          <Icon name="play" />
          <span>
            <span className="visually-hidden">Play </span>
            <q>{quote.text}</q>
            {quote.at_s !== null && <span className="muted small"> at {clockText(quote.at_s)}</span>}
          </span>
        </button>
      )}
      {quote.supports && <span className="muted small"> supports “{quote.supports}”</span>}
      {!quote.found && (
        <span className="badge" data-tone="warn">
          not found in the answer
        </span>
      )}
    </span>
  );
}

function short(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
