"""The document reader's contract: the ingress calls it, and the agent records the hidden text that it found."""

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
    "crowded": "packed into the room of a few",
    "deleted": "in deleted revisions",
    "comment": "in comments",
}

_NAMES: dict[DocumentField, str] = {"resume": "résumé", "role_description": "role description"}


class HiddenText(Struct, frozen=True):
    """``characters`` of one kind that a reader does not see; never the text itself. ``page`` is 1-based, 0: unknown."""

    kind: HiddenKind
    characters: int
    page: int = 0


class DocumentFinding(Struct, frozen=True):
    """What was left out of one of the documents an interview is started with."""

    field: DocumentField
    hidden: HiddenText

    def sentence(self) -> str:
        where = f" on page {self.hidden.page}" if self.hidden.page else ""
        return f"{_NAMES[self.field]}: {self.hidden.characters} characters {_IN_WORDS[self.hidden.kind]}{where}"


class ReadDocument(Struct, frozen=True):
    """``text`` is what a reader of the document sees; ``hidden`` what was left out."""

    text: str
    hidden: tuple[HiddenText, ...] = ()


class DocumentReader(Protocol):
    async def read(self, data: bytes, *, name: str = "", field: str = "document") -> ReadDocument:
        """The visible text of a file. ``name`` is the uploader's file name, a hint only; ``field`` is named in errors.

        Raises:
            DocumentTooLarge: more bytes, pages, characters or expanded data than allowed, or too much work.
            DocumentRejected: damaged, encrypted, or without any text.
            UnsupportedRequest: not a kind of file that is read here.
            Overloaded: as many documents are being read as there is room for.
            EngineFailed, EngineUnavailable: the reading process did not start, or died of something else.
        """
        ...
