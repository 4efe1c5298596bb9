"""What a draft plan says: the sentences of the shipped plans, with the role's name and qualities.

``tests/contract/interview/plans/test_promises.py`` names what keeps each sentence.
"""

from __future__ import annotations

from collections.abc import Sequence

from interview.plans.questions import Difficulty, Question, Ungraded

#: Promised in ``NEXT_STEP`` and ``CLOSING``.
REPLY_WITHIN_DAYS = 7

NEXT_STEP = (
    "Someone on the hiring team reads the report and decides; I don't. The contact in your invitation tells you within "
    f"{REPLY_WITHIN_DAYS} days how it went and what comes next."
)
CONTACT = "The contact in your invitation answers what I can't, and I note your question for the team."

COMPANY_FACTS = {
    "next step, next steps, hear back, when hear, when decision, decision made": NEXT_STEP,
    "contact, who can ask": CONTACT,
}

CLOSING = (
    "Someone on the hiring team will read this interview and review the grades, and your contact there will tell you "
    f"within {REPLY_WITHIN_DAYS} days how it went and what comes next. Thanks again, and goodbye."
)


def greeting(role: str, minutes: int) -> str:
    return (
        f"Hi, I'm an AI interviewer for the {role} role. This takes about {minutes} minutes: a question about your "
        "background, some about the work itself, a few about your past work, and then your questions. Each question is "
        "on your screen. Take your time, and ask me to repeat or explain at no cost; a hint lowers that answer's score "
        "a little, and if you skip a question it counts as unanswered. If you'd rather have a person, or need an "
        "adjustment, just say so at any time."
    )


def consent(qualities: Sequence[str]) -> str:
    named = [quality.replace("-", " ") for quality in qualities]
    listed = named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"
    return (
        "You will talk to an AI: an automated interviewer asks the questions, and software grades the answers. The "
        "company that invited you is responsible for this interview; your invitation names its contact. The purpose "
        f"is to assess you for this role, by these qualities: {listed}. Your answers are recorded, transcribed and "
        "graded against written criteria; grades quote your own words where there are any. Your accent, speed, "
        "grammar and confidence are no criteria, but a misheard word can cost a point. It is noted when you leave "
        "the window, paste text or answer very fast; the hiring team sees that, and it is never scored. A hint "
        "takes part of that answer's score (ask me how much before you take one), and a skipped question counts as "
        "unanswered. The hiring team can read the report, and so can those who run this system for the company. "
        "Recordings and transcripts are kept as long as the company's retention rules say. You can ask the company "
        "for a copy of your data or its deletion at any time. You can ask me for a human interviewer or an "
        "accommodation, and you can type instead of speaking. A person can review and correct every grade, and you "
        "can contest one with the company."
    )


def opener(skill: str) -> Question:
    return Question(
        id="opener",
        type="opener",
        skill=skill,
        prompt="To start, tell me in a few sentences what you do today, and what of it is closest to this role.",
        grader=Ungraded(),
        difficulty=Difficulty(a=0.5, b=-2.0),
        topics=("background",),
        answer_s=60,
    )


def closing_question(skill: str) -> Question:
    return Question(
        id="questions",
        type="opener",
        skill=skill,
        prompt="Before we finish, what would you like to ask, or add to one of your answers?",
        grader=Ungraded(),
        difficulty=Difficulty(a=0.5, b=-2.0),
        topics=("closing",),
        answer_s=45,
    )
