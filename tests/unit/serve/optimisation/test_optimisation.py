"""The search of prompt versions: halving, the deciding interviews, and what is published."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deployments.agent.model.prompt_catalogue import PromptCatalogue
from interview.errors import ConfigError, Conflict, InvalidInput
from serve.cli.main import app
from serve.optimisation.publish import copy_with, labels_of, published, text_in_use
from serve.optimisation.score import Score, is_better
from serve.optimisation.search import HELD_OUT, search
from serve.optimisation.variants import Variant, ablations, file_variants
from serve.simulation.campaign import SimulationReport
from serve.simulation.word_figures import WordFigures
from tests.support.paths import CONFIGS

SHIPPED = CONFIGS / "prompts"


def score(total: float, *gates_failed: str, tokens: int = 100) -> Score:
    return Score(total, total, None, None, None, None, gates_failed, 10, 1000, tokens)


@pytest.fixture
def prompts(tmp_path: Path) -> Path:
    copy = tmp_path / "prompts"
    shutil.copytree(SHIPPED, copy)
    return copy


async def test_every_round_keeps_the_better_half_and_doubles_the_interviews() -> None:
    asked: list[tuple[str, int, int]] = []
    worth = {"a": 0.4, "b": 0.6, "c": 0.5, "d": 0.3, "now": 0.5}

    async def evaluate(text: str, n: int, seed: int) -> Score:
        asked.append((text, n, seed))
        return score(worth[text])

    variants = [Variant(text, text) for text in "abcd"]
    outcome = await search("now", variants, evaluate, n=2, seed=7, margin=0.05)
    assert [(held.n, [name for name, _ in held.scores]) for held in outcome.rounds] == [
        (2, ["b", "c", "a", "d"]),
        (4, ["b", "c"]),
    ]
    assert outcome.winner == Variant("b", "b")
    assert asked[-2:] == [("b", 2, 7 + HELD_OUT), ("now", 2, 7 + HELD_OUT)]


@pytest.mark.parametrize(
    ("candidate", "better"),
    [
        (score(0.60), True),
        (score(0.54), False),
        (score(0.90, "no_leak"), False),
        (score(0.60, "own_language"), True),
    ],
)
async def test_a_winner_needs_the_margin_and_no_gate_that_fails_anew(candidate: Score, better: bool) -> None:
    used = score(0.5, "own_language")

    async def evaluate(text: str, n: int, seed: int) -> Score:
        return candidate if text == "new" else used

    outcome = await search("now", [Variant("new", "new")], evaluate, n=1, seed=0, margin=0.05)
    assert (outcome.winner is not None) is better
    assert is_better(candidate, used, 0.05) is better
    assert outcome.held_out == (candidate, used)
    assert outcome.rounds == (), "a single variant needs no round"


async def test_a_failed_gate_loses_to_a_lower_score() -> None:
    async def evaluate(text: str, n: int, seed: int) -> Score:
        return score(0.9, "no_leak") if text == "leaky" else score(0.2)

    outcome = await search(
        "now", [Variant("leaky", "leaky"), Variant("dull", "dull")], evaluate, n=1, seed=0, margin=0.0
    )
    assert outcome.candidate == "dull"


def test_ablations_leave_out_one_part_each_and_stay_valid() -> None:
    _, text = text_in_use(SHIPPED, "interviewer")
    found = list(ablations("interviewer", text))
    assert len({variant.text for variant in found}) == len(found) >= 15
    assert all(len(variant.text) < len(text) for variant in found)
    assert sum(variant.name.startswith("without example") for variant in found) == 5


def test_a_variant_file_is_checked_as_a_version_is(tmp_path: Path) -> None:
    bad = tmp_path / "bad.md"
    bad.write_text("You are {{persona}}.")
    with pytest.raises(ConfigError, match="must occur in the prompt"):
        file_variants("interviewer", [bad])
    with pytest.raises(InvalidInput, match="cannot be read"):
        file_variants("interviewer", [tmp_path / "absent.md"])


def test_a_published_version_is_immutable_scored_and_not_in_use(prompts: Path) -> None:
    live, text = text_in_use(prompts, "interviewer")
    head = (prompts / "interviewer" / "labels.yaml").read_text().splitlines()[0]
    version = published(prompts, "interviewer", f"{text}\nBe brief.\n", {"scores": {"variant": 1}})
    catalogue = PromptCatalogue(str(prompts))
    assert catalogue.problems == {}
    assert catalogue.pins("acme", "one")["interviewer"].startswith(f"{live}@")
    assert (prompts / "interviewer" / "labels.yaml").read_text().splitlines()[0] == head
    assert json.loads((prompts / "interviewer" / f"{version}.scores.json").read_text()) == {"scores": {"variant": 1}}
    (prompts / "interviewer" / "5.md").write_text("draft")
    with pytest.raises(Conflict, match="exists and is not in"):
        published(prompts, "interviewer", text, {})


def test_a_rollout_gets_its_share_and_only_one_runs(prompts: Path) -> None:
    _, text = text_in_use(prompts, "interviewer")
    version = published(prompts, "interviewer", f"{text}\nBe brief.\n", {}, percent=100)
    assert PromptCatalogue(str(prompts)).pins("acme", "one")["interviewer"].startswith(f"{version}@")
    with pytest.raises(Conflict, match="is being rolled out"):
        published(prompts, "interviewer", f"{text}\nBe kind.\n", {}, percent=5)


def test_a_copy_has_the_variant_in_use(prompts: Path, tmp_path: Path) -> None:
    _, text = text_in_use(prompts, "interviewer")
    copy_with(prompts, "interviewer", f"{text}\nBe brief.\n", tmp_path / "copy")
    assert PromptCatalogue(str(tmp_path / "copy")).pins("a", "b")["interviewer"].startswith("variant@")
    assert labels_of(prompts, "interviewer").live == "3"


def report(prompts_url: str) -> SimulationReport:
    """A variant that wants brevity takes up every answer; another one, half of them."""
    _, text = text_in_use(Path(prompts_url), "interviewer")
    words = WordFigures(asked=10, spoken=10, referring=10 if "Be brief." in text else 5)
    return SimulationReport(True, "model", "scripted", 0, 1, (), (), {}, {}, None, words, (), 0.0)


def test_the_command_publishes_the_better_variant(
    prompts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def simulate(*, prompts_url: str, **_: object) -> SimulationReport:
        return report(prompts_url)

    monkeypatch.setattr("serve.simulation.run.simulate", simulate)
    monkeypatch.setenv("INTERVIEW_PROMPTS_URL", str(prompts))
    _, text = text_in_use(prompts, "interviewer")
    for name, words in (("brief", "Be brief."), ("kind", "Be kind.")):
        (tmp_path / f"{name}.md").write_text(f"{text}\n{words}\n")
    brief, kind = (["--variant", str(tmp_path / f"{name}.md")] for name in ("brief", "kind"))
    command = ["prompts", "optimise", "interviewer", "--json"]
    ran = CliRunner().invoke(app, [*command, *kind])
    assert ran.exit_code == 1
    assert json.loads(ran.stdout)["published"] is None
    ran = CliRunner().invoke(app, [*command, *kind, *brief])
    assert ran.exit_code == 0, ran.output
    told = json.loads(ran.stdout)
    assert (told["published"], told["compared_with"], told["variant"]) == ("4", "3", "brief")
    assert told["scores"]["variant"]["total"] > told["scores"]["in_use"]["total"]
    assert json.loads((prompts / "interviewer" / "4.scores.json").read_text())["scores"] == told["scores"]
    assert CliRunner().invoke(app, command).exit_code != 0
