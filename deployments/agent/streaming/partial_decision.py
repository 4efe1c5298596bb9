"""Streaming of a decision while it is made: which sentences may be released, and the recovery if it fails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace as with_fields

from deployments.agent.brief.interviewer import Decision, DecisionOutcome, TurnBrief
from deployments.agent.model.answer import own_words
from deployments.agent.script import phrases, scripted
from deployments.agent.streaming.heard_so_far import HeardSoFar, begins_with
from interview.text.sentences import growing_sentences


class PartialDecision:
    """Receives a model's decision as it grows (``interviewer.Overheard``) and releases the safe part.

    ``ripe`` and ``sound`` judge the partial decision as if it were complete. An unripe one waits for the next sentence.
    A sentence is released only if everything up to its end is sound; after the first unsound one, nothing more is
    released before the decision is complete.
    """

    def __init__(
        self,
        heard_so_far: HeardSoFar,
        brief: TurnBrief,
        *,
        ripe: Callable[[Decision], bool],
        sound: Callable[[Decision], bool],
    ) -> None:
        self._heard_so_far = heard_so_far
        self._brief = brief
        self._ripe = ripe
        self._sound = sound
        self._doubted = False
        #: The partial decision whose own words are all released; None before the first.
        self.said: Decision | None = None

    def __call__(self, decision: Decision) -> None:
        words, _ = own_words(decision, self._brief)
        said = self._heard_so_far.text
        if self._doubted or words == said or not self._ripe(decision):
            return
        if not self._sound(decision) or (said and not begins_with(words, said)):
            self._doubted = True
            return
        self._heard_so_far.say(*growing_sentences(words[len(said) :]))
        self.said = decision

    def continued(self, decided: DecisionOutcome) -> DecisionOutcome:
        """``decided`` as the continuation of the released part: its text and record begin with that part."""
        if self.said is None:
            return decided
        said = self._heard_so_far.text
        decision, reason = decided.decision, decided.fallback_reason
        if decision.source != scripted.SOURCE and not begins_with(decision.text, said):
            decision, reason = self._kept(self.said, decision)
        if decision.source == scripted.SOURCE:
            if not begins_with(decision.text, said):
                decision = with_fields(decision, text=phrases.joined(said, decision.text))
            if not decision.output:
                # The model never finished: only the part that was heard can be checked again.
                output = {**self.said.output, "unfinished": True}
                decision = with_fields(decision, prompt=self.said.prompt, output=output)
            if reason:
                count = len(self._heard_so_far.sentences)
                reason = f"{reason} (after {count} sentence{'s' if count > 1 else ''} of the model's had been heard)"
        recorded = _noted(decision, released=list(self._heard_so_far.sentences))
        return with_fields(decided, decision=recorded, fallback_reason=reason)

    def _kept(self, said: Decision, decision: Decision) -> tuple[Decision, str]:
        """The replacement when a decision was rewritten, or changed its words, after a part had been heard."""
        _, verbatim = own_words(said, self._brief)
        if verbatim:
            # The released part and the plan's wording were sound together: the decision ends there.
            return with_fields(said, output=decision.output, trips=decision.trips), ""
        script = scripted.decide(self._brief)
        rules = ", ".join(trip.rule for trip in decision.trips if trip.action == "rewrite")
        reason = f"off policy: {rules}" if rules else "invalid-model-output: The model changed words it had written."
        return with_fields(script, prompt=decision.prompt, output=decision.output, trips=decision.trips), reason


def after(before: str, decided: DecisionOutcome) -> DecisionOutcome:
    """A new decision, when the released words of an earlier one, ``before``, cannot be retracted. Pure."""
    decision = decided.decision
    text = phrases.joined(before, decision.text)
    return with_fields(decided, decision=_noted(with_fields(decision, text=text), said_before=before))


def _noted(decision: Decision, **notes: Any) -> Decision:
    return with_fields(decision, output={**decision.output, **notes})
