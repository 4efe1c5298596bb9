"""DOCX: the text that Word shows. Only this module and ``docx_format`` import ``docx``; runs in the sandbox."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from typing import Any

import docx
from docx.opc.constants import RELATIONSHIP_TYPE as RELATED
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from docx.oxml.parser import parse_xml
from lxml import etree

from deployments.documents.contract import HiddenKind
from deployments.documents.engines.colors import Colour
from deployments.documents.engines.docx_format import WHITE, Looks
from deployments.documents.engines.extract import Extracted, ExtractJob, Unreadable, joined

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_WPS = "{http://schemas.microsoft.com/office/word/2010/wordprocessingShape}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_V = "{urn:schemas-microsoft-com:vml}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"

_MAX_PARTS = 2000
#: English Metric Units by which a frame must be moved to leave a page: 30 inches, or 10 before its edge.
_EMU_PER_INCH = 914_400
_AWAY_STYLE = re.compile(r"(?:margin-left|margin-top|left|top)\s*:\s*-?(?:\d{4,}pt|\d{2,}in)")

#: Dialects of ``mc:AlternateContent`` that Word knows; it shows the choice for these.
_KNOWN_DIALECTS = frozenset({"wps", "wpg", "wpc", "wp14", "w14", "w15", "v", "c", "cx", "aink", "am3d"})

_BREAKS = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-", qn("w:sym"): "•"}
_DELETED = (qn("w:del"), qn("w:moveFrom"))


def extract(job: ExtractJob) -> Extracted:
    """Raises Unreadable."""
    _check_archive(job)
    try:
        document = docx.Document(io.BytesIO(job.data))
        reading = _Reading(document)
        text = reading.text()
    except (PackageNotFoundError, zipfile.BadZipFile, etree.LxmlError, KeyError, ValueError, AttributeError) as error:
        raise Unreadable("damaged") from error
    if not text:
        raise Unreadable("no_text")
    return Extracted(text=text, hidden=joined(Counter({(kind, 0): count for kind, count in reading.hidden.items()})))


def _check_archive(job: ExtractJob) -> None:
    """Raises Unreadable: not an archive, or one that unpacks to more than allowed. The stated sizes are binding: no
    reader goes beyond them."""
    try:
        with zipfile.ZipFile(io.BytesIO(job.data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise Unreadable("damaged") from error
    if len(parts) > _MAX_PARTS or sum(part.file_size for part in parts) > job.max_expanded_bytes:
        raise Unreadable("expanded")
    if any(part.flag_bits & 1 for part in parts):
        raise Unreadable("encrypted")


class _Reading:
    """One walk through the document's parts in reading order."""

    def __init__(self, document: Any) -> None:
        self.hidden: Counter[HiddenKind] = Counter()
        self._document = document
        self._looks = Looks(self._part_xml(RELATED.STYLES), self._part_xml(RELATED.THEME))
        background = document.element.find(qn("w:background"))
        shown = document.settings.element.find(qn("w:displayBackgroundShape")) is not None
        colour = None if background is None or not shown else background.get(qn("w:color"))
        value = int(colour, 16) if colour and re.fullmatch("[0-9A-Fa-f]{6}", colour) else None
        self._paper: Colour = WHITE if value is None else (value >> 16, value >> 8 & 255, value & 255)

    def text(self) -> str:
        parts = [*self._headers("header"), self._document.element.body, *self._notes(), *self._headers("footer")]
        said = "".join(piece for part in parts for piece in (*self._walk(part, None, (self._paper,)), "\n"))
        comments = self._part_xml(RELATED.COMMENTS)
        if comments is not None:
            self._count("comment", "".join(found.text or "" for found in comments.iter(qn("w:t"))))
        lines = (" ".join(line.split()) for line in said.splitlines())
        return "\n".join(line for line in lines if line)

    def _walk(self, element: Any, paragraph: Any, behind: tuple[Colour, ...]) -> Iterator[str]:
        """The visible text under ``element``. ``behind``: the possible background colours."""
        for child in element:
            tag = child.tag
            if tag == qn("w:r") or tag == f"{_M}r":
                yield from self._run(child, paragraph, behind)
            elif tag == qn("w:p"):
                yield from self._walk(child, child, behind)
                yield "\n"
            elif tag in _DELETED:
                self._count("deleted", "".join(one.text or "" for one in child.iter(qn("w:delText"), qn("w:t"))))
            elif tag == qn("w:tbl"):
                yield from self._walk(child, None, (*behind, *self._looks.table_fills(child)))
            elif tag == qn("w:tr") and child.find(f"{qn('w:trPr')}/{qn('w:hidden')}") is not None:
                self._count("invisible", "".join(one.text or "" for one in child.iter(qn("w:t"))))
            elif tag == qn("w:tc"):
                fill = self._looks.fill_of(child.find(f"{qn('w:tcPr')}/{qn('w:shd')}"))
                yield from self._walk(child, None, behind if fill is None else (fill,))
                yield "\t"
            elif isinstance(tag, str):
                yield from self._walk(child, paragraph, behind)

    def _run(self, run: Any, paragraph: Any, behind: tuple[Colour, ...]) -> Iterator[str]:
        kind = None if paragraph is None else self._looks.hides(run, paragraph, behind)
        for child in run:
            if child.tag in (qn("w:t"), f"{_M}t"):
                text = "".join("•" if "\ue000" <= char <= "\uf8ff" else char for char in child.text or "")
                if kind is None:
                    yield text
                else:
                    self._count(kind, text)
            elif child.tag == qn("w:delText"):
                self._count("deleted", child.text or "")
            elif child.tag in _BREAKS:
                yield _BREAKS[child.tag]
            elif isinstance(child.tag, str) and child.tag not in (qn("w:instrText"), qn("w:delInstrText")):
                yield from self._frames(child, behind, kind)

    def _frames(self, element: Any, behind: tuple[Colour, ...], kind: HiddenKind | None) -> Iterator[str]:
        """The text boxes in a drawing, each with its shape's background, if visible."""
        if element.tag == f"{_MC}AlternateContent":
            element = _shown_alternative(element)
            if element is None:
                return
        if element.tag == qn("w:txbxContent"):
            if kind is None:
                yield "\n"
                yield from self._walk(element, None, behind)
            else:
                self._count(kind, "".join(one.text or "" for one in element.iter(qn("w:t"))))
            return
        if kind is None:
            kind = _hides_frame(element)
        if element.tag.startswith((_WPS, _V)):
            fill = self._shape_fill(element)
            behind = behind if fill is None else (fill,)
        for child in element:
            if isinstance(child.tag, str):
                yield from self._frames(child, behind, kind)

    def _shape_fill(self, shape: Any) -> Colour | None:
        if shape.tag.startswith(_V):
            named = shape.get("fillcolor", "").split(" ")[0]
            return self._looks.fill_of(_shading(named)) if shape.get("filled") not in ("f", "false") else None
        properties = shape.find(f"{_WPS}spPr")
        if properties is None or properties.find(f"{_A}noFill") is not None:
            return None
        for fill in (properties.find(f"{_A}solidFill"), properties.find(f"{_A}gradFill")):
            if fill is not None:
                return self._looks.drawing_fill(fill)
        reference = shape.find(f"{_WPS}style/{_A}fillRef")
        return None if reference is None or reference.get("idx") == "0" else self._looks.drawing_fill(reference)

    def _headers(self, kind: str) -> Iterator[Any]:
        """Headers or footers of the visible pages, each once."""
        both_sides = self._document.settings.odd_and_even_pages_header_footer
        for section in self._document.sections:
            shown = [getattr(section, kind)]
            shown += [getattr(section, f"first_page_{kind}")] if section.different_first_page_header_footer else []
            shown += [getattr(section, f"even_page_{kind}")] if both_sides else []
            yield from (one._element for one in shown if not one.is_linked_to_previous)

    def _notes(self) -> Iterator[Any]:
        for kind in (RELATED.FOOTNOTES, RELATED.ENDNOTES):
            found = self._part_xml(kind)
            if found is not None:
                yield found

    def _part_xml(self, kind: str) -> Any:
        """The root of the main part's related part of a kind, or None."""
        for relationship in self._document.part.rels.values():
            if relationship.reltype == kind and not relationship.is_external:
                return parse_xml(relationship.target_part.blob)
        return None

    def _count(self, kind: HiddenKind, text: str) -> None:
        self.hidden[kind] += len("".join(text.split()))


def _shown_alternative(element: Any) -> Any:
    for choice in element.findall(f"{_MC}Choice"):
        if set((choice.get("Requires") or "").split()) <= _KNOWN_DIALECTS:
            return choice
    return element.find(f"{_MC}Fallback")


def _hides_frame(element: Any) -> HiddenKind | None:
    """Whether a drawing or shape is disabled or lies far outside any page."""
    if element.tag.startswith(_V):
        style = element.get("style", "").lower()
        if re.search(r"visibility\s*:\s*hidden|display\s*:\s*none", style):
            return "invisible"
        return "off_page" if _AWAY_STYLE.search(style) else None
    if element.tag not in (f"{_WP}anchor", f"{_WP}inline"):
        return None
    properties = element.find(f"{_WP}docPr")
    if element.get("hidden") in ("1", "true") or (properties is not None and properties.get("hidden") in ("1", "true")):
        return "invisible"
    for offset in element.findall(f"*/{_WP}posOffset"):
        inches = int((offset.text or "0").strip()) / _EMU_PER_INCH
        if inches > 30 or inches < -10:
            return "off_page"
    return None


def _shading(colour: str) -> Any:
    shading = etree.Element(qn("w:shd"))
    shading.set(qn("w:fill"), colour)
    return shading
