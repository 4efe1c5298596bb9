"""Detects a file's format from its bytes, and reads text files, which need no parser."""

from __future__ import annotations

import codecs
from typing import Literal

from deployments.documents.contract import HiddenText, ReadDocument

Kind = Literal["pdf", "docx", "text", "markdown", "html", "rtf", "old_office", "archive", "picture", "unknown"]

_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*", b"BM")
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def kind_of(data: bytes, name: str) -> Kind:
    """The format of ``data``. ``name`` only distinguishes Markdown from plain text, because senders' names may be
    wrong."""
    head = data[:1024]
    if b"%PDF-" in head:
        return "pdf"
    if head.startswith(b"PK\x03\x04"):
        return "docx" if b"word/" in data else "archive"
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return "old_office"
    if head.startswith(_PICTURES):
        return "picture"
    if head.startswith(b"{\\rtf"):
        return "rtf"
    if b"\x00" in head and not head.startswith(_MARKS):
        return "unknown"
    if head.lstrip().lower().startswith((b"<!doctype", b"<html", b"<?xml")):
        return "html"
    return "markdown" if name.lower().endswith((".md", ".markdown")) else "text"


def read_text(data: bytes, kind: Kind) -> ReadDocument:
    """Text in UTF-8, or in UTF-16 with its byte order mark. Comments of Markdown are removed.

    Raises:

        UnicodeDecodeError: another encoding.
    """
    encoding = "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    text = data.decode(encoding)
    if kind != "markdown":
        return ReadDocument(text)
    shown, hidden = _without_comments(text)
    return ReadDocument(shown, (HiddenText("comment", hidden),) if hidden else ())


def _without_comments(text: str) -> tuple[str, int]:
    """``text`` without ``<!-- … -->``, and the number of characters removed; an unclosed comment extends to the end."""
    shown: list[str] = []
    hidden = 0
    position = 0
    while (start := text.find("<!--", position)) >= 0:
        shown.append(text[position:start])
        end = text.find("-->", start + 4)
        inside = text[start + 4 : end if end >= 0 else len(text)]
        hidden += len("".join(inside.split()))
        position = end + 3 if end >= 0 else len(text)
    shown.append(text[position:])
    return "".join(shown), hidden
