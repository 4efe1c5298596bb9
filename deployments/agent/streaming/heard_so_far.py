"""The part of an uncommitted reply that a listener has already heard; the final reply begins with it."""

from __future__ import annotations

from collections.abc import Callable

from deployments.tts.contract import SpeechPart
from interview.text.sentences import growing_sentences


class HeardSoFar:
    """The sentences streamed so far, in order; a turn without a listener has no instance.

    Joined with single spaces they are always a prefix of the reply's text, and in the end all of it.
    """

    def __init__(self, tell: Callable[[str], None], play: Callable[[SpeechPart], None] | None = None) -> None:
        """``tell`` is called with each sentence, ``play`` with each part of its audio if the listener asked for it;
        they must neither block nor raise."""
        self._tell = tell
        self.play = play
        #: Speaks each sentence, set by the turn whose reply is spoken; it must neither block nor raise.
        self.speak: Callable[[str], None] | None = None
        self.sentences: list[str] = []

    @property
    def text(self) -> str:
        return " ".join(self.sentences)

    def say(self, *sentences: str) -> None:
        for sentence in sentences:
            self.sentences.append(sentence)
            self._tell(sentence)
            if self.speak is not None:
                self.speak(sentence)

    def finish(self, text: str, verbatim: str) -> None:
        """Stream the rest of ``text``, which begins with the streamed part; ``verbatim``, at its end, in one piece."""
        rest = text[len(self.text) :].strip()
        verbatim = verbatim.strip()
        ends = bool(verbatim) and rest.endswith(verbatim)
        own = rest.removesuffix(verbatim).rstrip() if ends else rest
        parts = [*growing_sentences(own), *([verbatim] if ends else [])]
        # Sentences are split at white space, which would be lost if it is more than one space.
        self.say(*(parts if " ".join(parts) == rest else [rest]))


def begins_with(text: str, said: str) -> bool:
    """Whether ``text`` has the sentences of ``said`` as a prefix, cut at a sentence end. Pure."""
    return text == said or text.startswith(f"{said} ")
