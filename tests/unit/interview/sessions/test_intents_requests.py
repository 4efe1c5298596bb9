"""A request is understood however it is put; an answer is never taken for one."""

from __future__ import annotations

import pytest

from interview.sessions.intents import recognise
from tests.support.paths import ROOT

REQUESTS = {
    "repeat": [
        "Could you repeat that, please?",
        "Please repeat the question.",
        "Sorry, I didn't hear you.",
        "Could you say that again?",
        "Pardon?",
        "I'd like to hear the question again.",
        "Sorry could you repeat the question I was distracted",
        "Yeah sure, can you repeat that",
        "Sorry, what was the question again?",
        "I didn't catch that.",
        "Could you speak more slowly?",
        "Hmm, could you please repeat the last question one more time?",
    ],
    "explain": [
        "What do you mean?",
        "Can you explain that?",
        "Could you rephrase the question?",
        "What do you mean by idempotent?",
        "Could you give me an example?",
        "Sorry, I don't understand.",
    ],
    "skip": [
        "Can we skip this question?",
        "I'd like to skip this one.",
        "Next question, please.",
        "Skip.",
        "Pass",
        "I'm not sure. I'd like to skip this one.",
        "I don't know. Can we skip this question?",
        "Let's move on.",
        "I would rather not answer that.",
        "Let's skip it and move on.",
    ],
    "wait": [
        "I need a moment",
        "I need more time.",
        "One moment, please.",
        "Let me think about it.",
        "Please wait a second.",
        "Hold on.",
        "Could I have a minute to think?",
        "That's a good question. Let me think.",
        "I'd like some time to think about it.",
    ],
    "done": [
        "I'm done.",
        "That's all.",
        "That's all I have.",
        "I have nothing to add.",
        "That is all I know.",
        "That's all, thank you.",
    ],
    "hint": [
        "Can you give me a hint?",
        "I'd like a hint please",
        "Could I get another hint?",
        "I'm stuck, can I have a hint?",
        "I need some help",
        "I don't know, could you give me a small hint?",
    ],
    "end": [
        "End the interview",
        "I want to end the interview.",
        "I would like to stop here.",
        "I don't want to continue.",
        "I'd like to end the interview now, thank you.",
    ],
}

ANSWERS = [
    "I would skip the cache.",
    "I would skip the cache and go directly to the database.",
    "Skip list.",
    "I don't know.",
    "I forgot.",
    "Again and again.",
    "One minute.",
    "A second",
    "I don't want to skip this question.",
    "Don't end the interview.",
    "I'm not done.",
    "I don't need a hint.",
    "Let me think... I would use a cache.",
    "I want to pass the message to a queue.",
    "Option B.",
    "Eighteen thousand.",
    "Yes.",
    "No.",
    "",
    "...",
    "I'm done with the migration in two weeks.",
    "Wait for the lock and then retry.",
    "The next question is how to scale it.",
    "Move on to the next node in the list.",
    "That's all of the records in one table.",
    "Repeat the test until it fails.",
    "I need more memory.",
    "I need a lock.",
    "We need a second server.",
    "We had to stop the service.",
    "I want to stop the outage first",
    "End the transaction.",
    "I would end the session when the token expires.",
    "I gave the team a hint about the deadline.",
    "A hint file in the database.",
    "Let me explain the architecture.",
    "Let me think about the cache first, then I would measure the database.",
    "I'd pass the token in the header",
    "I would ask the customer: what do you mean?",
    "I asked them to repeat the question and explain what they mean by slow",
    "That's all. The service was slow, so we measured it.",
]


@pytest.mark.parametrize(("kind", "utterance"), [(kind, said) for kind, all_of in REQUESTS.items() for said in all_of])
def test_a_request_is_understood(kind: str, utterance: str) -> None:
    found = recognise(utterance)
    assert found is not None
    assert found.kind == kind


@pytest.mark.parametrize("utterance", ANSWERS)
def test_an_answer_is_never_taken_for_a_request(utterance: str) -> None:
    assert recognise(utterance) is None


@pytest.mark.parametrize("said", ["I'D LIKE A HINT PLEASE!!", "i’d like a hint, please", "  I'd   like a hint…  "])
def test_case_punctuation_and_typographic_apostrophes_do_not_matter(said: str) -> None:
    found = recognise(said)
    assert found is not None
    assert found.kind == "hint"


def test_ending_outweighs_what_is_said_with_it() -> None:
    found = recognise("I'm done. I'd like to end the interview.")
    assert found is not None
    assert found.kind == "end"


@pytest.mark.parametrize("said", ["I want this job", "I really need this job."])
def test_to_want_the_job_is_no_wish_to_end(said: str) -> None:
    assert recognise(said) is None
    assert recognise("I no longer want this job").kind == "end"  # type: ignore[union-attr]


def test_a_long_answer_that_ends_in_a_request_is_an_answer() -> None:
    answer = "First I would measure the latency. " * 8 + "That's all."
    assert recognise(answer) is None


def test_no_strong_reference_answer_of_any_plan_is_taken_for_a_request() -> None:

    from interview.plans.files import load_plans

    plans = load_plans(ROOT / "configs" / "interviews")
    for plan in plans.values():
        for question in plan.questions:
            if question.reference and question.topics != ("closing",):
                assert recognise(question.reference.strong) is None, question.id
