"""Divides recorded interviews between the rounds of a search and its decision."""

from __future__ import annotations

from collections.abc import Sequence

from interview.errors import InvalidInput
from serve.optimisation.search import HELD_OUT
from serve.simulation.recorded import Recording


class Recordings:
    """Every second recording decides, and no round uses it."""

    def __init__(self, recordings: Sequence[Recording]) -> None:
        """Raises InvalidInput: fewer than two."""
        if len(recordings) < 2:
            raise InvalidInput(
                f"There are {len(recordings)} concluded interviews with a transcript; a search needs at least two, "
                "one of which decides. Leave --recorded out to search with personas."
            )
        self._searched, self._deciding = recordings[::2], recordings[1::2]

    def __len__(self) -> int:
        return len(self._searched) + len(self._deciding)

    def of(self, count: int, seed: int) -> Sequence[Recording]:
        """Those of a round with ``count``, or all that decide. ``seed`` is relative to the search's.

        The first round takes a quarter of the others for each of ``count``, so that two doublings take them all.
        """
        if seed == HELD_OUT:
            return self._deciding
        return self._searched[: count * -(-len(self._searched) // 4)]
