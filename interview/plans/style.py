"""Style of questions: how they sound when spoken, and whether their key and rubric can be fair.

Each finding says what to change. ``checks`` finds errors, which a loader refuses; a breach of style loads, and
``interview plan check`` names it. docs/plans.md gives the reasons.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from interview.plans.checks import Finding
from interview.plans.plan import SENIOR_ITEM_B, InterviewPlan
from interview.plans.questions import Criterion, MultipleChoice, Question
from interview.text.stop_words import STOP_WORDS
from interview.yaml.source import PathKey, field_name

MAX_PROMPT_WORDS = 45
MAX_PROBES = 4
MIN_SCENARIO_PROBES = 2
MAX_ASKED_AT_ONCE = 2
#: Of a rubric criterion.
LEVELS = 4
#: Of an anchor. "No plan." is a verdict; four words have room for what an observer hears.
MIN_ANCHOR_WORDS = 4
#: The types of questions that are answered by a story.
STORIES = ("experience", "behavioral")
MIN_WORDING_WORDS = 3
#: A wording longer than this hardly ever matches: the words must stand close together.
MAX_WORDING_WORDS = 12

_OPTION_IN_PROMPT = re.compile(r"\boption [a-h]\b", re.IGNORECASE)
#: A heading of a story, which no candidate says: "how it ended", "what I learned".
_LABEL = re.compile(
    r"(?:how it (?:ended|went)|what (?:came of it|happened)|what i (?:had to learn|learn\w*|changed|did|do differently)"
    r"|the (?:result|outcome|cause)(?:, named honestly)?$|why i|who they|what (?:the concern|made it))\b.*",
    re.IGNORECASE,
)
_LAST_QUESTION = re.compile(
    r"\b(?:last|final) question\b|\bletzte Frage\b|\bdernière question\b|\búltima pregunta\b", re.IGNORECASE
)
_WE_ALONE = re.compile(r"""\bonly ['"“”]?we\b""", re.IGNORECASE)
#: The probe that every story has: a team's success must not hide what the candidate did.
OWN_PART = re.compile(r"\b(?:your own|yourself|you personally)\b", re.IGNORECASE)
#: The same in the other languages, with an example.
_OWN_PART_IN: dict[str, tuple[re.Pattern[str], str]] = {
    "en": (OWN_PART, "What was your own part in that?"),
    "de": (
        re.compile(r"\b(?:Ihr\w* eigen\w+|Sie selbst|Sie persönlich)\b", re.IGNORECASE),
        "Was war Ihr eigener Anteil?",
    ),
    "fr": (
        re.compile(r"\b(?:votre propre|vous-même|personnellement)\b", re.IGNORECASE),
        "Quelle était votre propre part ?",
    ),
    "es": (
        re.compile(r"\b(?:su propia|usted mism[oa]|personalmente)\b", re.IGNORECASE),
        "¿Cuál fue su propia parte?",
    ),
}
#: Anchors must be observable.
_MANNER = re.compile(
    r"\b(?:hopes|feels|panics?|fashion|nervous(?:ly)?|calm(?:ly)?|confident(?:ly)?|fluent(?:ly)?|articulate|enthusias\w+"
    r"|charming|eloquent(?:ly)?|kindly|habit)\b",
    re.IGNORECASE,
)
_COUNT_ALONE = re.compile(
    r"(?:names |says )?(?:one|two|three|several|many|a few)(?: or (?:two|three|more))? (?:ideas?|points?|reasons?"
    r"|things?|aspects?|causes?|remedies|options?)\.?",
    re.IGNORECASE,
)
_PRODUCT = re.compile(
    r"\b(?:postgres(?:ql)?|mysql|mongodb|redis|kafka|rabbitmq|kubernetes|docker|aws|azure|snowflake|bigquery|excel"
    r"|tableau|power bi|salesforce|hubspot|gainsight|zendesk|jira|pytorch|tensorflow|xgboost|lightgbm|catboost|vllm"
    r"|langchain|debezium|spark|airflow|grafana|prometheus)\b",
    re.IGNORECASE,
)
_QUESTION_WORD = re.compile(
    r"(?:^|[.?,;:] |\band |\bor )(?:and )?(?:what|how|why|when|where|which|who)\b", re.IGNORECASE
)
_UNCONTRACTED = re.compile(
    r"\b(?:(?:do|does|did|is|are|was|were|would|could|should|has|have|will) not|cannot|you have never)\b", re.IGNORECASE
)
#: Phrases that a copy editor changed, with what is said instead.
IDIOMS = {
    "mend": "fix",
    "go about it": "do it",
    "in the last years": "in the last few years",
    "came of it": "how did it turn out",
    "came out of it": "what was the outcome",
    "wake you at night": "call you at night",
    "shouts loudest": "is most urgent",
    "get rid of": "fix",
    "what is going on": "what's happening",
}
_SAYS_AI = re.compile(r"\b(?:AI|KI|IA)\b|\bautomated\b|artificial intelligence", re.IGNORECASE)
_UNSPOKEN = re.compile(r"[*_#`<>{}|]|https?:")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def own_part_in(language: str) -> tuple[re.Pattern[str], str]:
    """What a probe for the own part says in ``language``, and an example."""
    return _OWN_PART_IN.get(language[:2], _OWN_PART_IN["en"])


def style_findings(question: Question, language: str = "en") -> Iterator[Finding]:
    """Breaches of style in ``question``; a finding's path is relative to it.

    ``language``: of its plan. The lists of words are English, but for the probe for the own part.
    """
    yield from _spoken(question)
    yield from _asked(question, language)
    yield from _points(question)
    for index, criterion in enumerate(question.criteria):
        yield from _anchors(("criteria", index, "levels"), criterion)
    match question.grader:
        case MultipleChoice(options=options) if not question.difficulty.c:
            yield (
                ("difficulty",),
                f"a guess is right in 1 of {len(options)} cases; give the guessing parameter c: {1 / len(options):.2f}",
            )
        case _:
            pass


def _asked(question: Question, language: str) -> Iterator[Finding]:
    """Whether every candidate gets the questions that are scored."""
    if len(question.probes) > MAX_PROBES:
        yield ("probes",), f"{len(question.probes)} probes; at most {MAX_PROBES} fit one scenario"
    if not question.is_open:
        return
    own_part, example = own_part_in(language)
    if question.type in STORIES and not any(own_part.search(probe) for probe in question.probes):
        yield ("probes",), f'a story needs a probe for the own part, such as "{example}"'
    if question.type not in STORIES and question.difficulty.b >= SENIOR_ITEM_B and not question.probes:
        yield (
            ("probes",),
            f"a question for seniors (b ≥ {SENIOR_ITEM_B:g}) needs a probe for everybody, such as a constraint that "
            "changes",
        )
    if question.clarifications and len(question.probes) < MIN_SCENARIO_PROBES:
        yield ("probes",), f"a scenario needs {MIN_SCENARIO_PROBES} to {MAX_PROBES} probes that every candidate gets"
    if question.reference is None:
        yield ("reference",), "is missing; write a strong, an average and a weak answer as they are spoken"
    if not question.hints:
        yield ("hints",), "has none; write at least one for a candidate who is stuck"


def _points(question: Question) -> Iterator[Finding]:
    said = content_words(question.prompt)
    for index, point in enumerate(question.key_points):
        if _LABEL.fullmatch(point.text.strip()):
            yield ("key_points", index, "text"), "is a heading; write what a candidate would say"
        if product := _PRODUCT.search(point.text):
            yield (
                ("key_points", index, "text"),
                f"names the product {product[0]!r}, which users of another one never say; say what it does, and keep "
                "the name for a variant",
            )
        if not point.variants:
            yield ("key_points", index, "variants"), "has none; write two or three other ways to say the point"
        for place, text in enumerate((point.text, *point.variants)):
            path: PathKey = ("key_points", index, "variants", place - 1) if place else ("key_points", index, "text")
            yield from _wording(path, text)
            words = content_words(text)
            if words and words <= said:
                yield path, f"{text!r} is made of words of the prompt, so that repeating the question makes the point"


def _anchors(path: PathKey, criterion: Criterion) -> Iterator[Finding]:
    if len(criterion.levels) != LEVELS:
        yield (
            path,
            f"has {len(criterion.levels)} levels; write {LEVELS}: nothing that fits, a part, what the work needs, and "
            "what an expert adds",
        )
    if criterion.levels and _WE_ALONE.search(criterion.levels[0].anchor):
        yield (
            (*path, 0, "anchor"),
            'takes "we" for no contribution; describe what is missing after the follow-up',
        )
    for rung, level in enumerate(criterion.levels):
        if (count := len(level.anchor.split())) < MIN_ANCHOR_WORDS:
            yield (
                (*path, rung, "anchor"),
                f"{level.anchor!r} has {count} word{'' if count == 1 else 's'}, which observers read differently; "
                f"say what the candidate names or does, in at least {MIN_ANCHOR_WORDS}",
            )
        if manner := _MANNER.search(level.anchor):
            yield (
                (*path, rung, "anchor"),
                f"{manner[0]!r} is motive or manner, on which observers differ; name what is said or done",
            )
        if _COUNT_ALONE.fullmatch(level.anchor.strip()):
            yield (*path, rung, "anchor"), "counts ideas, which rewards long answers; name which ideas they are"


def level_findings(plan: InterviewPlan) -> Iterator[Finding]:
    """Whether the core block of a senior plan measures seniors."""
    core = [plan.by_id[found] for phase in plan.phases if phase.name == "technical" for found in phase.core]
    above = sum(question.difficulty.b >= SENIOR_ITEM_B for question in core)
    if plan.level == "senior" and above < len(core) / 2:
        yield (
            ("level",),
            f"is senior, but only {above} of the {len(core)} technical core questions have b ≥ {SENIOR_ITEM_B:g}; put "
            "harder ones into the core, at least half",
        )


def plan_findings(plan: InterviewPlan) -> Iterator[Finding]:
    """Breaches of style in the plan itself, without its questions."""
    if plan.composites and not 2 <= len(plan.composites) <= 3:
        yield ("composites",), f"{len(plan.composites)} abilities; an interview's answers can tell two or three apart"
    if plan.pauses.at_most and plan.pauses.days < 1:
        yield ("pauses", "days"), f"{plan.pauses.days:g} does not last until another day; give at least 1"
    if not _SAYS_AI.search(plan.greeting):
        yield ("greeting",), "does not say that an AI interviews; say it in the first sentence"
    if not plan.reply_within_days:
        yield ("reply_within_days",), "is missing; write the days within which every candidate gets an answer"
    elif not re.search(rf"(?<!\d){plan.reply_within_days}(?!\d)", plan.closing):
        yield ("closing",), f"does not say when the team replies; say {plan.reply_within_days} days, in figures"
    if _LAST_QUESTION.search(plan.closing):
        yield (
            ("closing",),
            "speaks of the last question, but is also said when the candidate ends early; leave it out",
        )


def plan_style(plan: InterviewPlan) -> Iterator[tuple[str, str]]:
    """Breaches of style in a plan and its questions, as ``(field, problem)``."""
    for path, text in plan_findings(plan):
        yield field_name(path), text
    for index, question in enumerate(plan.questions):
        for path, text in style_findings(question, plan.language):
            yield field_name(("questions", index, *path)), f"{text} [{question.id}]"


def _spoken(question: Question) -> Iterator[Finding]:
    count = len(question.prompt.split())
    if count > MAX_PROMPT_WORDS:
        yield (
            ("prompt",),
            f"has {count} words; at most {MAX_PROMPT_WORDS} are remembered; ask part of it as a probe",
        )
    if question.options and _OPTION_IN_PROMPT.search(question.prompt):
        yield ("prompt",), "reads its options out, and the script reads them again; leave them out of the prompt"
    if len(_QUESTION_WORD.findall(question.prompt)) > MAX_ASKED_AT_ONCE:
        yield ("prompt",), f"asks more than {MAX_ASKED_AT_ONCE} things at once; ask the others as probes"
    if written := _UNCONTRACTED.search(question.prompt):
        yield ("prompt",), f"{written[0]!r} sounds read out; use the contraction"
    for phrase, better in IDIOMS.items():
        if re.search(rf"\b{phrase}\b", question.prompt, re.IGNORECASE):
            yield ("prompt",), f"{phrase!r} is hard for non-native speakers; say {better!r}"
    said: list[Finding] = [(("prompt",), question.prompt)]
    if question.rephrased:
        said.append((("rephrased",), question.rephrased))
    said += [(("probes", index), text) for index, text in enumerate(question.probes)]
    said += [(("follow_ups", index), text) for index, text in enumerate(question.follow_ups)]
    said += [(("hints", index, "text"), hint.text) for index, hint in enumerate(question.hints)]
    for path, text in said:
        if _UNSPOKEN.search(text):
            yield path, "holds signs that cannot be spoken; write it as an interviewer says it"
        if text.rstrip()[-1:] not in (".", "?"):
            yield path, "must end with a full stop or a question mark"


def _content_list(text: str) -> list[str]:
    return [word for word in _WORD.findall(text.lower()) if word not in STOP_WORDS]


def content_words(text: str) -> set[str]:
    return set(_content_list(text))


def _wording(path: tuple[str | int, ...], text: str) -> Iterator[Finding]:
    words = _content_list(text)
    if len(words) < MIN_WORDING_WORDS:
        yield (
            path,
            f"{text!r} has {len(words)} content word{'' if len(words) == 1 else 's'}, so a bare term makes the point; "
            "write three to six, as a candidate would say it",
        )
    if len(words) > MAX_WORDING_WORDS:
        yield path, f"{text!r} has {len(words)} content words; three to six can be found in an answer"
