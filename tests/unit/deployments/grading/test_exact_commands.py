"""Exact answers that are command lines, numbers with a base, or numbers with points."""

from __future__ import annotations

import pytest

from deployments.grading.graders.closed.exact import grade_exact
from interview.grades import Grade
from interview.plans.questions import Exact


def graded(accepted: str, said: str) -> Grade:
    return grade_exact(Exact(accepted=(accepted,)), said)


@pytest.mark.parametrize(
    ("accepted", "said"),
    [
        ("ls -la", "ls -al"),
        ("ls -la", "I'd use ls -l -a"),
        ("ls -la", "$ ls -al in the terminal"),
        ("ls -la", "ls dash l a"),
        ("rm -rf build", "rm -fr build"),
        ("tar -xzf app.tar.gz", "tar zxf app.tar.gz"),
        ("grep -rin error", "grep -r -i -n error"),
        ("git commit -am", "git commit -a -m"),
        ("chmod +x", "chmod plus x"),
    ],
)
def test_options_may_stand_in_any_order(accepted: str, said: str) -> None:
    grade = graded(accepted, said)
    assert (grade.score, grade.needs_review) == (1.0, False)


@pytest.mark.parametrize(
    ("accepted", "said"),
    [
        ("tar -xzf app.tar.gz", "tar -xfz app.tar.gz"),
        ("docker ps -a", "docker ps --all"),
        ("git rebase -i HEAD~3", "git rebase --interactive HEAD~3"),
        ("git commit -am", 'git commit -am "fix the build"'),
        ("rm -rf build", "rm -rf build/"),
        ("ls -la", "LS -LA"),
        ("kill -9", "kill 9"),
    ],
)
def test_a_command_that_is_probably_the_same_is_reviewed(accepted: str, said: str) -> None:
    grade = graded(accepted, said)
    assert (grade.score, grade.needs_review) == (1.0, True)


@pytest.mark.parametrize(
    ("accepted", "said"),
    [
        ("ls -la", "ls -lA"),
        ("ls -la", "ls -l a"),
        ("ls -la", "ls --la"),
        ("ls -la", "ls -l"),
        ("ls -la", "not ls -al"),
        ("chmod +x", "chmod +X"),
        ("chmod +x", "chmod -x"),
        ("tar -xzf app.tar.gz", "tar -czf app.tar.gz"),
        ("rm -rf build", "rm -rf builds"),
        ("git stash", "git stash; git pull"),
        ("kill -9", "kill -9 -1"),
    ],
)
def test_another_command_scores_nothing(accepted: str, said: str) -> None:
    assert graded(accepted, said).score == 0.0


@pytest.mark.parametrize(
    ("accepted", "said", "reviewed"),
    [
        ("0xFF", "hex ff", False),
        ("0xFF", "FFh", False),
        ("FF", "0xff", True),
        ("1010", "0b1010", True),
        ("1010", "binary 1010", True),
        ("FF", "double f", False),
    ],
)
def test_a_base_may_be_named(accepted: str, said: str, reviewed: bool) -> None:
    grade = graded(accepted, said)
    assert (grade.score, grade.needs_review) == (1.0, reviewed)


@pytest.mark.parametrize(
    ("accepted", "said"),
    [
        ("0xFF", "octal ff"),
        ("404", "40.4"),
        ("127.0.0.1", "12.7.0.0.1"),
        ("404", "it used to be 404, now 410"),
        ("404", "404, I doubt it"),
    ],
)
def test_another_number_scores_nothing(accepted: str, said: str) -> None:
    assert graded(accepted, said).score == 0.0


def test_an_address_without_its_points_is_reviewed() -> None:
    grade = graded("127.0.0.1", "127001")
    assert (grade.score, grade.needs_review) == (1.0, True)


def test_an_answer_that_was_another_once_counts_as_it_is_now() -> None:
    assert graded("410", "it used to be 404, now 410").score == 1.0


@pytest.mark.parametrize(
    ("accepted", "said"),
    [
        ("chmod +x deploy.sh", "chmod +x deploy.sh should do it"),
        ("git stash pop", "git stash pop would be my answer"),
        ("git stash pop", "git stash, hmm no, git stash pop"),
        ("git stash pop", "git stash... wait, git stash pop"),
        ("docker ps -a", "docker ps -a for sure"),
        ("docker ps -a", "docker ps -a works"),
        ("docker ps -a", "in a terminal: docker ps -a"),
        ("410", "it used to be 404 but it's 410"),
        ("ETag", "E-Tag"),
        ("ETag", "I'd look at the ETag header"),
    ],
)
def test_a_remark_or_a_hyphen_changes_no_answer(accepted: str, said: str) -> None:
    grade = graded(accepted, said)
    assert (grade.score, grade.needs_review) == (1.0, False)


@pytest.mark.parametrize("said", ["git stash pop, hmm no, git stash apply", "git stash pop. oh, no, git stash apply"])
def test_a_correction_behind_a_hesitation_counts(said: str) -> None:
    assert graded("git stash pop", said).score == 0.0


@pytest.mark.parametrize(
    ("said", "score"),
    [("$JAVA_HOME", 1.0), ("${JAVA_HOME}", 1.0), ("%JAVA_HOME%", 1.0), ("$java_home", 0.0), ("$JAVA_HOMES", 0.0)],
)
def test_a_variable_may_be_written_as_a_shell_refers_to_it(said: str, score: float) -> None:
    assert grade_exact(Exact(accepted=("JAVA_HOME",), case_sensitive=True), said).score == score


@pytest.mark.parametrize(
    ("accepted", "said"),
    [
        ("8080", "it used to be 8080"),
        ("tail -f app.log", "I used to use tail -f app.log"),
        ("__init__", "init"),
        ("HAVING", "GROUP BY ... HAVING"),
    ],
)
def test_what_was_once_and_what_lacks_or_adds_signs_gets_no_silent_marks(accepted: str, said: str) -> None:
    grade = grade_exact(Exact(accepted=(accepted,)), said, "Which SQL clause filters groups?")
    assert grade.score < 1.0 or grade.needs_review
