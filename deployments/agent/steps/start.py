"""Starts an interview, idempotently: selects and pins the plan, greets, and asks the first question."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import msgspec
from msgspec import Struct

from deployments.agent.brief.next_question import next_step
from deployments.agent.contract import Notice, StartRequest, StepReply
from deployments.agent.journal.reply import agent_response, current_card, done_record, encoded_reply, hints_left
from deployments.agent.journal.stage_times import StageTimes
from deployments.agent.pins.plan_catalogue import not_approved
from deployments.agent.ports import PlanChoice
from deployments.agent.script import scripted
from deployments.agent.steps.plan_keys import check_keys
from deployments.agent.steps.start_texts import check_texts, hidden_text_trips, without_hidden_text
from deployments.agent.steps.voiced import fallbacks_of, voiced
from deployments.agent.turn.runtime import Runtime
from interview.errors import Conflict, InvalidInput, SessionEnded
from interview.languages.language import base_of, language_of
from interview.plans.files import plan_from_data
from interview.plans.plan import InterviewPlan, reference
from interview.plans.questions import card_of
from interview.sessions.events import (
    Event,
    FallbackEntered,
    GuardrailTripped,
    PlanMade,
    ResponseSent,
    SessionStarted,
    TimeGranted,
)
from interview.sessions.ids import check_interview_id, check_tenant
from interview.sessions.ledger import Ledger
from interview.sessions.session import AgentAction, AgentResponse, Candidate, Consent, SessionState
from interview.sessions.settings import SessionSettings
from interview.text.experience_claims import claimed_years
from storage.archive.transfer import archive_new
from storage.blobs.layout import document_path
from storage.sessions.amend import Amendment, Loaded, transact
from storage.sessions.port import SessionKey

START = "start"


class Started(Struct, frozen=True):
    """An interview's first reply; ``begun``, its events and its plan, unless it existed."""

    body: bytes
    begun: tuple[Ledger, InterviewPlan] | None = None


class StartStep:
    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def run(self, request: StartRequest, times: StageTimes) -> StepReply:
        """The first reply; the recorded one while the interview runs.

        Raises:

            SessionEnded: an interview under this id has ended or was erased.
            Conflict: the interview runs with another plan than the request names.
        """
        check_tenant(request.tenant)
        check_interview_id(request.interview_id)
        key = SessionKey(tenant=request.tenant, interview_id=request.interview_id)

        async def decide(loaded: Loaded) -> Amendment[Started]:
            known = await self._found(loaded, request)
            if known is not None:
                return Amendment(known)
            await self._check_unused(key)
            return await self._begun(request, times)

        started = await transact(self._runtime.sessions(times), key, decide, record=(START, START))
        if started.begun is not None:
            await self._follow_up(*started.begun)
        return StepReply(encoded=started.body, replayed=started.begun is None, stage_ms=times.snapshot())

    async def _follow_up(self, ledger: Ledger, plan: InterviewPlan) -> None:
        """What a start that was committed just now leads to."""
        self._observe(ledger.events)
        self._runtime.warming.begin(ledger.state, plan)
        if self._runtime.ports.archive is not None:
            await archive_new(self._runtime.ports.archive, ledger.events)

    async def notice(self, request: StartRequest) -> Notice:
        """The notice of the interview's plan, whether it has started or not."""
        check_tenant(request.tenant)
        check_interview_id(request.interview_id)
        state = await self._runtime.ports.sessions.load(SessionKey(request.tenant, request.interview_id))
        plan = await self._runtime.plans.get(state) if state else (await self._choose_plan(request)).plan
        return Notice(
            title=plan.title,
            role=plan.role,
            language=(state.language if state else request.language) or plan.language,
            consent_text=plan.consent,
            time_budget_s=plan.time_budget_s,
            hint_budget=plan.hint_budget,
            extra_time_s=_extra_s(state, request),
            pauses=plan.pauses.at_most,
            pause_days=plan.pauses.days if plan.pauses.at_most else 0.0,
            reply_within_days=plan.reply_within_days,
        )

    async def _begun(self, request: StartRequest, times: StageTimes) -> Amendment[Started]:
        check_texts(request, self._runtime.config)
        hidden = hidden_text_trips(request)
        request = without_hidden_text(request)
        choice = await self._choose_plan(request)
        _check_language(request, choice.plan)
        self._check_consent(request, choice.plan)
        if not choice.is_installed:
            await check_keys(choice.plan, self._runtime.ports.grading, request.tenant)
        ledger, body = await self._begin(request, choice, hidden, times)
        record = done_record(START, START, fingerprint="", body=body)
        return Amendment(Started(body, (ledger, choice.plan)), ledger, record)

    def _observe(self, events: Iterable[Event]) -> None:
        observer = self._runtime.ports.observer
        for event in events:
            match event.data:
                case SessionStarted():
                    observer.session_started(event.data.plan)
                case FallbackEntered(substitute_voice=""):
                    observer.fallback_entered(event.data.tier, event.data.to)
                case GuardrailTripped():
                    observer.guardrail_tripped(event.data.rule, event.data.action)
                case _:
                    pass  # the other events of a start have no metric

    async def _check_unused(self, key: SessionKey) -> None:
        """Raises SessionEnded: an interview had this id before, however long ago."""
        archive = self._runtime.ports.archive
        if archive is not None and await archive.used(key):
            raise _id_is_used()

    async def _found(self, loaded: Loaded, request: StartRequest) -> Started | None:
        state, record = loaded.state, loaded.record
        if state is None and record is None:
            return None
        if state is None or state.has_ended:
            # A greeting would look like a new interview, and its answers would get the old one's replies.
            raise _id_is_used()
        if isinstance(request.plan, str) and request.plan not in ("", state.plan.id):
            raise Conflict(
                f"The interview with this id was started with the plan {state.plan.id!r}. Continue it, or start "
                "another one under a new id.",
                detail={"fields": {"plan": "differs from the plan of this interview"}},
            )
        if record is not None and record.status == "done":
            return Started(record.body)
        # The idempotency record has expired, so the current session answers.
        return Started(await self._current_body(state))

    async def _current_body(self, state: SessionState) -> bytes:
        plan = await self._runtime.plans.get(state)
        said = [turn for turn in state.conversation_history if turn.role == "interviewer"]
        asked = state.current_question
        response = AgentResponse(
            text=said[-1].whole if said else "",
            action=AgentAction(
                action_type="clarify" if state.status == "active" else "conclude",
                reasoning="The interview was started before.",
                next_phase=state.current_phase,
                topic=asked.skill if asked else "",
            ),
            should_continue=state.status == "active",
            audio_url=said[-1].audio_url if said else None,
            question=current_card(state, plan),
            hints_left=hints_left(state, plan),
        )
        return encoded_reply(state, response, whole_session=True)

    async def _choose_plan(self, request: StartRequest) -> PlanChoice:
        """An installed plan, one of the tenant's own, or the request's.

        Raises:

            InvalidInput: no such plan, a malformed one, or nothing to choose by.
            Conflict: no person has approved it.
        """
        catalogue = self._runtime.ports.plans
        if isinstance(request.plan, dict):
            plan = plan_from_data(request.plan)
            return PlanChoice(plan=plan, reason="The request brought its own plan.", is_installed=False)
        if request.plan:
            found = catalogue.get(request.plan)
            if found is None and (own := await self._tenants_plan(request.tenant, request.plan)) is not None:
                return own
            if found is None and catalogue.is_draft(request.plan):
                raise not_approved(request.plan)
            if found is None:
                raise InvalidInput(
                    f"There is no interview plan {request.plan!r}. Installed: {', '.join(catalogue.ids())}.",
                    detail={"fields": {"plan": "not installed"}, "installed": list(catalogue.ids())},
                )
            return PlanChoice(plan=found, reason=f"The request named the plan {found.id!r}.")
        if request.role_description.strip():
            return catalogue.match(request.role_description, request.language or "en")
        raise InvalidInput(
            "Name an interview plan, or give a role_description to choose one by.",
            detail={"fields": {"plan": "required without role_description"}, "installed": list(catalogue.ids())},
        )

    async def _tenants_plan(self, tenant: str, plan_id: str) -> PlanChoice | None:
        if self._runtime.ports.tenant_plans is None:
            return None
        found = await self._runtime.ports.tenant_plans.find(tenant, plan_id)
        if found is None:
            return None
        if found.status != "approved":
            raise not_approved(plan_id)
        reason = f"The request named the plan {plan_id!r}, approved by {found.approved_by}."
        return PlanChoice(found.draft.plan, reason, is_installed=False)

    def _check_consent(self, request: StartRequest, plan: InterviewPlan) -> None:
        if plan.consent.strip() and not request.consent and self._runtime.config.require_consent:
            raise InvalidInput(
                "The candidate must accept the notice before the interview starts; send consent: true once they have.",
                detail={"fields": {"consent": "must be true"}, "consent_text": plan.consent},
            )

    async def _begin(
        self, request: StartRequest, choice: PlanChoice, hidden: tuple[GuardrailTripped, ...], times: StageTimes
    ) -> tuple[Ledger, bytes]:
        plan = choice.plan
        ledger = await self._recorded_start(request, choice, times)
        ledger.record(*hidden)
        sent = await self._first_question(ledger, request, plan, times)
        body = encoded_reply(
            ledger.state,
            agent_response(sent, ledger.state, plan, self._runtime.clock.now()),
            whole_session=True,
            fallbacks=fallbacks_of(ledger),
            stage_ms=sent.stage_ms,
        )
        return ledger, body

    async def _recorded_start(self, request: StartRequest, choice: PlanChoice, times: StageTimes) -> Ledger:
        """Pin the session's versions and record its start."""
        plan, brought = choice.plan, not choice.is_installed
        key = SessionKey(request.tenant, request.interview_id)
        with times.stage("blob"):
            await self._runtime.plans.pin(plan, only_for=key if brought else None)
            documents = await self._keep_documents(request)
            settings = await self._settings(request, plan)
        ledger = self._runtime.ledger(None)
        ledger.record(
            SessionStarted(
                interview_id=request.interview_id,
                tenant=request.tenant,
                plan=reference(plan, chosen_because=choice.reason, from_request=brought),
                phase=plan.phases[0].name,
                language=request.language or plan.language,
                candidate=Candidate(name=request.candidate_name, reference=request.candidate_reference),
                consent=Consent(given=request.consent, text_sha256=hashlib.sha256(plan.consent.encode()).hexdigest()),
                documents=documents,
                settings=settings,
            )
        )
        if (granted := request.extra_time) is not None:
            ledger.record(TimeGranted(turn=0, extra_s=granted.extra_s, author=granted.author, reason=granted.reason))
        return ledger

    async def _first_question(
        self, ledger: Ledger, request: StartRequest, plan: InterviewPlan, times: StageTimes
    ) -> ResponseSent:
        """Greet and ask. Raises InvalidInput: the plan has no question."""
        first = next_step(ledger.state, plan, self._runtime.clock.now())
        if first.question is None:
            raise InvalidInput(
                f"The plan has no question to begin with: {first.rationale}.",
                detail={"fields": {"plan": "no question"}},
            )
        decision = scripted.opening(plan, first, request.candidate_name)
        ledger.record(
            PlanMade(
                turn=0,
                action=decision.action,
                source=decision.source,
                question_id=first.question.id,
                rationale=first.rationale,
            )
        )
        audio_url = None
        if request.voice:
            audio_url = await voiced(self._runtime, ledger, decision.text, turn=0, times=times)
            self._runtime.speaker.prepare(plan, ledger.state.language, begun=True)
        sent = ResponseSent(
            turn=0,
            text=decision.text,
            action=decision.action,
            phase=first.phase,
            should_continue=True,
            audio_url=audio_url,
            question=card_of(first.question),
            core=first.core,
            stage_ms=times.snapshot(),
        )
        ledger.record(sent)
        return sent

    async def _settings(self, request: StartRequest, plan: InterviewPlan) -> SessionSettings:
        settings = SessionSettings(
            seed=seed_of(request.tenant, request.interview_id),
            voice=request.voice,
            resume_years=claimed_years(request.resume_content),
        )
        pins = self._runtime.ports.pins
        if pins is None:
            return settings
        return await pins.pinned(settings, plan, tenant=request.tenant, interview_id=request.interview_id)

    async def _keep_documents(self, request: StartRequest) -> dict[str, str]:
        kept: dict[str, str] = {}
        for kind, text in (("resume", request.resume_content), ("role_description", request.role_description)):
            if text.strip():
                path = document_path(request.tenant, request.interview_id, kind, text)
                kept[kind] = await self._runtime.ports.blobs.put(path, text.encode())
        return kept


def _extra_s(state: SessionState | None, request: StartRequest) -> float:
    if state is not None:
        return state.extra_time_s
    return request.extra_time.extra_s if request.extra_time else 0.0


def _id_is_used() -> SessionEnded:
    return SessionEnded("The interview with this id has ended, and ids are never used again. Choose a new id.")


def seed_of(tenant: str, interview_id: str) -> int:
    """The session's seed, 31 bits, from tenant and interview id."""
    digest = hashlib.sha256(msgspec.json.encode([tenant, interview_id])).digest()
    return int.from_bytes(digest[:4], "big") >> 1


def _check_language(request: StartRequest, plan: InterviewPlan) -> None:
    """Raises InvalidInput: the request names a language in which the plan is not written."""
    if request.language is None or base_of(request.language) == base_of(plan.language):
        return
    wanted, given = language_of(request.language).english_name, language_of(plan.language).english_name
    raise InvalidInput(
        f"The plan {plan.id!r} is in {given}, and the request asks for {wanted}. Name a plan in {wanted}, or leave the "
        "language out.",
        detail={"fields": {"language": f"the plan's is {plan.language}"}},
    )
