"""Matches a role description to the nearest installed plan and reports the words that decided it.

The match is a small TF-IDF over the plans' own words (Salton & Buckley 1988, cosine of log-tf times idf), because plans
are few, texts are short and the choice must be explainable. rapidfuzz maps misspelt words to the nearest known one.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import pairwise

from msgspec import Struct
from rapidfuzz import fuzz, process

from interview.errors import InvalidInput
from interview.plans.plan import InterviewPlan
from interview.text.stems import stem
from interview.text.stop_words import STOP_WORDS

#: Below this cosine the similarity is noise. Refusing the request is better than running the wrong interview.
MIN_SCORE = 0.04
#: Below this cosine the match is called weak: a person should name the plan.
WEAK_SCORE = 0.15
#: A lead over the runner-up below this is called a close call in the explanation.
CLOSE_CALL = 0.05
MAX_DESCRIPTION_CHARS = 10_000
TYPO_SIMILARITY = 85
_HEAD_CHARS = 120
_HEAD_WEIGHT = 3

_WORD = re.compile(r"[a-z][a-z0-9+#]*")
#: Words common to all job advertisements.
_STOP = STOP_WORDS | frozenset(
    """
    experience experienced good great job join junior look looking need needed new position role senior skill skills
    strong team work working year years
    """.split()  # noqa: SIM905 - a paragraph of words reads better than a column of strings
)


class PlanMatch(Struct, frozen=True):
    """The chosen plan. Scores are cosines in [0, 1]; ``terms`` are the words that weighed most.

    ``runner_up`` is empty when only one plan is installed. ``explanation`` is one sentence for people; it says when the
    match is weak.
    """

    plan_id: str
    score: float
    runner_up: str
    runner_up_score: float
    terms: tuple[str, ...]
    explanation: str


def match_plan(role_description: str, plans: Mapping[str, InterviewPlan]) -> PlanMatch:
    """The installed plan nearest to the description.

    Raises:

        InvalidInput: the description is empty, or no plan is similar enough.
    """
    text = role_description[:MAX_DESCRIPTION_CHARS].strip()
    if not text:
        raise InvalidInput(
            "Name a plan or describe the role.",
            detail={"fields": {"role_description": "is empty and no plan is named"}},
        )
    documents = {plan.id: _plan_terms(plan) for plan in plans.values()}
    frequency = Counter(term for terms in documents.values() for term in terms)
    idf = {term: math.log((1 + len(documents)) / (0.5 + count)) for term, count in frequency.items()}
    terms_asked, foreign = _query_terms(text, idf)
    query = _weigh(terms_asked, idf)
    # Title words that no plan knows lower every score: a truck driver serves customers, too.
    query_norm = math.hypot(_norm(query), math.sqrt(foreign) * math.log(2 + 2 * len(documents)))
    ranked: list[tuple[float, str, list[str]]] = []
    for plan_id, counts in documents.items():
        document = _weigh(counts, idf)
        shared = {term: query[term] * document[term] for term in query if term in document}
        norm = query_norm * _norm(document)
        score = sum(shared.values()) / norm if norm else 0.0
        ranked.append((score, plan_id, sorted(shared, key=lambda term: (-shared[term], term))[:5]))
    ranked.sort(key=lambda found: (-found[0], found[1]))
    if not ranked or ranked[0][0] < MIN_SCORE:
        known = ", ".join(sorted(plans))
        raise InvalidInput(
            f"No installed interview plan fits this role description. Name one of: {known}.",
            detail={"fields": {"role_description": "fits no installed plan"}, "plans": sorted(plans)},
        )
    score, plan_id, terms = ranked[0]
    second_score, second, _ = ranked[1] if len(ranked) > 1 else (0.0, "", [])
    return PlanMatch(
        plan_id=plan_id,
        score=round(score, 4),
        runner_up=second,
        runner_up_score=round(second_score, 4),
        terms=tuple(terms),
        explanation=_explain(plans, plan_id, score, terms, second, second_score),
    )


def _explain(
    plans: Mapping[str, InterviewPlan], plan_id: str, score: float, terms: list[str], second: str, second_score: float
) -> str:
    weak = "; this is a weak match, so name a plan to be sure" if score < WEAK_SCORE else ""
    sentence = (
        f"The plan '{plans[plan_id].title}' is nearest to the role description (similarity {score:.2f}), mostly for "
        f"{_listed(terms)}"
    )
    if not second:
        return f"{sentence}{weak}."
    close = ", a close call" if score - second_score < CLOSE_CALL else ""
    return f"{sentence}; next was '{plans[second].title}' ({second_score:.2f}{close}){weak}."


def _listed(terms: list[str]) -> str:
    quoted = [f"'{term}'" for term in terms]
    return quoted[0] if len(quoted) == 1 else ", ".join(quoted[:-1]) + f" and {quoted[-1]}"


def _plan_terms(plan: InterviewPlan) -> Counter[str]:
    """The plan's words, weighted by field: the title and keywords weigh more than the questions."""
    counts: Counter[str] = Counter()
    for weight, texts in (
        (6, [plan.title]),
        (3, [plan.role, *plan.keywords]),
        (2, [*plan.vocabulary, *(skill.replace("-", " ") for skill in plan.skills)]),
        (1, [topic for question in plan.questions for topic in question.topics]),
    ):
        for text in texts:
            for term in _terms(text):
                counts[term] += weight
    return counts


def _query_terms(text: str, known: Mapping[str, float]) -> tuple[Counter[str], int]:
    """The description's known terms, with those of its head (the job title) weighted up; and the number of unknown head
    words."""
    counts: Counter[str] = Counter()
    foreign: set[str] = set()
    vocabulary = [term for term in known if " " not in term]
    near_known: dict[str, str | None] = {}
    for weight, part in ((_HEAD_WEIGHT, text[:_HEAD_CHARS]), (1, text[_HEAD_CHARS:])):
        for term in _terms(part):
            if term in known:
                counts[term] += weight
            elif " " not in term:
                if term not in near_known:
                    near_known[term] = _nearest(term, vocabulary)
                near = near_known[term]
                if near is not None:
                    counts[near] += weight
                elif weight == _HEAD_WEIGHT:
                    foreign.add(term)
    return counts, len(foreign)


def _nearest(word: str, vocabulary: list[str]) -> str | None:
    if len(word) < 5:
        return None
    found = process.extractOne(word, vocabulary, scorer=fuzz.ratio, score_cutoff=TYPO_SIMILARITY)
    return None if found is None else str(found[0])


def _terms(text: str) -> Iterable[str]:
    words = [stem(word) for word in _WORD.findall(text.lower()) if word not in _STOP]
    yield from words
    for first, second in pairwise(words):
        yield f"{first} {second}"


def _weigh(counts: Mapping[str, int], idf: Mapping[str, float]) -> dict[str, float]:
    return {term: (1.0 + math.log(count)) * idf[term] for term, count in counts.items() if idf[term] > 0}


def _norm(vector: Mapping[str, float]) -> float:
    return math.sqrt(sum(value * value for value in vector.values()))
