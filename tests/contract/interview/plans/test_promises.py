"""What the shipped plans tell a candidate before the interview is what the platform, or the employer, does.

Every sentence of a greeting and of a consent text is listed with its keeper: tests of the platform, or the employer's
own duty. A new sentence without an entry, or an entry without its test, fails.
"""

from __future__ import annotations

import re

import pytest

from interview.drafts.assembly import Candidate, assemble, choose
from interview.drafts.role import read_role
from interview.plans.plan import InterviewPlan
from interview.text.sentences import sentences_of
from tests.support.paths import ROOT
from tests.support.shipped_plans import plans_in

PLANS = plans_in("en")

#: Facts about the employer, which the platform cannot keep: the operator checks them before the first interview.
EMPLOYER = "employer"
#: Facts about the plan itself, which ``test_the_plan_is_as_it_says`` checks.
PLAN = "plan"

_MEANING = "tests/unit/deployments/agent/test_agent_meaning.py::"
_CONTRACT = "tests/contract/deployments/agent/test_agent_interviews.py::"
_VIEW = "tests/unit/interview/sessions/test_candidate_view.py::"
_DATA = "tests/integration/storage/test_personal_data.py::"
_ERASURE = "tests/integration/storage/test_erasure.py::"
_ARCHIVED = "tests/integration/serve/http/test_archived_interview.py::"
_HERE = "tests/contract/interview/plans/test_promises.py::"
_CONTENT = "tests/contract/interview/plans/test_plans_content.py::"
_QUESTION = f"{_MEANING}test_a_question_is_answered_put_on_record_and_never_graded"

#: The beginning of a sentence, and what keeps it.
PROMISES: dict[str, tuple[str, ...]] = {
    "You will talk to an AI": (PLAN, f"{_HERE}test_the_greeting_says_it_is_an_ai"),
    "The company that invited you is responsible": (EMPLOYER,),
    "The purpose is to assess you for this role": (PLAN,),
    "Your answers are recorded": (
        f"{_DATA}test_an_export_holds_everything_of_the_candidate_and_nothing_else",
        f"{_CONTENT}test_an_open_question_has_rubric_key_points_hints_and_follow_ups",
    ),
    "Your accent, speed": (
        "tests/integration/serve/http/test_http_interview.py::test_an_override_stands_in_the_report_with_the_original",
    ),
    "It is noted when you leave the window": (
        f"{_HERE}test_signals_of_the_client_are_noted_and_change_no_grade",
    ),
    "A hint takes": (
        f"{_CONTRACT}test_hints_follow_the_ladder_cost_score_and_end_with_the_budget",
        "tests/unit/deployments/agent/test_agent_script.py::test_a_skip_moves_on_and_leaves_a_grade_that_says_so",
    ),
    "The hiring team can read the report": (
        f"{_DATA}test_an_export_holds_everything_of_the_candidate_and_nothing_else",
    ),
    "Recordings and transcripts are kept": (
        "tests/unit/interview/policies/test_retention_policy.py::test_classes_are_kept_as_long_as_the_file_says",
        "tests/contract/storage/test_archive.py::test_retention_takes_the_words_and_leaves_the_decision",
    ),
    "You can ask the company for a copy": (
        "tests/unit/serve/http/test_http_archive.py::test_a_candidates_data_is_exported_and_erased_by_reference",
        f"{_ERASURE}test_no_word_of_an_erased_interview_is_left_anywhere_and_another_interview_is_whole",
    ),
    "You can ask me for a human": (
        EMPLOYER,
        _QUESTION,
        f"{_MEANING}test_a_deletion_request_stands_first_in_the_report",
    ),
    "A person can review and correct": (
        f"{_ARCHIVED}test_an_override_days_later_stands_in_the_report_and_in_the_list",
        EMPLOYER,
    ),
    "Hi, I'm an AI interviewer": (PLAN,),
    "This takes about": (PLAN,),
    "Each question is on your screen": (
        f"{_VIEW}test_of_an_event_only_the_listed_texts_are_shown",),
    "Take your time, and ask me to repeat": (
        f"{_CONTRACT}test_hints_follow_the_ladder_cost_score_and_end_with_the_budget",
        _QUESTION,
    ),
    "If you'd rather have a person": (_QUESTION,),
}  # fmt: skip


#: The beginning of each sentence above in the translated plans: German, French, Spanish.
TRANSLATED: dict[str, tuple[str, str, str]] = {
    "You will talk to an AI": ("Sie sprechen mit einer KI", "Vous parlez à une IA", "Usted habla con una IA"),
    "The company that invited you is responsible": (
        "Verantwortlich für dieses Gespräch ist das Unternehmen",
        "L'entreprise qui vous a invité est responsable",
        "La empresa que le ha invitado es responsable",
    ),
    "The purpose is to assess you for this role": (
        "Zweck ist, Sie für diese Stelle zu beurteilen",
        "Le but est de vous évaluer pour ce poste",
        "El fin es evaluarle para este puesto",
    ),
    "Your answers are recorded": (
        "Ihre Antworten werden aufgezeichnet",
        "Vos réponses sont enregistrées",
        "Sus respuestas se graban",
    ),
    "Your accent, speed": ("Akzent, Tempo", "L'accent, le débit", "El acento, la velocidad"),
    "It is noted when you leave the window": (
        "Es wird festgehalten, wenn Sie das Fenster verlassen",
        "Il est relevé si vous quittez la fenêtre",
        "Queda anotado si usted sale de la ventana",
    ),
    "A hint takes": ("Ein Hinweis kostet", "Un indice retire", "Una pista resta"),
    "The hiring team can read the report": (
        "Den Bericht lesen können",
        "L'équipe de recrutement peut lire",
        "Pueden leer el informe",
    ),
    "Recordings and transcripts are kept": (
        "Aufnahmen und Texte werden so lange aufbewahrt",
        "Les enregistrements et les textes sont conservés",
        "Las grabaciones y los textos se conservan",
    ),
    "You can ask the company for a copy": (
        "Sie können vom Unternehmen jederzeit eine Kopie",
        "Vous pouvez demander à l'entreprise, à tout moment, une copie",
        "Puede pedir a la empresa en cualquier momento una copia",
    ),
    "You can ask me for a human": (
        "Sie können mich um einen Menschen",
        "Vous pouvez me demander un intervieweur humain",
        "Puede pedirme un entrevistador humano",
    ),
    "A person can review and correct": (
        "Ein Mensch kann jede Bewertung prüfen",
        "Une personne peut vérifier et corriger",
        "Una persona puede revisar y corregir",
    ),
    "Hi, I'm an AI interviewer": ("Guten Tag, ich bin eine KI", "Bonjour, je suis une IA", "Buenos días, soy una IA"),
    "This takes about": ("Es dauert etwa", "Il dure environ", "Dura alrededor de"),
    "Each question is on your screen": (
        "Jede Frage steht auch auf Ihrem Bildschirm",
        "Chaque question s'affiche",
        "Cada pregunta aparece",
    ),
    "Take your time, and ask me to repeat": (
        "Sie können mich jederzeit bitten, etwas zu wiederholen",
        "Vous pouvez me demander à tout moment de répéter",
        "Puede pedirme en cualquier momento que repita",
    ),
    "If you'd rather have a person": (
        "Wenn Sie lieber mit einem Menschen",
        "Si vous préférez parler à une personne",
        "Si prefiere hablar con una persona",
    ),
}
#: Promises nothing.
_COURTESY = {"de": "Nehmen Sie sich Zeit.", "fr": "Prenez votre temps.", "es": "Tómese su tiempo."}


def drafted() -> InterviewPlan:
    """A draft's greeting and consent are made of the same sentences."""
    role = read_role("Baker\n\nTasks\n- bread")
    found = [Candidate(question, 0.5) for question in PLANS["data-analyst"].questions if question.is_scored]
    return assemble(role, choose(role, {"bread": found}, (), 40), {}, 40)


ALL = {**PLANS, "draft": drafted()}
by_plan = pytest.mark.parametrize("plan", ALL.values(), ids=list(ALL))


def kept_by(sentence: str) -> tuple[str, ...]:
    found = [proofs for beginning, proofs in PROMISES.items() if sentence.startswith(beginning)]
    assert len(found) == 1, f"nothing keeps: {sentence}"
    return found[0]


@by_plan
def test_every_promise_is_kept_by_a_feature_or_named_as_the_employers(plan: InterviewPlan) -> None:
    for sentence in [*sentences_of(plan.consent), *sentences_of(plan.greeting)]:
        for proof in kept_by(sentence):
            if proof in (EMPLOYER, PLAN):
                continue
            path, _, name = proof.partition("::")
            assert re.search(rf"^(async )?def {name}\(", (ROOT / path).read_text(), re.MULTILINE), proof


@pytest.mark.parametrize(("language", "column"), [("de", 0), ("fr", 1), ("es", 2)])
def test_a_translated_plan_promises_the_same(language: str, column: int) -> None:
    """The same sentences, each once; what keeps them is listed above. Durations and numbers are the plan's own."""
    assert set(TRANSLATED) == set(PROMISES)
    for plan in plans_in(language).values():
        told = [*sentences_of(plan.consent), *sentences_of(plan.greeting)]
        told.remove(_COURTESY[language])
        beginnings = [row[column] for row in TRANSLATED.values()]
        assert len(told) == len(beginnings)
        for beginning in beginnings:
            assert sum(sentence.startswith(beginning) for sentence in told) == 1, beginning


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
def test_a_consent_text_is_read_in_paragraphs(language: str) -> None:
    """The room shows each line as a paragraph: fourteen sentences in one are not read before they are agreed to."""
    for plan in plans_in(language).values():
        paragraphs = plan.consent.strip().splitlines()
        assert len(paragraphs) >= 4, plan.id
        assert all(1 <= len(sentences_of(paragraph)) <= 4 for paragraph in paragraphs), plan.id


@by_plan
def test_the_greeting_says_it_is_an_ai(plan: InterviewPlan) -> None:
    assert " AI interviewer" in plan.greeting.split(".")[0]
    assert " AI" in plan.consent.split(":")[0]


@by_plan
def test_the_plan_is_as_it_says(plan: InterviewPlan) -> None:
    told = (
        plan.consent.lower()
        .replace("how you work with others", "collaboration")
        .replace("commercial judgement", "commercial")
    )
    for skill in plan.skills:
        assert skill.replace("-", " ") in told
    longest_s = sum(phase.time_budget_s for phase in plan.phases)
    assert longest_s <= 45 * 60


@pytest.mark.parametrize(
    "plan", [*ALL.values(), *(one for code in ("de", "fr", "es") for one in plans_in(code).values())]
)
def test_the_closing_and_the_facts_say_when_the_team_replies(plan: InterviewPlan) -> None:
    """The employer's duty; the room's last page says the same (``reply_within_days`` of the notice)."""
    days = rf"\b{plan.reply_within_days}\b"
    assert plan.reply_within_days > 0
    assert re.search(days, plan.closing)
    assert any(re.search(days, fact) for fact in plan.company_facts.values())


def test_signals_of_the_client_are_noted_and_change_no_grade() -> None:
    """No grader, ability or policy rule reads ``integrity.noted``: it is an event for the report alone."""
    readers = [
        path.relative_to(ROOT).as_posix()
        for folder in ("deployments/grading/graders", "interview/measurement", "interview/policies")
        for path in (ROOT / folder).rglob("*.py")
        if "IntegrityNoted" in path.read_text()
    ]
    assert readers == []
