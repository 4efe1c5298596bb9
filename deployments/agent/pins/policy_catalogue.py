"""The installed policies; a session keeps the exact set it started with."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from deployments.agent.brief.interviewer import Decision, Ruling, TurnBrief
from deployments.agent.model.answer import own_words
from deployments.agent.script import phrases, scripted
from interview.errors import InvalidInput
from interview.plans.plan import InterviewPlan
from interview.policies import judge
from interview.policies.files import DEFAULT
from interview.policies.rules import Draft, Judgement, PolicySet, Scene, joined_policies
from interview.sessions.policy_finding import PolicyFinding
from interview.sessions.session import SessionState
from interview.yaml.schema import nearest

#: Trips when the policies in force differ from the session's pinned set.
BOOK_RULE = "policies"


class PolicyCatalogue:
    """``Policy`` over policy sets read once, when the replica starts; new ones require a rollout."""

    def __init__(self, sets: Mapping[str, PolicySet]) -> None:
        self._sets = dict(sets)
        self._joined: dict[tuple[str, ...], PolicySet] = {}
        self._by_digest: dict[str, PolicySet] = {}
        self._for_plan((DEFAULT,))

    def of_plan(self, plan: InterviewPlan) -> PolicySet:
        """The plan's policies, joined in the plan's order; names that are not installed are skipped."""
        return self._for_plan(plan.policies)

    def missing(self, plan: InterviewPlan) -> tuple[str, ...]:
        return tuple(name for name in plan.policies if name not in self._sets)

    def require(self, plan: InterviewPlan) -> None:
        """Raises InvalidInput when the plan names policies that are not installed, because no interview may run without
        them."""
        missing = self.missing(plan)
        if missing:
            hint = nearest(missing[0], self._sets)
            raise InvalidInput(
                f"The plan {plan.id} names policies that are not installed: {', '.join(missing)}{hint}.",
                detail={"fields": {"plan.policies": f"not installed: {', '.join(missing)}"}},
            )

    def examine(self, brief: TurnBrief) -> Ruling:
        policies, trips = self._in_force(brief.state, brief.plan, brief.turn)
        judged = judge.examine(policies, scene_of(brief))
        return _ruling(judged, None, trips)

    def review(self, brief: TurnBrief, decision: Decision) -> Ruling:
        policies, _ = self._in_force(brief.state, brief.plan, brief.turn)
        words, verbatim = own_words(decision, brief)
        draft = Draft(action=decision.action.action_type, words=words, verbatim=verbatim)
        judged = judge.review(policies, scene_of(brief), draft)
        rewritten = None
        if judged.outcome == "speak" and judged.words != words:
            lead = judged.words
            if not lead and decision.action.action_type == "new_question":
                lead = scripted.acknowledged(brief)
            rewritten = replace(decision, text=phrases.joined(lead, verbatim))
        return _ruling(judged, rewritten, ())

    def _in_force(
        self, state: SessionState, plan: InterviewPlan, turn: int
    ) -> tuple[PolicySet, tuple[PolicyFinding, ...]]:
        """The session's own set if this replica has it; else the installed one, with a trip."""
        installed = self._for_plan(plan.policies)
        pinned = state.settings.policies
        trips: list[PolicyFinding] = []
        if pinned and pinned != installed.digest:
            known = self._by_digest.get(pinned)
            if known is not None:
                return known, ()
            detail = f"started under {pinned[:12]}, judged by {installed.digest[:12]}"
            trips.append(PolicyFinding(rule=BOOK_RULE, action="warn", detail=detail))
        missing = self.missing(plan) if turn == 1 else ()
        if missing:
            detail = f"not installed: {', '.join(missing)}"
            trips.append(PolicyFinding(rule=BOOK_RULE, action="warn", detail=detail))
        return installed, tuple(trips)

    def _for_plan(self, names: tuple[str, ...]) -> PolicySet:
        found = self._joined.get(names)
        if found is None:
            known = tuple(self._sets[name] for name in names if name in self._sets) or (self._sets[DEFAULT],)
            found = self._joined[names] = joined_policies(known)
            self._by_digest[found.digest] = found
        return found


def scene_of(brief: TurnBrief) -> Scene:
    return Scene(
        state=brief.state,
        plan=brief.plan,
        question=brief.question,
        turn=brief.turn,
        now=brief.now,
        heard=brief.observation.heard,
        next_question=brief.next_step.question,
    )


def _ruling(judged: Judgement, rewritten: Decision | None, more: tuple[PolicyFinding, ...]) -> Ruling:
    trips = (*more, *judged.trips)
    match judged.outcome:
        case "speak":
            return Ruling(rule="allow", trips=trips, rewritten=rewritten)
        case "scripted":
            return Ruling(rule="script", trips=trips, reason=_reason(judged.trips, "scripted"))
        case "pause":
            return Ruling(rule="pause", trips=trips, reason=_reason(judged.trips, "pause"))
        case "conclude":
            return Ruling(rule="conclude", trips=trips, reason=_reason(judged.trips, "conclude"))


def _reason(trips: tuple[PolicyFinding, ...], action: str) -> str:
    # Without a trip of that action, rewriting removed the whole utterance.
    decisive = next((trip for trip in trips if trip.action == action), trips[0])
    return f"The rule {decisive.rule}: {decisive.detail}."
