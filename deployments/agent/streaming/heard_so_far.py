"""The part of an uncommitted reply that a listener has heard already; the final reply begins with it."""

from __future__ import annotations

from collections.abc import Callable

from deployments.tts.contract import SpeechPart
from interview.text.sentences import growing_sentences


class Aloud:
    """The sentences said so far, in order; a turn that nobody listens to has none of this.

    Joined with single spaces they are always the beginning of the reply's text, and in the end all of it.
    """

    def __init__(self, tell: Callable[[str], None], play: Callable[[SpeechPart], None] | None = None) -> None:
        """``tell`` is called with each sentence as it is said, ``play`` with each part of its audio, where the listener
        asked for it; they must neither wait nor raise."""
        self._tell = tell
        self.play = play
        self.sentences: list[str] = []

    @property
    def text(self) -> str:
        return " ".join(self.sentences)

    def say(self, *sentences: str) -> None:
        for sentence in sentences:
            self.sentences.append(sentence)
            self._tell(sentence)

    def finish(self, text: str, verbatim: str) -> None:
        """Say what is left of ``text``, which begins with what was said; ``verbatim``, at its end, in one piece."""
        rest = text[len(self.text) :].strip()
        verbatim = verbatim.strip()
        ends = bool(verbatim) and rest.endswith(verbatim)
        own = rest.removesuffix(verbatim).rstrip() if ends else rest
        parts = [*growing_sentences(own), *([verbatim] if ends else [])]
        # Sentences are cut at white space; where that was more than a space, cutting would lose it.
        self.say(*(parts if " ".join(parts) == rest else [rest]))


def begins_with(text: str, said: str) -> bool:
    """Whether ``text`` goes on, or ends, where the sentences of ``said`` end. Pure."""
    return text == said or text.startswith(f"{said} ")
