"""Resolves a DOCX run's styles: visibility, color and size. Runs in the sandbox only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from docx.oxml.ns import qn

from deployments.documents.contract import HiddenKind
from deployments.documents.engines.colors import Colour, legible

_W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"

WHITE: Colour = (255, 255, 255)

#: Limits of readable text: half points of size (2 pt), twentieths of a point of exact line height, and per cent of a
#: character's width.
_SMALLEST_HALF_POINTS = 4
_LOWEST_LINE = 40
_NARROWEST_PERCENT = 10

#: Twentieths of a point by which text must be moved to leave a page: no page has half a metre, five inches suffice.
_OFF_PAGE_TWIPS = 7200

_HIGHLIGHTS: dict[str, Colour] = {
    "black": (0, 0, 0), "blue": (0, 0, 255), "cyan": (0, 255, 255), "green": (0, 255, 0), "magenta": (255, 0, 255),
    "red": (255, 0, 0), "yellow": (255, 255, 0), "white": WHITE, "darkBlue": (0, 0, 128), "darkCyan": (0, 128, 128),
    "darkGreen": (0, 128, 0), "darkMagenta": (128, 0, 128), "darkRed": (128, 0, 0), "darkYellow": (128, 128, 0),
    "darkGray": (128, 128, 128), "lightGray": (192, 192, 192),
}  # fmt: skip

#: Word's colour names and their theme colours.
_ROLES = {
    "background1": "lt1", "text1": "dk1", "background2": "lt2", "text2": "dk2", "light1": "lt1", "dark1": "dk1",
    "light2": "lt2", "dark2": "dk2", "bg1": "lt1", "tx1": "dk1", "bg2": "lt2", "tx2": "dk2",
    "hyperlink": "hlink", "followedHyperlink": "folHlink",
}  # fmt: skip


class Looks:
    """The document's styles and theme, queried one run at a time."""

    def __init__(self, styles: Any, theme: Any) -> None:
        self._styles = {} if styles is None else {one.get(qn("w:styleId")): one for one in styles.iter(qn("w:style"))}
        self._defaults = (
            None if styles is None else styles.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
        )
        self._default_paragraph = next(
            (
                name
                for name, one in self._styles.items()
                if one.get(qn("w:type")) == "paragraph" and one.get(qn("w:default")) in ("1", "true", "on")
            ),
            None,
        )
        self._theme = _theme_colours(theme)

    def hides(self, run: Any, paragraph: Any, backgrounds: Sequence[Colour]) -> HiddenKind | None:
        """The reason why the run's text is invisible, or None. ``backgrounds`` are the possible backgrounds of the
        paragraph."""
        properties = list(self._chain(run, paragraph))  # strongest first
        if _is_on(_first(properties, qn("w:vanish"))) or _is_on(_first(properties, qn("w:specVanish"))):
            return "invisible"
        if _number(_first(properties, qn("w:sz")), 22) <= _SMALLEST_HALF_POINTS:
            return "tiny"
        if _number(_first(properties, qn("w:w")), 100) <= _NARROWEST_PERCENT:
            return "tiny"
        settings = list(self._paragraph_chain(paragraph))
        line = _first(settings, qn("w:spacing"))
        if (
            line is not None
            and line.get(qn("w:lineRule")) == "exact"
            and _int(line.get(qn("w:line")), 240) <= _LOWEST_LINE
        ):
            return "tiny"
        if _is_far_out(_first(settings, qn("w:ind"))):
            return "off_page"
        fill = _first(properties, f"{_W14}textFill")
        if fill is not None and _is_transparent(fill):
            return "transparent"
        text = self._text_colour(properties)
        behind = self._behind(properties, settings, backgrounds)
        if text is not None and not any(legible(text, one) for one in behind):
            return "paper_colour"
        return None

    def fill_of(self, shading: Any) -> Colour | None:
        """The colour of a ``w:shd``, None when it sets none."""
        if shading is None:
            return None
        themed = self.theme_colour(shading.get(qn("w:themeFill")))
        return _hex(shading.get(qn("w:fill"))) or themed

    def table_fills(self, table: Any) -> tuple[Colour, ...]:
        """Every possible cell background of a table's style; the style's conditional rules decide which cell gets
        which."""
        name = table.find(f"{qn('w:tblPr')}/{qn('w:tblStyle')}")
        found: list[Colour] = []
        for style in self._inherited(None if name is None else name.get(qn("w:val"))):
            fills = (self.fill_of(shading) for shading in style.iter(qn("w:shd")))
            found += [fill for fill in fills if fill is not None]
        return tuple(found)

    def drawing_fill(self, fill: Any) -> Colour | None:
        """The colour of a DrawingML fill (``a:solidFill``, ``a:gradFill``, a style's reference), if any."""
        for one in fill.iter(f"{_A}srgbClr", f"{_A}schemeClr", f"{_A}sysClr"):
            value = one.get("lastClr") or one.get("val")
            return _hex(value) or self.theme_colour(value)
        return None

    def theme_colour(self, name: str | None) -> Colour | None:
        return None if name is None else self._theme.get(_ROLES.get(name, name))

    def _text_colour(self, properties: list[Any]) -> Colour | None:
        """None: automatic, which Word chooses to be readable."""
        fill = _first(properties, f"{_W14}textFill")
        if fill is not None:
            for one in fill.iter(f"{_W14}srgbClr", f"{_W14}schemeClr"):
                value = one.get(f"{_W14}val")
                return _hex(value) or self.theme_colour(value)
        colour = _first(properties, qn("w:color"))
        if colour is None:
            return None
        return _hex(colour.get(qn("w:val"))) or self.theme_colour(colour.get(qn("w:themeColor")))

    def _behind(self, properties: list[Any], settings: list[Any], backgrounds: Sequence[Colour]) -> Sequence[Colour]:
        highlight = _first(properties, qn("w:highlight"))
        named = None if highlight is None else _HIGHLIGHTS.get(highlight.get(qn("w:val"), ""))
        own = named or self.fill_of(_first(properties, qn("w:shd"))) or self.fill_of(_first(settings, qn("w:shd")))
        return backgrounds if own is None else (own,)

    def _chain(self, run: Any, paragraph: Any) -> Iterator[Any]:
        direct = run.find(qn("w:rPr"))
        if direct is not None:
            yield direct
            name = direct.find(qn("w:rStyle"))
            if name is not None:
                yield from self._of_styles(name.get(qn("w:val")), qn("w:rPr"))
        yield from self._of_styles(self._paragraph_style(paragraph), qn("w:rPr"))
        if self._defaults is not None:
            yield self._defaults

    def _paragraph_chain(self, paragraph: Any) -> Iterator[Any]:
        direct = paragraph.find(qn("w:pPr"))
        if direct is not None:
            yield direct
        yield from self._of_styles(self._paragraph_style(paragraph), qn("w:pPr"))

    def _paragraph_style(self, paragraph: Any) -> str | None:
        name = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        return self._default_paragraph if name is None else name.get(qn("w:val"))

    def _of_styles(self, name: str | None, part: str) -> Iterator[Any]:
        for style in self._inherited(name):
            properties = style.find(part)
            if properties is not None:
                yield properties

    def _inherited(self, name: str | None) -> Iterator[Any]:
        """A style and the styles it is based on; a cycle ends at its start."""
        seen: set[str] = set()
        while name is not None and name in self._styles and name not in seen:
            seen.add(name)
            style = self._styles[name]
            yield style
            parent = style.find(qn("w:basedOn"))
            name = None if parent is None else parent.get(qn("w:val"))


def _theme_colours(theme: Any) -> dict[str, Colour]:
    found: dict[str, Colour] = {"lt1": WHITE, "dk1": (0, 0, 0)}
    scheme = None if theme is None else theme.find(f".//{_A}clrScheme")
    for role in () if scheme is None else scheme:
        for one in role:
            colour = _hex(one.get("lastClr") or one.get("val"))
            if colour is not None:
                found[role.tag.removeprefix(_A)] = colour
    return found


def _first(properties: list[Any], tag: str) -> Any:
    return next((found for one in properties if (found := one.find(tag)) is not None), None)


def _is_on(toggle: Any) -> bool:
    return toggle is not None and toggle.get(qn("w:val"), "1") not in ("0", "false", "off")


def _is_far_out(indent: Any) -> bool:
    if indent is None:
        return False
    names = ("w:left", "w:start", "w:right", "w:end", "w:firstLine")
    values = [_int(indent.get(qn(name)), 0) for name in names] + [-_int(indent.get(qn("w:hanging")), 0)]
    return any(value <= -_OFF_PAGE_TWIPS for value in values) or any(value >= 4 * _OFF_PAGE_TWIPS for value in values)


def _is_transparent(fill: Any) -> bool:
    """``w14:alpha`` is a transparency in thousandths of a per cent: 100 000 is fully transparent."""
    if fill.find(f"{_W14}noFill") is not None:
        return True
    return any(_int(alpha.get(f"{_W14}val"), 0) >= 94_000 for alpha in fill.iter(f"{_W14}alpha"))


def _number(element: Any, otherwise: int) -> int:
    return otherwise if element is None else _int(element.get(qn("w:val")), otherwise)


def _int(text: str | None, otherwise: int) -> int:
    try:
        return otherwise if text is None else int(float(text.rstrip("%")))
    except (ValueError, OverflowError):
        return otherwise


def _hex(text: str | None) -> Colour | None:
    digits = (text or "").lstrip("#")
    if len(digits) != 6:
        return None
    try:
        value = int(digits, 16)
    except ValueError:
        return None
    return value >> 16, value >> 8 & 255, value & 255
