"""The scripted interviewer's phrases, varied by seed: interviews differ, and a replay does not.

Acknowledgements are neutral on purpose: praise or doubt would reveal an answer's grade.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from interview.plans.plan import Phase
from interview.plans.questions import AnswerMode

#: After an answer in sentences.
ACKNOWLEDGE_TOLD = (
    "Thanks for explaining that.",
    "Thank you for going into that.",
    "I see, thank you.",
    "Thank you, that is noted.",
    "Understood, thank you.",
    "Thank you for telling me.",
    "All right, thank you.",
)
#: After a word, a number, a formula or an option.
ACKNOWLEDGE = (
    "Thank you.",
    "Okay, thanks.",
    "All right.",
    "Noted, thank you.",
    "Thank you, I have that.",
    "Got it, thanks.",
    "All right, thank you.",
)
#: After a "don't know".
ACKNOWLEDGE_UNKNOWN = (
    "That is fine.",
    "No problem.",
    "Thanks for saying so.",
    "That is all right, thank you.",
    "No matter.",
)
#: After an addition to an earlier answer.
ADDED = ("Thank you, I have added that to your answer.", "Thanks, that is now part of your answer.")
BACK_TO = ("Now back to the question:", "Coming back to the question:", "The question was:")
ANYTHING_ELSE = ("Is there anything else you would like to ask?", "What else would you like to ask?")
GO_BACK = (
    "Of course, please go on with your answer to this one:",
    "Gladly. What would you like to add to this one?",
)
NOTHING_EARLIER = ("There is no earlier question to go back to. This one is open:",)
FORM_WANTED: dict[AnswerMode, tuple[str, ...]] = {
    "formula": ("I need a formula here. Please type it, beginning with an equals sign, or say skip.",),
    "number": ("I need a number here. Please give one, or say skip.",),
    "choice": ("I need one of the options here. Please name it by its letter, or say skip.",),
}
NOTHING_TYPED = (
    "There was nothing to read in that. Please type your answer, or say skip.",
    "I did not get any words there. Please answer once more, or say skip.",
)
ACKNOWLEDGE_SKIP = (
    "No problem, we can leave that one.",
    "That is fine, let us leave that one.",
    "All right, we will skip it.",
)
PROBE = (
    "Thank you.",
    "I would like to hear a little more.",
    "Let me ask one thing more about that.",
    "Let us stay with that for a moment.",
)
ASK_AGAIN = (
    "I am sorry, I did not catch that clearly. Could you say it again, please?",
    "I could not quite make that out. Would you repeat your answer, please?",
    "Sorry, the audio was unclear to me. Could you answer once more, please?",
)
HEARD_NOTHING = (
    "I could not hear an answer. Please try again, a little closer to the microphone.",
    "I did not hear any words that time. Could you answer once more, please?",
)
REPEAT = ("Of course. The question is:", "Gladly. Here it is again:", "Sure, once more:")
WAIT = (
    "Of course, take your time. Answer whenever you are ready.",
    "Take a moment to think. I am listening when you are ready.",
    "No hurry. Begin when you are ready.",
)
EXPLAIN = (
    "Take it the way you understand it; there is no trick in it. The question again:",
    "Answer it as you read it, and say what you assume. Once more:",
)
ANSWER_NEEDED = (
    "I have not heard an answer yet. Please tell me what comes to mind, or say skip and we will move on.",
    "Take the question in whatever way suits you, or say skip if you would rather move on.",
)
HINT = ("Here is a hint.", "Let me give you a hint.", "A hint, then.")
NO_HINT = (
    "I have no further hint for this one. Tell me how far you can get, or say skip.",
    "There are no more hints for this question. A partial answer is welcome, or say skip.",
)
MOVE_ON = ("Let us come to the next question.", "Let us move on.", "We will carry on with the next one.")
TIME_IS_UP = (
    "Our time is up, so I will stop here.",
    "That brings us to the end of our time.",
)
STOP_HERE = (
    "I will stop the interview here.",
    "Let us end the interview at this point.",
)
PAUSE = (
    "Let us pause here for a moment. A person will look in before we go on.",
    "I will pause the interview now, so that a person can look in.",
)
END_ON_REQUEST = (
    "Of course, we can stop here.",
    "All right, we will end the interview here.",
)

_ENTERING: dict[Phase, tuple[str, ...]] = {
    "intro": ("Let us begin.",),
    "technical": (
        "Let us turn to some technical questions.",
        "I would like to go into some technical topics now.",
    ),
    "behavioral": (
        "Now I would like to hear about how you have worked with others.",
        "Let us turn to situations from your own work.",
    ),
    "closing": ("We are nearly at the end.", "That brings us to the last part."),
}


def pick(options: Sequence[str], seed: int, turn: int) -> str:
    """One of ``options``: deterministic per session and turn, different in the next turn."""
    return options[(seed + turn) % len(options)]


def entering(phase: Phase, seed: int) -> str:
    return pick(_ENTERING[phase], seed, 0)


def joined(*parts: str) -> str:
    """Sentences as one utterance."""
    return " ".join(part.strip() for part in parts if part.strip())


def everything() -> Iterator[str]:
    """All phrases."""
    for options in (
        ACKNOWLEDGE_TOLD,
        ACKNOWLEDGE,
        ACKNOWLEDGE_UNKNOWN,
        ADDED,
        BACK_TO,
        ANYTHING_ELSE,
        GO_BACK,
        NOTHING_EARLIER,
        *FORM_WANTED.values(),
        NOTHING_TYPED,
        ACKNOWLEDGE_SKIP,
        PROBE,
        ASK_AGAIN,
        HEARD_NOTHING,
        REPEAT,
        WAIT,
        EXPLAIN,
        ANSWER_NEEDED,
        HINT,
        NO_HINT,
        MOVE_ON,
        TIME_IS_UP,
        STOP_HERE,
        PAUSE,
        END_ON_REQUEST,
        *_ENTERING.values(),
    ):
        yield from options
