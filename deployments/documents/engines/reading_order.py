"""Puts a page's text into reading order when its drawing order is not the reading order.

Usually the drawing order is the reading order, and only it tells which text belongs together (a sidebar, a table). So
it is kept except in two cases: lines drawn from the bottom of the page upwards, and two columns drawn row by row. A
table and a date next to each line stay as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import fmean, median

from msgspec import Struct

Box = tuple[float, float, float, float]  # left, bottom, right, top in points

#: A gap of this many text heights ends a line's fragment: the next one is in another column.
_COLUMN_GAP_EM = 1.5
#: Evidence of two columns: this many lines side by side, this many words per line in one of them, and aligned left
#: edges.
_COLUMN_LINES = 3
_PROSE_WORDS = 3.0
_EDGE_PT = 12.0
#: A gap of this many usual gaps separates two words of letter-spaced text.
_WORD_GAP = 1.6
_SPACED_LETTERS = 4


class Piece(Struct, frozen=True):
    """A word as drawn, or (``box`` None) the white space between two."""

    text: str
    box: Box | None = None


class Fragment(Struct):
    """Words of one line without a wide gap."""

    text: str
    box: Box

    @property
    def middle(self) -> float:
        return (self.box[1] + self.box[3]) / 2


def in_reading_order(pieces: Sequence[Piece]) -> str:
    """The text of ``pieces``, which are in drawing order: lines with single spaces between words."""
    lines = [_unspaced(line) for line in _lines(pieces)]
    fragments = [fragment for line in lines for fragment in _fragments(line)]
    if _drawn_upwards(fragments):
        return _as_text(sorted(fragments, key=lambda one: (-round(one.middle), one.box[0])))
    gutter = _gutter(lines)
    if gutter is not None:
        return _as_text(_by_column(fragments, gutter))
    return "\n".join(" ".join("".join(piece.text for piece in line).split()) for line in lines if line)


def _lines(pieces: Sequence[Piece]) -> list[list[Piece]]:
    lines: list[list[Piece]] = [[]]
    for piece in pieces:
        if piece.box is None and any(char in piece.text for char in "\r\n"):
            lines.append([])
        else:
            lines[-1].append(piece)
    return [line for line in lines if any(piece.text.strip() for piece in line)]


def _fragments(line: Sequence[Piece]) -> list[Fragment]:
    """``line`` split at its wide gaps."""
    found: list[Fragment] = []
    space = ""
    for piece in line:
        if piece.box is None:
            space = " "
            continue
        left, bottom, right, top = piece.box
        last = found[-1] if found else None
        if last is None or left - last.box[2] > _COLUMN_GAP_EM * (top - bottom):
            found.append(Fragment(piece.text, piece.box))
        else:
            last.text += space + piece.text
            box = last.box
            last.box = (min(box[0], left), min(box[1], bottom), max(box[2], right), max(box[3], top))
        space = ""
    return found


def _drawn_upwards(fragments: Sequence[Fragment]) -> bool:
    """Whether nearly every line was drawn above the one before it."""
    moves = [after.middle - before.middle for before, after in pairwise(fragments)]
    real = [move for move in moves if abs(move) > 1.0]
    return len(real) >= 3 and sum(move > 0 for move in real) >= 0.8 * len(real)


def _gutter(lines: Sequence[Sequence[Piece]]) -> float | None:
    """The gap between two columns of prose drawn row by row; None for any other page."""
    pairs = [fragments for line in lines if len(fragments := _fragments(line)) == 2]
    if len(pairs) < _COLUMN_LINES:
        return None
    sides = [[pair[side] for pair in pairs] for side in (0, 1)]
    if not any(fmean(len(one.text.split()) for one in side) >= _PROSE_WORDS for side in sides):
        return None
    if any(sum(any(map(str.isdigit, one.text)) for one in side) * 2 > len(side) for side in sides):
        return None  # a date or an amount next to each line belongs to it
    if any(max(one.box[0] for one in side) - min(one.box[0] for one in side) > _EDGE_PT for side in sides):
        return None
    left_end, right_start = max(pair[0].box[2] for pair in pairs), min(pair[1].box[0] for pair in pairs)
    return (left_end + right_start) / 2 if left_end < right_start else None


def _by_column(fragments: Sequence[Fragment], gutter: float) -> list[Fragment]:
    """Left column, then right, between the lines that cross both."""
    ordered: list[Fragment] = []
    left: list[Fragment] = []
    right: list[Fragment] = []
    for fragment in fragments:
        if fragment.box[0] < gutter < fragment.box[2]:
            ordered += [*left, *right, fragment]
            left, right = [], []
        else:
            (left if fragment.box[2] <= gutter else right).append(fragment)
    return [*ordered, *left, *right]


def _unspaced(line: list[Piece]) -> list[Piece]:
    """``line`` with letter-spaced words ("E X P E R I E N C E") as words."""
    words = [piece for piece in line if piece.box is not None]
    if len(words) < _SPACED_LETTERS or any(len(word.text) != 1 or not word.text.isalpha() for word in words):
        return line
    boxes = [word.box for word in words if word.box is not None]
    gaps = [after[0] - before[2] for before, after in pairwise(boxes)]
    usual = median(gaps)
    joined: list[Piece] = []
    for number, word in enumerate(words):
        if joined and gaps[number - 1] <= _WORD_GAP * usual:
            last, box = joined[-1], word.box
            assert last.box is not None and box is not None  # noqa: S101 (words have boxes)
            joined[-1] = Piece(last.text + word.text, (last.box[0], last.box[1], box[2], max(last.box[3], box[3])))
        else:
            joined += [Piece(" "), word] if joined else [word]
    return joined


def _as_text(fragments: Sequence[Fragment]) -> str:
    """One line per fragment; fragments at one height share a line."""
    lines: list[str] = []
    for number, fragment in enumerate(fragments):
        before = fragments[number - 1] if number else None
        if before is not None and abs(before.middle - fragment.middle) <= 1.0 and before.box[2] <= fragment.box[0]:
            lines[-1] += f" {fragment.text}"
        else:
            lines.append(fragment.text)
    return "\n".join(lines)
