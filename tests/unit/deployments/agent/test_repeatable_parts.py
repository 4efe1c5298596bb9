"""Which parts of an answer an interviewer may quote, in the languages of interviews."""

from __future__ import annotations

import pytest

from deployments.agent.model.answer_parts import is_repeatable


@pytest.mark.parametrize(
    ("part", "answer"),
    [
        # Quoted by Qwen2.5-Coder-1.5B in German and Spanish interviews, 2026-12-01.
        (
            "Da bin ich mir nicht so sicher",
            "Da bin ich mir nicht so sicher, im Team hat sich meistens jemand anderes um solche Dinge gekümmert.",
        ),
        ("An mehr als das", "An mehr als das, was ich Ihnen erzählt habe, kann ich mich nicht erinnern."),
        (
            "De esa parte no estoy muy seguro",
            "De esa parte no estoy muy seguro, normalmente otra persona del equipo se ocupaba de esas cosas.",
        ),
        (
            "normalmente otra persona del equipo se ocupaba de esas cosas",
            "De esa parte no estoy muy seguro, normalmente otra persona del equipo se ocupaba de esas cosas.",
        ),
        ("Je ne suis pas tout à fait sûre", "Je ne suis pas tout à fait sûre, c'était l'affaire d'une collègue."),
    ],
)
def test_a_part_that_says_that_the_rest_is_missing_is_not_quoted(part: str, answer: str) -> None:
    assert not is_repeatable(part, answer)


@pytest.mark.parametrize(
    ("part", "answer"),
    [
        ("Ich biete ihnen einen Rabatt an", "Ich biete ihnen einen Rabatt an, wenn sie sicher bleiben."),
        ("Les ofrezco un descuento", "Les ofrezco un descuento, y luego llamo."),
        ("on ajoute un index", "D'abord on ajoute un index, puis on mesure."),
        ("The lookup is done once", "The lookup is done once, and the result is kept."),
    ],
)
def test_a_part_that_tells_something_is_quoted(part: str, answer: str) -> None:
    assert is_repeatable(part, answer)
