"""Snowball stemmers that several threads may use at once."""

from __future__ import annotations

import threading

import snowballstemmer


class Stemmer(threading.local):
    """The Snowball stemmer of a language, such as "english" (M. Porter, "Snowball", 2001).

    A stemmer of the library keeps the word it works on in itself, so two threads that share one get each other's stems.
    Every thread makes its own here.
    """

    def __init__(self, language: str) -> None:
        self._stemmer = snowballstemmer.stemmer(language)

    def stem(self, word: str) -> str:
        """The stem of a casefolded word."""
        found: str = self._stemmer.stemWord(word)
        return found
