"""Signs, units, money, abbreviations and addresses are said as people say them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interview.text.spoken import spoken_text
from interview.text.spoken_wordings import WORDINGS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a < b", "a less than b"),
        ("x <= y and z != 3", "x less than or equal to y and z not equal to 3"),
        ("A -> B, a && b", "A to B, a and b"),
        ("No. 5, Fig. 3 and #7", "Number 5, Figure 3 and number 7"),
        ("5*3*2, a*b and 2 * 3", "5 times 3 times 2, a times b and 2 times 3"),
        ("x^2 + y**3 = z²", "x squared plus y cubed equals z squared"),
        ("O(n log n) and foo()", "O of n log n and foo"),
        ("vector<int>, Vec<Option<T>>", "vector of int, Vec of Option of T"),
        ("the <div> element, </b>", "the div element, b"),
        ("$x^2$", "x squared"),
        ("SELECT * FROM t", "SELECT star FROM t"),
        ("C++, C# and .NET", "C plus plus, C sharp and dot net"),
        ("CI/CD and/or R&D", "C I, C D and or R and D"),
        ("foo_bar and {x}", "foo bar and x"),
        ("~5 items, 5%, 👍", "approximately 5 items, 5 percent,"),
    ],
)
def test_signs_are_said(text: str, expected: str) -> None:
    assert spoken_text(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$5, $1, $1.50 and $0.99", "5 dollars, 1 dollar, 1 dollar and 50 cents and 99 cents"),
        ("$1.2 million, $5k, 20 €, £3.01", "1.2 million dollars, 5 thousand dollars, 20 euros, 3 pounds and 1 penny"),
        ("$20/month", "20 dollars per month"),
        ("1 s, 5 ms, 10GB, 20°C", "1 second, 5 milliseconds, 10 gigabytes, 20 degrees Celsius"),
        ("100 req/s at 5 MB/s", "100 requests per second at 5 megabytes per second"),
        ("50M rows, 3bn users", "50 million rows, 3 billion users"),
        ("3-5 years, 10 - 3, -5 degrees", "3 to 5 years, 10 minus 3, -5 degrees"),
        ("1/2, 3/4 and 7/8, 24/7", "one half, three quarters and 7 over 8, twenty-four seven"),
        ("9:05, 14:30 and 3:1", "9 oh 5, 14 30 and 3 to 1"),
        ("in 1999, the 1990s, on 2024-01-15", "in 19 99, the 19 nineties, on January 15, 2024"),
        ("in 1500 rows of 2048 bytes", "in 1500 rows of 2048 bytes"),
        ("version v2.1 on 192.168.0.1, then v3", "version 2.1 on 192.168.0.1, then version 3"),
    ],
)
def test_numbers_keep_their_digits_and_get_their_words(text: str, expected: str) -> None:
    assert spoken_text(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("E.g. Redis, i.e. a cache, etc.", "For example Redis, that is a cache, et cetera."),
        ("Dr. Smith vs. Mr. Jones", "Doctor Smith versus Mister Jones"),
        ("w/o a lock", "without a lock"),
        ("See https://example.org/a/b.", "See example dot org slash a slash b."),
        ("https://www.example.com/a/very/long/path/of/it?x=1, yes", "example dot com, yes"),
        ("Mail a.b@example.com now", "Mail a dot b at example dot com now"),
        ("It's his; isn't it?", "It's his; isn't it?"),
    ],
)
def test_abbreviations_and_addresses_are_said(text: str, expected: str) -> None:
    assert spoken_text(text) == expected


def test_other_languages_have_their_own_words_or_keep_the_sign() -> None:
    assert spoken_text("a < b, 50 %", "de") == "a kleiner als b, 50 Prozent"
    assert spoken_text("a = b", "fr-FR") == "a égal b"
    assert spoken_text("5 + 3", "es") == "5 más 3"
    assert spoken_text("5 + 3", "hi") == "5 + 3"


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("de", "5 GB in 20 ms, 1 s, 5 MB/s", "5 Gigabyte in 20 Millisekunden, 1 Sekunde, 5 Megabyte pro Sekunde"),
        ("de", "20,50 €, 0,99 €, $5", "20 Euro und 50 Cent, 99 Cent, 5 Dollar"),
        ("de", "1,2 Mio. € für 3 Mrd. Nutzer", "1,2 Millionen Euro für 3 Milliarden Nutzer"),
        ("de", "20 €/Monat, 120 km/h", "20 Euro pro Monat, 120 Stundenkilometer"),
        ("de", "Z. B. ein Cache, d.h. ca. 5 usw.", "Zum Beispiel ein Cache, das heißt circa 5 und so weiter."),
        ("de-AT", "Nr. 5, Abb. 3 und S. 12", "Nummer 5, Abbildung 3 und Seite 12"),
        ("fr", "5 Go en 20 ms, 1 h, 5 Mo/s", "5 gigaoctets en 20 millisecondes, 1 heure, 5 mégaoctets par seconde"),
        ("fr", "20,50 €, 1,2 M€, 5 k€", "20 euros et 50 centimes, 1,2 millions d'euros, 5 mille euros"),
        ("fr", "P. ex. un cache, c.-à-d. n° 5", "Par exemple un cache, c'est-à-dire numéro 5"),
        ("es", "5 GB en 1 s, 20 °C", "5 gigabytes en 1 segundo, 20 grados Celsius"),
        ("es", "20,50 €, 1,2 M€, 5 k€", "20 euros con 50 céntimos, 1,2 millones de euros, 5 mil euros"),
        ("es", "P. ej. el n.º 5, etc.", "Por ejemplo el número 5, etcétera."),
        ("es", "La v2 es el 5 % más rápida", "La v2 es el 5 por ciento más rápida"),
    ],
)
def test_units_money_and_abbreviations_have_the_words_of_the_language(language: str, text: str, expected: str) -> None:
    assert spoken_text(text, language) == expected


def _spacings(short: str) -> list[str]:
    """``short`` with all, some and none of its spaces, plain and unbreakable."""
    written = [""]
    for char in short:
        written = [text + gap for text in written for gap in ((" ", "\u00a0", "") if char == " " else (char,))]
    return written


@pytest.mark.parametrize(
    ("language", "written", "said"),
    [
        (code, written, said)
        for code, wording in WORDINGS.items()
        for short, said in wording.abbreviations.items()
        for written in _spacings(short)
    ],
)
def test_an_abbreviation_is_said_with_all_some_or_none_of_its_spaces(language: str, written: str, said: str) -> None:
    assert spoken_text(f"x, {written} x", language) == f"x, {said} x"
    assert spoken_text(f"x, {written.upper()} x", language) == f"x, {said[0].upper()}{said[1:]} x"


@pytest.mark.parametrize(("language", "text"), [("de", "\u017f. 5"), ("de", "\u0131.d.R. x"), ("fr", "\u0130.e. x")])
def test_an_unusual_letter_in_an_abbreviation_does_not_fail(language: str, text: str) -> None:
    assert spoken_text(text, language)


@given(st.text(max_size=200), st.sampled_from(["en", "de", "fr", "es", "hi"]))
def test_no_text_is_too_strange_and_plain_words_stay(text: str, language: str) -> None:
    said = spoken_text(f"{text} hello", language)
    assert said.endswith("hello")
    assert "  " not in said
