"""The document reader's contract: the ingress calls it, and the agent records the hidden text it found."""

from __future__ import annotations

from typing import Literal, Protocol

from msgspec import Struct

DocumentField = Literal["resume", "role_description"]

HiddenKind = Literal[
    "paper_colour", "tiny", "invisible", "transparent", "off_page", "covered", "crowded", "deleted", "comment"
]

_IN_WORDS: dict[HiddenKind, str] = {
    "paper_colour": "in the colour of their background",
    "tiny": "too small to read",
    "invisible": "marked as invisible",
    "transparent": "fully transparent",
    "off_page": "outside the page",
    "covered": "covered, cut off or in a layer that is switched off",
    "crowded": "squeezed into the space of a few",
    "deleted": "in deleted revisions",
    "comment": "in comments",
}

_NAMES: dict[DocumentField, str] = {"resume": "résumé", "role_description": "role description"}


class HiddenText(Struct, frozen=True):
    """``characters`` of one kind that a reader cannot see; never the text itself. ``page`` is 1-based, 0: unknown."""

    kind: HiddenKind
    characters: int
    page: int = 0


class DocumentFinding(Struct, frozen=True):
    """Text removed from one of the documents sent with a start."""

    field: DocumentField
    hidden: HiddenText

    def sentence(self) -> str:
        where = f" on page {self.hidden.page}" if self.hidden.page else ""
        return f"{_NAMES[self.field]}: {self.hidden.characters} characters {_IN_WORDS[self.hidden.kind]}{where}"


class ReadDocument(Struct, frozen=True):
    """``text`` is the visible text of the document; ``hidden`` describes the removed text."""

    text: str
    hidden: tuple[HiddenText, ...] = ()


class DocumentReader(Protocol):
    async def read(self, data: bytes, *, name: str = "", field: str = "document") -> ReadDocument:
        """The visible text of a file. ``name`` is the uploader's file name, a hint only; errors name ``field``.

        Raises:

            DocumentTooLarge: more bytes, pages, characters or expanded data than allowed, or too much work.
            DocumentRejected: damaged, encrypted, or without any text.
            UnsupportedRequest: an unsupported file format.
            Overloaded: too many documents are being read.
            EngineFailed, EngineUnavailable: the reading process did not start, or died for its own reasons.
        """
        ...
