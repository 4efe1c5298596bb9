"""PDF: the words that are visible on the page. Only this module imports ``pypdfium2``; runs in the sandbox.

Hidden text has too many forms to list (white, covered, clipped, transparent, in a disabled layer), so detection does
not rely on attributes. Each page is rendered without its text, then with it, and a word counts as visible when the two
images differ visibly at its place. Attributes only name the kind of hidden text.
"""

from __future__ import annotations

import ctypes
import math
from collections import Counter
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray

from deployments.documents.contract import HiddenKind
from deployments.documents.engines.colors import legible, told_apart
from deployments.documents.engines.extract import Extracted, ExtractJob, Unreadable, joined
from deployments.documents.engines.reading_order import Piece, in_reading_order

#: Maximum pixels per point (144 dpi), and maximum pixels of a rendered page.
_SCALE = 2.0
_MAX_PIXELS = 4_000_000

#: Smaller text (points) is unreadable; footnotes have 6 or more.
_SMALLEST_PT = 2.5

#: Characters narrower on average than this share of their height are not visible text: other characters stand there,
#: and these are their "actual text".
_NARROWEST_EM = 0.12

#: Minimum share of ink in a character's box; a thin dash has several times that.
_INK = 0.04

#: Maximum number of layers for overlapping texts; honest pages need one or two.
_MAX_LAYERS = 5
_OVERLAP = 0.3

_INVISIBLE_MODES = (pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium_c.FPDF_TEXTRENDERMODE_CLIP)
_FORM_DEPTH = 15

Box = tuple[float, float, float, float]  # left, bottom, right, top in points


@dataclass
class _Word:
    """Characters of one text object without a space between them."""

    handle: Any
    text: str
    boxes: list[Box]
    size_pt: float
    colour: tuple[int, int, int]
    alpha: int
    crowded: bool = False
    seen: bool = False


@dataclass
class _Layer:
    """Text objects that do not overlap."""

    boxes: list[Box] = field(default_factory=list)
    handles: list[Any] = field(default_factory=list)


def extract(job: ExtractJob) -> Extracted:
    """Raises Unreadable."""
    try:
        document = pdfium.PdfDocument(job.data)
    except pdfium.PdfiumError as error:
        encrypted = getattr(error, "err_code", None) in (pdfium_c.FPDF_ERR_PASSWORD, pdfium_c.FPDF_ERR_SECURITY)
        raise Unreadable("encrypted" if encrypted else "damaged") from error
    if len(document) > job.max_pages:
        raise Unreadable("pages")
    texts: list[str] = []
    hidden: Counter[tuple[str, int]] = Counter()
    try:
        for number in range(len(document)):
            texts.append(_page_text(document[number], number + 1, hidden))
            if sum(map(len, texts)) > job.max_chars:
                raise Unreadable("chars")
    except pdfium.PdfiumError as error:
        raise Unreadable("damaged") from error
    text = "\n\n".join(text for text in texts if text)
    if not text:
        raise Unreadable("no_text")
    return Extracted(text=text, hidden=joined(hidden))


def _page_text(page: Any, number: int, hidden: Counter[tuple[str, int]]) -> str:
    pieces = _pieces(page.get_textpage())
    words = [piece for piece in pieces if isinstance(piece, _Word)]
    _mark_crowded(words)
    if words:
        _look(page, words)
    kept: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, str):
            kept.append(Piece(piece))
        elif piece.seen:
            kept.append(Piece(piece.text, _union(piece.boxes)))
        else:
            hidden[_kind(piece, page), number] += len(piece.text)
    return in_reading_order(kept)


def _pieces(textpage: Any) -> list[_Word | str]:
    """The page's words and the white space between them, in drawing order."""
    pieces: list[_Word | str] = []
    count = pdfium_c.FPDFText_CountChars(textpage)
    characters = ((index, _handle(textpage, index), _character(textpage, index)) for index in range(count))
    for (address, blank), run in groupby(characters, key=lambda one: (one[1][0], one[2].isspace())):
        found = list(run)
        text = "".join(character for _, _, character in found)
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        if not address or blank or not text:
            pieces.append(text)
            continue
        colour, alpha = _fill(textpage, found[0][0])
        pieces.append(
            _Word(
                handle=found[0][1][1],
                text=text,
                boxes=[_char_box(textpage, index) for index, _, _ in found],
                size_pt=_size_pt(textpage, found[0][0]),
                colour=colour,
                alpha=alpha,
            )
        )
    return pieces


def _look(page: Any, words: list[_Word]) -> None:
    """Mark visible words: render the page without text, then with one layer of text at a time."""
    handles = [one.raw for one in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_TEXT], max_depth=_FORM_DEPTH)]
    for handle in handles:
        pdfium_c.FPDFPageObj_SetIsActive(handle, False)
    width, height = page.get_size()
    scale = min(_SCALE, math.sqrt(_MAX_PIXELS / max(width * height, 1.0)))
    bare = _drawn(page, scale)
    layers = _layers(words)
    for layer in layers:
        for handle in layer.handles:
            pdfium_c.FPDFPageObj_SetIsActive(handle, True)
        ink = _ink(bare, _drawn(page, scale))
        for handle in layer.handles:
            pdfium_c.FPDFPageObj_SetIsActive(handle, False)
        own = {_address(handle) for handle in layer.handles}
        for word in words:
            if _address(word.handle) in own:
                word.seen = _is_seen(word, page, ink)


def _is_seen(word: _Word, page: Any, ink: NDArray[np.int64]) -> bool:
    if word.size_pt < _SMALLEST_PT or word.crowded:
        return False
    inked = sum(_share(ink, _pixels(box, page, ink.shape)) >= _INK for box in word.boxes)
    return inked * 2 >= len(word.boxes)


def _kind(word: _Word, page: Any) -> HiddenKind:
    """The reason why a word is hidden, as far as its attributes tell."""
    if pdfium_c.FPDFTextObj_GetTextRenderMode(word.handle) in _INVISIBLE_MODES:
        return "invisible"
    if word.alpha < 16:
        return "transparent"
    if word.size_pt < _SMALLEST_PT:
        return "tiny"
    if word.crowded:
        return "crowded"
    left, bottom, right, top = _union(word.boxes)
    page_left, page_bottom, page_right, page_top = page.get_bbox()
    if right <= page_left or left >= page_right or top <= page_bottom or bottom >= page_top:
        return "off_page"
    return "covered" if legible(word.colour, (255, 255, 255)) else "paper_colour"


def _mark_crowded(words: list[_Word]) -> None:
    """Mark the words of text objects that hold more characters than fit their area."""
    for _, run in groupby(words, key=lambda word: _address(word.handle)):
        own = list(run)
        boxes = [box for word in own for box in word.boxes]
        left, bottom, right, top = _union(boxes)
        room = max(right - left, top - bottom)
        crowded = len(boxes) >= 4 and room < len(boxes) * own[0].size_pt * _NARROWEST_EM
        for word in own:
            word.crowded = crowded


def _layers(words: list[_Word]) -> list[_Layer]:
    """Text objects in layers without overlap. Objects stacked higher are in no layer: they are illegible."""
    boxes: dict[int, list[Box]] = {}
    handles: dict[int, Any] = {}
    for word in words:
        address = _address(word.handle)
        boxes.setdefault(address, []).extend(word.boxes)
        handles[address] = word.handle
    layers: list[_Layer] = []
    for address, own in boxes.items():
        box = _union(own)
        free = next((layer for layer in layers if not _overlaps(box, layer.boxes)), None)
        if free is None and len(layers) < _MAX_LAYERS:
            free = _Layer()
            layers.append(free)
        if free is not None:
            free.boxes.append(box)
            free.handles.append(handles[address])
    return layers


def _overlaps(box: Box, others: list[Box]) -> bool:
    them = np.array(others)
    wide = np.minimum(box[2], them[:, 2]) - np.maximum(box[0], them[:, 0])
    high = np.minimum(box[3], them[:, 3]) - np.maximum(box[1], them[:, 1])
    shared = np.clip(wide, 0, None) * np.clip(high, 0, None)
    smaller = np.minimum(_area(np.array(box)), _area(them))
    return bool((shared > _OVERLAP * np.maximum(smaller, 1e-6)).any())


def _area(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    return (boxes[..., 2] - boxes[..., 0]) * (boxes[..., 3] - boxes[..., 1])


def _drawn(page: Any, scale: float) -> NDArray[np.uint8]:
    """The page as RGB pixels (height, width, 3), on white paper."""
    pixels: NDArray[np.uint8] = (
        page.render(scale=scale, rev_byteorder=True, prefer_bgrx=True).to_numpy()[..., :3].copy()
    )
    return pixels


def _ink(bare: NDArray[np.uint8], drawn: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Integral image of pixels visibly changed by text: sums above and left of each place (height + 1, width + 1)."""
    changed = (bare != drawn).any(axis=-1)
    changed[changed] = told_apart(bare[changed], drawn[changed])
    sums = np.zeros((changed.shape[0] + 1, changed.shape[1] + 1), dtype=np.int64)
    sums[1:, 1:] = changed.cumsum(axis=0).cumsum(axis=1)
    return sums


def _pixels(box: Box, page: Any, shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    """A box on the page in pixels: left, top, right, bottom, at least one pixel wide and high; empty off the page."""
    height, width = shape[0] - 1, shape[1] - 1
    (x1, y1), (x2, y2) = (
        _on_device(page, box[0], box[3], width, height),
        _on_device(page, box[2], box[1], width, height),
    )
    left, right, top, bottom = min(x1, x2), max(x1, x2), min(y1, y2), max(y1, y2)
    clipped_left, clipped_right = max(0, left), min(width, max(right, left + 1))
    clipped_top, clipped_bottom = max(0, top), min(height, max(bottom, top + 1))
    return clipped_left, clipped_top, max(clipped_left, clipped_right), max(clipped_top, clipped_bottom)


def _on_device(page: Any, x: float, y: float, width: int, height: int) -> tuple[int, int]:
    device_x, device_y = ctypes.c_int(), ctypes.c_int()
    pdfium_c.FPDF_PageToDevice(page, 0, 0, width, height, 0, x, y, device_x, device_y)
    return device_x.value, device_y.value


def _share(sums: NDArray[np.int64], pixels: tuple[int, int, int, int]) -> float:
    left, top, right, bottom = pixels
    area = (right - left) * (bottom - top)
    if area <= 0:
        return 0.0
    inked = sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left]
    return float(inked) / area


def _union(boxes: list[Box]) -> Box:
    lefts, bottoms, rights, tops = zip(*boxes, strict=True)
    return min(lefts), min(bottoms), max(rights), max(tops)


def _handle(textpage: Any, index: int) -> tuple[int, Any]:
    """The text object of a character, and its address; 0 for characters that PDFium inserted."""
    if pdfium_c.FPDFText_IsGenerated(textpage, index):
        return 0, None
    handle = pdfium_c.FPDFText_GetTextObject(textpage, index)
    return _address(handle), handle


def _address(handle: Any) -> int:
    return ctypes.cast(handle, ctypes.c_void_p).value or 0


def _character(textpage: Any, index: int) -> str:
    """A character as text: a line-end hyphen joins words, and a private-use glyph (a bullet) becomes a bullet."""
    code = pdfium_c.FPDFText_GetUnicode(textpage, index)
    if code in (0, 2, 0xFFFE) or pdfium_c.FPDFText_IsHyphen(textpage, index) == 1:
        return ""
    return "•" if 0xE000 <= code <= 0xF8FF else chr(code)


def _char_box(textpage: Any, index: int) -> Box:
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    pdfium_c.FPDFText_GetCharBox(textpage, index, left, right, bottom, top)
    return left.value, bottom.value, right.value, top.value


def _size_pt(textpage: Any, index: int) -> float:
    """The drawn size of a character, along its narrower direction."""
    matrix = pdfium_c.FS_MATRIX()
    pdfium_c.FPDFText_GetMatrix(textpage, index, matrix)
    scale = min(math.hypot(matrix.a, matrix.b), math.hypot(matrix.c, matrix.d))
    return float(abs(pdfium_c.FPDFText_GetFontSize(textpage, index)) * scale)


def _fill(textpage: Any, index: int) -> tuple[tuple[int, int, int], int]:
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    pdfium_c.FPDFText_GetFillColor(textpage, index, red, green, blue, alpha)
    return (red.value, green.value, blue.value), alpha.value
