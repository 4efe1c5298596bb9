"""Which language an interviewer's sentence is in, where it is not that of the session."""

from __future__ import annotations

import pytest

from interview.text.visible_text import other_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        # Written by Qwen2.5-Coder-1.5B in Spanish and German interviews, 2026-12-01.
        ("You offered a discount.", "es"),
        ("Thank you. I will send a reminder to all customers.", "es"),
        ("Can you show it with an example?", "es"),
        ("Thank you. So the first nine days were smooth sailing.", "de"),
        ("Thank you.", "fr"),
        ("Gracias. Could you say more?", "es"),
    ],
)
def test_a_short_english_sentence_is_found_in_another_language(text: str, language: str) -> None:
    assert other_language(text, language) == "en"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Gut, danke Ihnen.", "de"),
        ("Danke, das habe ich notiert.", "de"),
        ("Net Revenue Retention?", "de"),
        ("Redis und Kafka?", "de"),
        ("Ya veo, gracias.", "es"),
        ("Merci de votre réponse.", "fr"),
        ("Usted ha dicho: «I would look at the logs and the traces».", "es"),
        ("So you used data about El Niño and La Niña.", "en"),
        ("Noted, thank you.", "en"),
        ("Thank you. Very well.", "sw"),
    ],
)
def test_a_name_a_term_or_a_quotation_of_another_language_is_none(text: str, language: str) -> None:
    assert other_language(text, language) == ""
