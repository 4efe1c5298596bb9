"""Where one sentence ends and the next begins, so that speech can start before the whole reply is spoken."""

from __future__ import annotations

import re

#: Words whose full stop does not end a sentence.
ABBREVIATIONS = frozenset(
    (
        *("mr", "mrs", "ms", "dr", "prof", "st", "sr", "jr", "vs", "etc", "e.g", "i.e", "cf", "approx", "fig"),
        *("inc", "ltd", "co", "dept", "est", "u.s", "u.k", "a.m", "p.m", "ph.d", "b.sc", "m.sc"),
    )
)

_END = re.compile(r"""[.!?…]+["'”’)\]]*(?=\s)|[。！？]+|\n\s*\n|\n(?=\s*(?:[-*•]|\d+[.)])\s)""")
_LAST_WORD = re.compile(r"(\S+)$")
_CLAUSE = re.compile(r"[,;:–—]\s")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u2028-\u202e\ufeff]")


def clean(text: str) -> str:
    """``text`` without control and invisible formatting characters, which voices spell out or choke on."""
    return _CONTROL.sub(" ", text.replace("\r\n", "\n")).strip()


def _ends_sentence(before: str, mark: str, after: str) -> bool:
    if not mark.startswith(".") or mark.startswith(".."):
        return True
    found = _LAST_WORD.search(before)
    word = found.group(1).lower().lstrip("(\"'“‘[") if found else ""
    if word in ABBREVIATIONS or (len(word) == 1 and word.isalpha() and word != "i"):
        return False
    following = after.lstrip()[:1]
    return not following.islower()


def split_sentences(text: str, *, max_characters: int = 300) -> list[str]:
    """The sentences of ``text``, in order; one longer than ``max_characters`` is split at clauses, then at words.

    Nothing but white space between sentences is lost.
    """
    sentences: list[str] = []
    start = 0
    for match in _END.finditer(text):
        mark = match.group().strip()
        if mark and not _ends_sentence(text[start : match.start()], mark, text[match.end() :]):
            continue
        sentences.append(text[start : match.end()])
        start = match.end()
    sentences.append(text[start:])
    stripped = (" ".join(sentence.split()) for sentence in sentences)
    return [part for sentence in stripped if sentence for part in _bounded(sentence, max_characters)]


def _bounded(sentence: str, max_characters: int) -> list[str]:
    parts: list[str] = []
    while len(sentence) > max_characters:
        window = sentence[:max_characters]
        clauses = [match.end() for match in _CLAUSE.finditer(window)]
        cut = clauses[-1] if clauses else window.rfind(" ") + 1
        if cut <= 0:
            cut = max_characters
        parts.append(sentence[:cut].strip())
        sentence = sentence[cut:].strip()
    if sentence:
        parts.append(sentence)
    return parts
