"""Symbolic answers: unknown words are not understood, points decide equality, speech is written in signs."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from deployments.grading.graders.symbolic.expression_text import candidates
from deployments.grading.graders.symbolic.spoken import in_signs
from deployments.grading.graders.symbolic.symbolic import SymbolicGrader
from deployments.shell.sandbox import SandboxLimits
from interview.errors import InvalidInput
from interview.grades import Grade
from interview.plans.questions import Question, Symbolic

#: One sandbox, and so one event loop, serves all of these tests.
pytestmark = pytest.mark.asyncio(loop_scope="module")


class Grading:
    """A symbolic grader with wide limits, so that a busy machine changes no verdict."""

    def __init__(self) -> None:
        self.grader = SymbolicGrader(SandboxLimits(cpu_s=10.0, wall_s=30.0))

    async def __call__(self, key: str, answer: str) -> Grade:
        question = Question(id="q", type="technical", skill="s", prompt="p", grader=Symbolic(expression=key))
        return await self.grader.grade(question, answer)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def graded() -> AsyncIterator[Grading]:
    grading = Grading()
    yield grading
    await grading.grader.stop()


@pytest.mark.parametrize(
    "answer", ["exponential", "two to the banana", "foo(x)", "hello there", "it's not 2^n", "2^n or n^2"]
)
async def test_unknown_words_and_doubt_ask_for_a_person(graded: Grading, answer: str) -> None:
    grade = await graded("2^n", answer)
    assert (grade.score, grade.needs_review) == (0, True)


@pytest.mark.parametrize("key", ["foo(x)", "banana", "x +", "a and b", "x.__class__", "abc"])
async def test_an_unknown_word_in_the_key_is_refused(graded: Grading, key: str) -> None:
    with pytest.raises(InvalidInput):
        await graded(key, "x")


@pytest.mark.parametrize(
    ("key", "answer", "score"),
    [
        ("1/2^40", "1/2^39", 0),
        ("1-1/2^64", "1", 0),
        ("1/2^99", "1/2^98", 0),
        ("sin(x)^2+cos(x)^2", "1", 1),
        ("0", "sin(x)^2+cos(x)^2-1", 1),
        ("1/3", "0.3333333333", 1),
        ("n!", "n*(n-1)!", 1),
    ],
)
async def test_tolerance_is_relative(graded: Grading, key: str, answer: str, score: float) -> None:
    assert (await graded(key, answer)).score == score


@pytest.mark.parametrize(("key", "answer"), [("abs(x)", "x"), ("sqrt(x^2)", "x"), ("log(x^2)", "2*log(x)")])
async def test_equal_for_positive_values_only_is_not_equal(graded: Grading, key: str, answer: str) -> None:
    grade = await graded(key, answer)
    assert (grade.score, grade.needs_review) == (0, True)


async def test_a_product_of_logarithms_is_compared_where_the_key_is_real(graded: Grading) -> None:
    assert (await graded("log(a)+log(b)", "log(ab)")).score == 1


@pytest.mark.parametrize(("answer", "why"), [("0.33", "rounded"), ("2/3", "constant multiple")])
async def test_a_near_miss_is_zero_with_its_kind(graded: Grading, answer: str, why: str) -> None:
    grade = await graded("1/3*x", f"{answer}*x")
    assert (grade.score, grade.needs_review) == (0, True)
    assert why in grade.rationale


async def test_a_constant_factor_counts_in_big_o_only(graded: Grading) -> None:
    assert (await graded("n", "O(2n)")).score == 1
    assert (await graded("n", "2n")).score == 0


@pytest.mark.parametrize(
    ("key", "answer"),
    [
        ("n*(n+1)/2", "n times n plus one over two"),
        ("n*(n+1)/2", "n times n plus one all over two"),
        ("(x+1)*(x-3)", "x plus one times x minus three"),
        ("n!/(k!*(n-k)!)", "n factorial over k factorial times n minus k factorial"),
        ("exp(-r*t)", "e^-rt"),
    ],
)
async def test_brackets_that_are_not_heard_may_be_where_the_key_has_them(
    graded: Grading, key: str, answer: str
) -> None:
    grade = await graded(key, answer)
    assert (grade.score, grade.needs_review) == (1.0, True)


@pytest.mark.parametrize(
    ("key", "answer"),
    [
        ("n*(n+1)/2", "n squared over two"),
        ("n*(n+1)/2", "n times n minus one over two"),
        ("(a+b)^2", "a squared plus b squared"),
        ("1/(1+exp(-x))", "one over one plus e to the x"),
        ("n*(n+1)/2", "(n*n+1)/2"),
    ],
)
async def test_no_placing_of_brackets_makes_another_expression_right(graded: Grading, key: str, answer: str) -> None:
    assert (await graded(key, answer)).score == 0.0


@pytest.mark.parametrize(
    ("key", "answer"),
    [
        ("1-(1-p)^n", "1 - q^n where q = 1 - p"),
        ("1-(1-p)^n", "let q = 1-p, then it's 1 - q^n"),
        ("(x1+x2)/2", "(x₁+x₂)/2"),
        ("log(m)/log(3)", "log₃m"),
        ("3^m-1", "3ᵐ − 1"),
        ("3^m-1", "one less than three to the m"),
        ("2^k", "1 << k"),
        ("sqrt(x^2+y^2)", "the square root of the sum of the squares of x and y"),
        ("k*(k+1)/2", r"\sum_{i=1}^{k} i"),
    ],
)
async def test_definitions_sums_and_typographic_signs_are_read(graded: Grading, key: str, answer: str) -> None:
    assert (await graded(key, answer)).score == 1.0


async def test_a_letter_out_of_a_sentence_is_not_the_answer(graded: Grading) -> None:
    grade = await graded("n*(n+1)/2", "sum of i from 1 to n")
    assert (grade.score, grade.needs_review) == (0.0, True)


@pytest.mark.parametrize(
    ("said", "signs"),
    [
        ("two to the nth power", "2 ^ n"),
        ("n times the quantity n plus one over two", "n * ( n + 1 ) / 2"),
        ("a divided by the sum of b and c", "a / ( b + c )"),
        ("log base two of x", "log_2 x"),
        ("half of n", "(1/2) * n"),
        ("x sub one squared", "x_1 ^2"),
        ("e to the minus x", "e ^ - x"),
    ],
)
def test_spoken_mathematics_is_written_in_signs(said: str, signs: str) -> None:
    assert in_signs(said) == signs


@pytest.mark.parametrize(
    "answer", ["The answer is **2x**.", "`2x`", "f'(x) = 2x", "It's 2x, because of the power rule", "3x, no wait, 2x"]
)
def test_the_expression_is_found_in_its_sentence(answer: str) -> None:
    assert any(one.text.endswith("2x") for one in candidates(answer))


@pytest.mark.parametrize(
    "answer", ["9^9^9^9", "x" + "(" * 280, "x" * 3000, "10^99999", "(2^9999)^9999", "x" + "^x" * 90]
)
async def test_a_hostile_expression_is_a_zero_for_a_person(graded: Grading, answer: str) -> None:
    grade = await graded("x", answer)
    assert (grade.score, grade.needs_review) == (0, True)


@pytest.mark.parametrize(
    ("key", "answer"),
    [
        ("sqrt(x)", "numpy.sqrt(x)"),
        ("pi*r^2", "Math.PI * r * r"),
        ("x^2", "“x^2”"),
        ("exp(x)", "'e to the x'"),
    ],
)
async def test_code_and_quotes_around_an_expression_are_read(graded: Grading, key: str, answer: str) -> None:
    assert (await graded(key, answer)).score == 1.0


async def test_a_symbol_in_an_exponent_does_not_take_the_time_of_the_comparison(graded: Grading) -> None:
    """One way to set the brackets is sqrt(a^(2 + b^2)), an exact root of a fraction at every point."""
    grade = await graded("sqrt(a^2+b^2)", "square root of a squared plus b squared")
    assert grade.needs_review and "out of time" not in grade.rationale
