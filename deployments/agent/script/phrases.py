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
    "Thanks, I've noted that.",
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
    "That's fine.",
    "No problem.",
    "Thanks for saying so.",
    "That's all right, thank you.",
    "Fair enough.",
)
#: After an addition to an earlier answer.
ADDED = ("Thank you, I've added that to your answer.", "Thanks, that's part of your answer now.")
BACK_TO = ("Now, back to the question:", "Coming back to the question:", "The question was:")
ANYTHING_ELSE = ("Is there anything else you would like to ask?", "What else would you like to ask?")
GO_BACK = (
    "Of course, please go on with your answer to this one:",
    "Gladly. What would you like to add to this one?",
)
NOTHING_EARLIER = ("There's no earlier question to go back to. This one is open:",)
FORM_WANTED: dict[AnswerMode, tuple[str, ...]] = {
    "formula": ("I need a formula here. Please type it, beginning with an equals sign, or say skip.",),
    "number": ("I need a number here. Please give one, or say skip.",),
    "choice": ("I need one of the options here. Please name it by its letter, or say skip.",),
}
NOTHING_TYPED = (
    "There was nothing to read in that. Please type your answer, or say skip.",
    "I didn't get any words there. Please answer once more, or say skip.",
)
ACKNOWLEDGE_SKIP = (
    "No problem, we can leave that one.",
    "That's fine, let's leave that one.",
    "All right, we'll skip it.",
)
PROBE = (
    "Thank you.",
    "I'd like to hear a little more.",
    "Let me ask one more thing about that.",
    "Let's stay with that for a moment.",
)
ASK_AGAIN = (
    "I'm sorry, I didn't catch that. Could you say it again, please?",
    "I couldn't quite make that out. Would you repeat your answer, please?",
    "Sorry, the audio was unclear to me. Could you answer once more, please?",
)
HEARD_NOTHING = (
    "I couldn't hear an answer. Please try again, a little closer to the microphone.",
    "I didn't hear any words that time. Could you answer once more, please?",
)
REPEAT = ("Of course. The question is:", "Sure, here it is again:", "Sure, once more:")
WAIT = (
    "Of course, take your time. Answer whenever you're ready.",
    "Take a moment to think. I'm listening when you're ready.",
    "No hurry. Start when you're ready.",
)
EXPLAIN = (
    "Take it the way you understand it; there's no trick in it. The question again:",
    "Answer it as you read it, and say what you assume. Once more:",
)
IN_OTHER_WORDS = ("Of course. In other words:", "Sure, put differently:")
ANSWER_NEEDED = (
    "I haven't heard an answer yet. Please tell me what comes to mind, or say skip and we'll move on.",
    "Take the question in whatever way suits you, or say skip if you would rather move on.",
)
HINT = ("Here's a hint.", "Let me give you a hint.", "Sure, a hint.")
NO_HINT = (
    "I have no further hint for this one. Tell me how far you can get, or say skip.",
    "There are no more hints for this question. A partial answer is welcome, or say skip.",
)
MOVE_ON = ("Let's move to the next question.", "Let's move on.", "On to the next one.")
TIME_IS_UP = (
    "Our time is up, so I will stop here.",
    "That brings us to the end of our time.",
)
STOP_HERE = (
    "I'll stop the interview here.",
    "Let's end the interview at this point.",
)
PAUSE = (
    "Let's pause here for a moment. Someone will take a look before we go on.",
    "I'll pause the interview now, so someone can take a look.",
)
END_ON_REQUEST = (
    "Of course, we can stop here.",
    "All right, we'll end the interview here.",
)

_ENTERING: dict[Phase, tuple[str, ...]] = {
    "intro": ("Let's begin.",),
    "technical": (
        "Let's turn to some technical questions.",
        "I'd like to go into some technical topics now.",
    ),
    "behavioral": (
        "Now I'd like to hear how you've worked with others.",
        "Let's turn to situations from your own work.",
    ),
    "closing": ("We're nearly at the end.", "That brings us to the last part."),
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
        IN_OTHER_WORDS,
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
