"""A decision that is heard while it is being made: which of its sentences may be said, and what follows if it fails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace as with_fields

from deployments.agent.brief.interviewer import Decision, DecisionOutcome, TurnBrief
from deployments.agent.model.answer import own_words
from deployments.agent.script import phrases, scripted
from deployments.agent.streaming.heard_so_far import Aloud, begins_with
from interview.text.sentences import growing_sentences


class Unfinished:
    """Hears a model's decision as it grows (``interviewer.Overheard``) and says what is beyond doubt.

    ``ripe`` and ``sound`` judge the decision so far as if it were whole. What is not ripe waits for the next sentence.
    A sentence is said only when everything up to its end is sound; after the first that is not, nothing more is said
    before the whole decision stands.
    """

    def __init__(
        self,
        aloud: Aloud,
        brief: TurnBrief,
        *,
        ripe: Callable[[Decision], bool],
        sound: Callable[[Decision], bool],
    ) -> None:
        self._aloud = aloud
        self._brief = brief
        self._ripe = ripe
        self._sound = sound
        self._doubted = False
        #: The decision so far, all of whose own words were said; None while nothing was.
        self.said: Decision | None = None

    def __call__(self, decision: Decision) -> None:
        words, _ = own_words(decision, self._brief)
        said = self._aloud.text
        if self._doubted or words == said or not self._ripe(decision):
            return
        if not self._sound(decision) or (said and not begins_with(words, said)):
            self._doubted = True
            return
        self._aloud.say(*growing_sentences(words[len(said) :]))
        self.said = decision

    def continued(self, decided: DecisionOutcome) -> DecisionOutcome:
        """``decided`` as the continuation of what was said: its text begins with it, and its record tells it."""
        if self.said is None:
            return decided
        said = self._aloud.text
        decision, reason = decided.decision, decided.fallback_reason
        if decision.source != scripted.SOURCE and not begins_with(decision.text, said):
            decision, reason = self._kept(self.said, decision)
        if decision.source == scripted.SOURCE:
            if not begins_with(decision.text, said):
                decision = with_fields(decision, text=phrases.joined(said, decision.text))
            if not decision.output:
                # The model never finished: what was heard of it is all there is to check again.
                output = {**self.said.output, "unfinished": True}
                decision = with_fields(decision, prompt=self.said.prompt, output=output)
            if reason:
                count = len(self._aloud.sentences)
                reason = f"{reason} (after {count} sentence{'s' if count > 1 else ''} of the model's had been heard)"
        recorded = _noted(decision, released=list(self._aloud.sentences))
        return with_fields(decided, decision=recorded, fallback_reason=reason)

    def _kept(self, said: Decision, decision: Decision) -> tuple[Decision, str]:
        """Instead of a decision that was mended, or changed its mind, after some of it had been heard."""
        _, verbatim = own_words(said, self._brief)
        if verbatim:
            # What was said and the plan's wording were sound together: the decision ends there.
            return with_fields(said, output=decision.output, trips=decision.trips), ""
        script = scripted.decide(self._brief)
        rules = ", ".join(trip.rule for trip in decision.trips if trip.action == "rewrite")
        reason = f"off policy: {rules}" if rules else "invalid-model-output: The model changed words it had written."
        return with_fields(script, prompt=decision.prompt, output=decision.output, trips=decision.trips), reason


def after(before: str, decided: DecisionOutcome) -> DecisionOutcome:
    """A decision made anew, when the words of an earlier one, ``before``, cannot be taken back. Pure."""
    decision = decided.decision
    text = phrases.joined(before, decision.text)
    return with_fields(decided, decision=_noted(with_fields(decision, text=text), said_before=before))


def _noted(decision: Decision, **notes: Any) -> Decision:
    return with_fields(decision, output={**decision.output, **notes})
