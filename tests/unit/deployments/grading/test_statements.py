"""Answers that hold the right term, option or number and say something else of it than the question asks."""

from __future__ import annotations

import pytest

from deployments.grading.graders.quick import QuickSpec, grade_quickly
from interview.grades import Grade
from interview.plans.questions import Exact, MultipleChoice, MultiSelect, Numeric, Option, Question, ShortText

QUEUE = ShortText(accepted=("queue",)), "Which structure hands out what came in first?"
RATE = Numeric(value=25, unit="%"), "What percentage of the requests failed?"
PORT = Numeric(value=443), "On which port does HTTPS listen by default?"
BACKUP = Numeric(value=8, unit="hour"), "How long does the backup run?"
REPLICAS = Numeric(value=3), "How many replicas are needed?"
MEASURE = (
    MultipleChoice(options=(Option("a", "Mean"), Option("b", "Median"), Option("c", "Mode")), answer="b"),
    "Which measure does a single outlier change least?",
)
BITS = (
    MultipleChoice(options=(Option("a", "32"), Option("b", "64"), Option("c", "128")), answer="c"),
    "How many bits has an IPv6 address?",
)
COST = (
    MultipleChoice(options=(Option("a", "O(1)"), Option("b", "O(log n)"), Option("c", "O(n)")), answer="b"),
    "What is the cost of a lookup in a balanced search tree?",
)
TEST = (
    MultipleChoice(options=(Option("a", "t-test"), Option("b", "Chi-squared test"), Option("c", "ANOVA")), answer="b"),
    "Which test tells whether two categorical variables are independent?",
)
ACID = (
    MultiSelect(
        options=(Option("a", "Atomicity"), Option("b", "Caching"), Option("c", "Isolation"), Option("d", "Sharding")),
        answers=("b", "d"),
    ),
    "Which of these are not part of ACID?",
)


def graded(asked: tuple[QuickSpec, str], answer: str) -> Grade:
    spec, prompt = asked
    return grade_quickly(spec, Question(id="q", type="technical", skill="s", prompt=prompt, grader=spec), answer)


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (QUEUE, "queues are slow"),
        (QUEUE, "I hate queues"),
        (QUEUE, "a stack, queues are last in, first out"),
        (RATE, "25 percent succeeded"),
        (RATE, "25% of the failures were retried"),
        (RATE, "25 percent did not fail"),
        (PORT, "port 443 is for HTTP"),
        (BACKUP, "every 8 hours"),
        (BACKUP, "8 hours ago"),
        (BACKUP, "in the last 8 hours"),
        (RATE, "25 percent pass"),
        (QUEUE, "the queue was cleared"),
        (QUEUE, "queues confuse me"),
        (QUEUE, "a queue, though not here"),
        (REPLICAS, "version 3"),
        (MEASURE, "the median changes most"),
        (MEASURE, "an outlier changes the median a lot"),
        (MEASURE, "I don't know what the median is"),
        (BITS, "at least 128"),
        (BITS, "128 or more"),
        (TEST, "I'd rule out chi squared"),
        (COST, "worse than log n"),
    ],
)
def test_a_statement_of_the_right_answer_needs_a_review(asked: tuple[QuickSpec, str], answer: str) -> None:
    grade = graded(asked, answer)
    assert grade.score < 1.0 or (grade.needs_review and grade.confidence < 0.9)


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (QUEUE, "a queue, since the first one in is the first one out"),
        (QUEUE, "a queue hands out what came in first"),
        (RATE, "25 percent failed"),
        (RATE, "25 percent of the requests failed"),
        (RATE, "25%, the other 75% succeeded"),
        (PORT, "HTTPS listens on 443"),
        (BACKUP, "it runs 8 hours"),
        (REPLICAS, "you need 3 replicas"),
        (MEASURE, "an outlier changes the median least"),
        (MEASURE, "the median is the right answer"),
    ],
)
def test_an_answer_in_the_question_s_words_needs_none(asked: tuple[QuickSpec, str], answer: str) -> None:
    grade = graded(asked, answer)
    assert (grade.score, grade.needs_review) == (1.0, False)


@pytest.mark.parametrize(
    ("answer", "score"),
    [
        ("caching and sharding aren't part of it", 1.0),
        ("caching isn't part of it and neither is sharding", 1.0),
        ("caching isn't part of it, and sharding isn't either", 1.0),
        ("atomicity and isolation are part of it, so caching and sharding", 1.0),
        ("atomicity and isolation are not part of it", 0.0),
        ("not caching", 0.0),
    ],
)
def test_an_answer_repeats_the_denial_of_its_question(answer: str, score: float) -> None:
    grade = graded(ACID, answer)
    assert grade.score == score or (score == 0.0 and grade.needs_review)


CONNECTION = (
    MultipleChoice(options=(Option("a", "TCP"), Option("b", "UDP"), Option("c", "HTTP")), answer="b"),
    "Which protocol does not open a connection first?",
)


@pytest.mark.parametrize(
    ("answer", "score"),
    [
        ("UDP doesn't open a connection", 1.0),
        ("TCP opens a connection, UDP doesn't", 1.0),
        ("TCP doesn't open a connection", 0.0),
        ("UDP opens a connection first", 0.0),
        ("not UDP", 0.0),
    ],
)
def test_an_answer_states_what_its_question_denies(answer: str, score: float) -> None:
    assert graded(CONNECTION, answer).score == score


TIME = Exact(accepted=("O(n log n)",)), "What is the average running time of merge sort?"
KILL = Exact(accepted=("kill -9 4242",)), "Type the command that ends process 4242 unconditionally."


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (TIME, "It runs in O(n log n) time."),
        (TIME, "n log n"),
        ((Exact(accepted=("443",)), PORT[1]), "by default it listens on 443"),
        ((Exact(accepted=("443",)), PORT[1]), "TCP/443"),
        (KILL, "kill -KILL 4242"),
        (KILL, "kill -s SIGKILL 4242"),
    ],
)
def test_an_exact_answer_stands_in_a_sentence_of_the_question_s_words(
    asked: tuple[QuickSpec, str], answer: str
) -> None:
    assert graded(asked, answer).score == 1.0


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (TIME, "O(n) log n"),
        (TIME, "O(n) + log n"),
        ((Exact(accepted=("443",)), PORT[1]), "it does not listen on 443"),
        ((Exact(accepted=("443",)), PORT[1]), "by default it listens on -443"),
        ((Exact(accepted=("localhost:8080",)), "Where does it listen?"), "http://localhost:8080"),
        ((Exact(accepted=("SELECT",)), "Which keyword reads rows?"), "SELECT INTO"),
        (KILL, "kill -9 4242; reboot"),
        (KILL, "kill -9 4242; rm pid.txt"),
        (KILL, "kill -TERM 4242"),
        ((Exact(accepted=("ls -la",)), "Which command lists all files?"), "ls -lA"),
    ],
)
def test_an_exact_answer_is_not_another_one_in_such_a_sentence(asked: tuple[QuickSpec, str], answer: str) -> None:
    grade = graded(asked, answer)
    assert grade.score < 1.0 or grade.needs_review
