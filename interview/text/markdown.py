"""Strips Markdown to the words that a person reads aloud or in a caption.

Language models write Markdown even when their prompt forbids it. CommonMark is parsed by markdown-it-py; one block is
one line of the result.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

#: Tags that style text. Others stay as they are: ``vector<int>`` is not markup.
_STYLING_TAG = re.compile(r"</?(?:a|b|i|u|s|em|strong|code|span|p|div|sub|sup|mark|small|kbd)(?:\s[^<>]*)?>", re.I)
_LINE_BREAK_TAG = re.compile(r"<br\s*/?>", re.I)

#: Without any of these, and on one line, text is its own plain form.
_MARKS = re.compile(r"[*_~`#>|\[\]\\&<\n]|^\s*(?:[-+]|\d+[.)])\s")

_IDENTIFIER = re.compile(r"\w+\Z")


def _ready_parser() -> MarkdownIt:
    # Indented text is an indented sentence here, not code.
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    parser.disable(["code"])
    # The first text and the first link fill tables, which two threads must not do at once.
    parser.parse("*a* [a](https://a.example) <https://a.example>")
    return parser


_PARSER = _ready_parser()


def plain_text(markdown: str) -> str:
    """The words of ``markdown``, one block (paragraph, list item, heading, table row) a line.

    Emphasis, strike-through and code lose their marks, a link keeps its text, an image its description, a numbered item
    its number. Signs of arithmetic (``5*3*2``) and of identifiers (``__init__``) are no emphasis.
    """
    text = _LINE_BREAK_TAG.sub("\n\n", markdown.replace("\r\n", "\n"))
    text = _STYLING_TAG.sub("", text).strip()
    if not _MARKS.search(text):
        return text
    return "\n".join(line for line in _lines(_PARSER.parse(text)) if line)


def _lines(tokens: Sequence[Token]) -> Iterator[str]:
    """One string a block. Cells of a table row are joined by commas."""
    number = ""
    cells: list[str] | None = None
    for token in tokens:
        match token.type:
            case "list_item_open":
                number = f"{token.info}{token.markup} " if token.info else ""
            case "tr_open":
                cells = []
            case "tr_close":
                yield ", ".join(cell for cell in cells or () if cell)
                cells = None
            case "inline":
                said = " ".join(_inline(token.children or ()).split())
                if cells is not None:
                    cells.append(said)
                else:
                    yield number + said
                    number = ""
            case "fence" | "html_block":
                for line in token.content.splitlines():
                    yield number + line.strip()
                    number = ""
            case _:
                pass  # the containers of these, and rules between blocks


def _inline(tokens: Sequence[Token]) -> str:
    """The text of one block. Emphasis marks that are signs or part of a name are restored."""
    parts: list[str] = []
    for index, token in enumerate(tokens):
        match token.type:
            case "text" | "code_inline":
                parts.append(token.content)
            case "softbreak" | "hardbreak":
                parts.append(" ")
            case "image":
                parts.append(token.content)
            case "em_open" | "strong_open" | "em_close" | "strong_close":
                if _is_literal(tokens, index):
                    parts.append(token.markup)
            case _:
                pass  # links and strike-through: their text has tokens of its own
    return "".join(parts)


def _is_literal(tokens: Sequence[Token], index: int) -> bool:
    """Whether the marks at ``index`` are signs (``5*3*2``) or part of a name (``__init__``)."""
    opening, closing = _pair(tokens, index)
    inside = "".join(token.content for token in tokens[opening + 1 : closing])
    if tokens[index].markup == "__":
        return bool(_IDENTIFIER.match(inside)) and not inside.istitle()
    before = tokens[opening - 1].content[-1:] if opening else ""
    after = tokens[closing + 1].content[:1] if closing + 1 < len(tokens) else ""
    return before.isalnum() and after.isalnum() and (before.isdigit() or after.isdigit() or len(inside) == 1)


def _pair(tokens: Sequence[Token], index: int) -> tuple[int, int]:
    """The indices of the tokens that open and close the emphasis of ``tokens[index]``."""
    step = 1 if tokens[index].nesting == 1 else -1
    depth, other = 0, index
    while 0 <= other < len(tokens):
        if tokens[other].markup == tokens[index].markup:
            depth += tokens[other].nesting * step
            if depth == 0:
                break
        other += step
    return (index, other) if step == 1 else (other, index)
