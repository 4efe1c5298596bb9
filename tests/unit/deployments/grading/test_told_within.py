"""Exact answers within sentences, as words of an abbreviation, and spelt out."""

from __future__ import annotations

import pytest

from deployments.grading.graders.closed.choices import grade_multi_select
from deployments.grading.graders.closed.exact import grade_exact
from deployments.grading.graders.closed.ordered import grade_ordered
from deployments.grading.graders.closed.short_text import grade_short_text
from interview.plans.questions import Exact, MultiSelect, Option, Ordered, ShortText


@pytest.mark.parametrize(
    ("accepted", "said", "score"),
    [
        (".gitignore", "you put it in .gitignore", 1.0),
        ("/etc/hosts", "it looks in /etc/hosts first and only then asks the resolver", 1.0),
        ("3NF", "third normal form", 1.0),
        (".gitignore", "you put it in .gitattributes", 0.0),
        (".gitignore", "put it in .gitignore or .dockerignore", 0.0),
        ("/etc/hosts", "it looks in /etc/hosts.allow first", 0.0),
        ("3NF", "second normal form", 0.0),
        ("TLS 1.3", "it came before TLS 1.3", 0.0),
        ("404", "it is 404, I doubt it", 0.0),
        ("malloc", "they discussed malloc in the lecture", 0.0),
    ],
)
def test_a_code_within_a_sentence_about_it_counts_and_is_reviewed(accepted: str, said: str, score: float) -> None:
    grade = grade_exact(Exact(accepted=(accepted,)), said, "Which one?")
    assert grade.score == score
    assert grade.needs_review or score == 0


@pytest.mark.parametrize("said", ["TLS version 1.3", "TLS 1.2, no, that's too old, TLS 1.3"])
def test_a_version_and_the_end_of_a_correction_are_the_answer(said: str) -> None:
    assert grade_exact(Exact(accepted=("TLS 1.3",)), said).score == 1.0


def test_an_answer_that_is_spelt_out_and_nearly_right_is_reviewed() -> None:
    spec = Exact(accepted=("/etc/hosts",))
    near = grade_exact(spec, "forward slash etsy forward slash hosts")
    assert near.score == 0 and near.needs_review
    far = grade_exact(spec, "dot bash profile")
    assert far.score == 0 and not far.needs_review


def test_other_spellings_of_terms_and_items() -> None:
    assert grade_short_text(ShortText(accepted=("man-in-the-middle attack",)), "MITM").score == 1.0
    assert grade_ordered(Ordered(answer=("SYN", "SYN-ACK", "ACK")), "SYN -> SYN+ACK -> ACK").score == 1.0


def test_the_others_beside_the_chosen_options_are_reviewed() -> None:
    options = (Option("a", "GET"), Option("b", "POST"), Option("c", "PUT"), Option("d", "PATCH"))
    said = "post and patch can change something each time, the remaining two can't"
    assert grade_multi_select(MultiSelect(options=options, answers=("a", "c")), said).needs_review
