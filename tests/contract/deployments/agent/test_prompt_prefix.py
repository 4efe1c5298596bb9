"""From turn to turn the prompt grows at its end: an engine with a prefix cache computes only the last exchange."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from benchmarks.prompt_prefix import prefix_share
from deployments.grading.config import GradingConfig
from deployments.grading.service import GradingService
from serve.simulation.rehearsal import NotedQueue
from tests.support.shipped_plans import plans_in

#: The least share of an interview's prompt tokens that the turn before has already computed, and of a single turn's:
#: a long question and its answer, or an exchange that the script held in between, are new at once.
#: The strong persona's answers outgrow the conversation's room once: older ones give way to a summary in that turn.
LEAST = {"average": (0.88, 0.75), "strong": (0.80, 0.30)}


@pytest.fixture
async def grading() -> AsyncIterator[GradingService]:
    service = GradingService(GradingConfig(), background=NotedQueue())
    yield service
    await service.stop()


@pytest.mark.parametrize("persona", sorted(LEAST))
@pytest.mark.parametrize("plan", sorted(plans_in("en")))
async def test_a_turn_shares_most_of_its_prompt_with_the_turn_before(
    grading: GradingService, plan: str, persona: str
) -> None:
    found = await prefix_share(plan, persona, grading)
    assert found.prompts > 8
    share, share_in_a_turn = LEAST[persona]
    assert found.share >= share
    assert found.least_share >= share_in_a_turn
