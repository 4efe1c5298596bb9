"""Sends speech a little ahead of its playing, and knows how much of it has been heard."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from serve.http.realtime.audio_formats import SPOKEN_HZ, Encoder, Samples
from serve.http.realtime.wire import ResponseWire

#: Speech in one event, in seconds.
PIECE_S = 0.2
#: A microphone sends no faster than this, in seconds of audio for each second, with a burst after a stall.
LIVE_RATE, LIVE_BURST_S = 1.5, 0.5


class Playback:
    """One response's speech. Time is the server's estimate: playing begins with the first piece sent."""

    def __init__(
        self,
        wire: ResponseWire,
        encoder: Encoder,
        *,
        lead_s: float,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        received_ms: Callable[[], int] = lambda: 0,
        began: Callable[[], None] = lambda: None,
    ) -> None:
        self._wire = wire
        self._encoder = encoder
        self._lead_s = lead_s
        self._clock = clock
        self._sleep = sleep
        self._received_ms = received_ms
        self._tell_beginning = began
        self._began: float | None = None
        #: When the first audio since the speech began arrived, and how much had been received before.
        self._arriving: tuple[float, int] | None = None
        self._sent_s = 0.0
        self._captions: list[tuple[float, str]] = []
        #: Where the last caption will end, also when it has not been sent to its end.
        self._ends_s = 0.0

    @property
    def sent_s(self) -> float:
        return self._sent_s

    @property
    def ends_at(self) -> float:
        """When the last piece sent will have been heard; now, when there is none."""
        return self._clock() if self._began is None else self._began + self._sent_s

    @property
    def heard_s(self) -> float:
        return 0.0 if self._began is None else min(self._sent_s, self._clock() - self._began)

    @property
    def is_live(self) -> bool:
        """Whether the audio that came since the speech began came as from a microphone. A client that sends faster,
        such as a recording's, does not say when it played what."""
        if self._arriving is None:
            return True
        since, before_ms = self._arriving
        received_s = (self._received_ms() - before_ms) / 1000
        return received_s <= LIVE_RATE * (self._clock() - since) + LIVE_BURST_S

    def audio_arrives(self) -> None:
        """The client sends audio, which is not received yet: silence before it does not make its rate lower."""
        if self._began is not None and self._arriving is None:
            self._arriving = self._clock(), self._received_ms()

    def caption(self, text: str, length_s: float) -> None:
        """The words that begin with the next piece, and how long they take."""
        if text:
            self._captions.append((self._sent_s, text))
            self._ends_s = self._sent_s + length_s
            self._wire.words(text)

    def heard_words(self, until_s: float) -> str:
        """The captions that were played to more than half of their length before ``until_s``."""
        last = max(self._ends_s, self._sent_s)
        ends = [*(start for start, _ in self._captions[1:]), last][: len(self._captions)]
        heard = [
            text
            for (start, text), end in zip(self._captions, ends, strict=True)
            if until_s >= start + (end - start) / 2 and end > start
        ]
        return " ".join(heard)

    async def play(self, samples: Samples) -> None:
        """Send ``samples`` (24 kHz), as fast as ``lead_s`` allows."""
        piece = int(PIECE_S * SPOKEN_HZ)
        for start in range(0, len(samples), piece):
            part = samples[start : start + piece]
            await self._ahead()
            if self._began is None:
                self._tell_beginning()
            if self._began is None or self.ends_at < self._clock():
                # The client ran dry: what follows plays from now.
                self._began = self._clock() - self._sent_s
                self._arriving = None
            self._wire.sound(self._encoder.feed(part))
            self._sent_s += len(part) / SPOKEN_HZ

    def finish(self) -> None:
        self._wire.sound(self._encoder.finish())

    async def _ahead(self) -> None:
        ahead_s = self.ends_at - self._clock() - self._lead_s
        if ahead_s > 0:
            await self._sleep(ahead_s)
