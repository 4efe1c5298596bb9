"""Prompts: immutable versions, movable labels, rollouts by session, pins, refreshes, and the last good one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest

from deployments.agent.model.prompt_catalogue import PromptCatalogue
from deployments.agent.model.prompt_labels import in_rollout, read_labels
from deployments.agent.model.prompt_template import KINDS, read_prompt
from interview.errors import ConfigError
from tests.support.paths import ROOT

SHIPPED = ROOT / "configs" / "prompts"

BODY = {
    "interviewer": "You are {{persona}} for {{role}}, in {{language}}. {{plan}} ",
    "technical": "{{question}} {{rubric}} ",
    "behavioral": "{{question}} {{rubric}} ",
    "conversation": "{{question}} ",
}


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Shelf:
    """A directory of prompts that a test edits as an operator would; by any fsspec URL."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._files, self._root = fsspec.core.url_to_fs(url)
        self._published: dict[str, dict[str, str]] = {}
        for name in KINDS:
            self.publish(name, "1", "first")
            self.label(name, "1")

    def publish(self, name: str, version: str, words: str) -> None:
        self.write(name, version, BODY[name] + words)

    def write(self, name: str, version: str, text: str, *, secretly: bool = False) -> None:
        raw = text.encode()
        self._files.makedirs(f"{self._root}/{name}", exist_ok=True)
        self._files.pipe_file(f"{self._root}/{name}/{version}.md", raw)
        if not secretly:
            self._published.setdefault(name, {})[version] = hashlib.sha256(raw).hexdigest()

    def label(self, name: str, version: str, rollout: str = "") -> None:
        versions = "".join(f'  "{one}": {digest}\n' for one, digest in self._published[name].items())
        text = f'versions:\n{versions}labels:\n  production: "{version}"\n{rollout}'
        self._files.pipe_file(f"{self._root}/{name}/labels.yaml", text.encode())

    def remove(self, name: str, version: str) -> None:
        self._files.rm_file(f"{self._root}/{name}/{version}.md")


@pytest.fixture(params=["files", "object store"])
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shelf]:
    url = str(tmp_path) if request.param == "files" else f"memory://{tmp_path.name}"
    yield Shelf(url)
    if request.param != "files":
        fsspec.filesystem("memory").store.clear()


async def text_for(book: PromptCatalogue, pins: dict[str, str], session: str = "one") -> str:
    return (await book.get("technical", pins, tenant="acme", interview_id=session)).text


def test_the_shipped_prompts_are_what_was_published() -> None:
    book = PromptCatalogue(str(SHIPPED))
    assert book.problems == {}
    assert set(book.pins("acme", "one")) == set(KINDS)


async def test_a_moved_label_is_seen_after_a_minute_and_running_sessions_keep_their_version(shelf: Shelf) -> None:
    clock = Clock()
    book = PromptCatalogue(shelf.url, clock=clock)
    pins = book.pins("acme", "one")
    shelf.publish("technical", "2", "second")
    shelf.label("technical", "2")
    clock.now = 59
    await book.refresh()
    assert book.pins("acme", "two")["technical"].startswith("1@")
    clock.now = 61
    await book.refresh()
    fresh = book.pins("acme", "two")
    assert fresh["technical"].startswith("2@")
    assert (await text_for(book, pins)).endswith("first")
    assert (await text_for(book, fresh)).endswith("second")


async def test_another_replica_finds_the_version_a_session_is_pinned_to(shelf: Shelf) -> None:
    pins = PromptCatalogue(shelf.url).pins("acme", "one")
    shelf.publish("technical", "2", "second")
    shelf.label("technical", "2")
    assert (await text_for(PromptCatalogue(shelf.url), pins)).endswith("first")


async def test_a_pinned_version_that_is_gone_or_changed_is_an_error_not_another_prompt(shelf: Shelf) -> None:
    pins = PromptCatalogue(shelf.url).pins("acme", "one")
    shelf.publish("technical", "2", "second")
    shelf.label("technical", "2")
    shelf.write("technical", "1", BODY["technical"] + "tampered", secretly=True)
    with pytest.raises(ConfigError, match="a version never changes"):
        await text_for(PromptCatalogue(shelf.url), pins)
    shelf.remove("technical", "1")
    with pytest.raises(ConfigError, match="there is no such file"):
        await text_for(PromptCatalogue(shelf.url), pins)


BROKEN = {
    "a variable nobody knows": "{{question}} {{rubric}} {{salary}}",
    "a variable is missing": "{{rubric}}",
    "nothing": "  ",
}


@pytest.mark.parametrize("how", [*BROKEN, "changed after publication", "not there", "labels unreadable"])
async def test_a_bad_version_leaves_the_last_good_one_in_use(shelf: Shelf, how: str) -> None:
    clock = Clock()
    book = PromptCatalogue(shelf.url, clock=clock)
    if how in BROKEN:
        shelf.write("technical", "2", BROKEN[how])
        shelf.label("technical", "2")
    elif how == "changed after publication":
        shelf.publish("technical", "2", "second")
        shelf.label("technical", "2")
        shelf.write("technical", "2", BODY["technical"] + "other", secretly=True)
    elif how == "not there":
        shelf.publish("technical", "2", "second")
        shelf.label("technical", "2")
        shelf.remove("technical", "2")
    else:
        shelf.label("technical", "1", rollout="rollout: [\n")
    clock.now = 61
    await book.refresh()
    assert "technical" in book.problems
    assert book.pins("acme", "one")["technical"].startswith("1@")
    assert (await text_for(book, {})).endswith("first")
    shelf.publish("technical", "3", "third")
    shelf.label("technical", "3")
    clock.now = 122
    await book.refresh()
    assert book.problems == {}
    assert (await text_for(book, {})).endswith("third")


async def test_a_replica_that_starts_on_a_bad_version_takes_the_newest_good_one(shelf: Shelf) -> None:
    shelf.publish("technical", "2", "second")
    shelf.write("technical", "3", "no variables at all")
    shelf.label("technical", "3")
    book = PromptCatalogue(shelf.url)
    assert book.pins("acme", "one")["technical"].startswith("2@")
    assert "must occur in the prompt" in book.problems["technical"]


def test_a_replica_without_any_good_version_says_so_at_once(shelf: Shelf) -> None:
    shelf.write("technical", "1", "no variables at all")
    shelf.label("technical", "1")
    with pytest.raises(ConfigError, match="must occur in the prompt"):
        PromptCatalogue(shelf.url)


async def test_a_rollout_reaches_its_share_of_sessions_and_each_session_for_good(shelf: Shelf) -> None:
    shelf.publish("technical", "2", "second")
    shelf.label("technical", "1", rollout='rollout: {version: "2", percent: 25}\n')
    book = PromptCatalogue(shelf.url)
    got = {f"s{number}": book.pins("acme", f"s{number}")["technical"][0] for number in range(2000)}
    share = sum(version == "2" for version in got.values()) / len(got)
    assert 0.20 < share < 0.30
    again = PromptCatalogue(shelf.url)
    assert all(again.pins("acme", session)["technical"][0] == version for session, version in got.items())


async def test_a_bad_rollout_stops_and_the_live_version_goes_on(shelf: Shelf) -> None:
    shelf.write("technical", "2", "no variables at all")
    shelf.label("technical", "1", rollout='rollout: {version: "2", percent: 100}\n')
    book = PromptCatalogue(shelf.url)
    assert book.pins("acme", "one")["technical"].startswith("1@")
    assert "technical" in book.problems


def test_a_rollout_grows_without_taking_anybody_back() -> None:
    sessions = [f"s{number}" for number in range(500)]
    small = {one for one in sessions if in_rollout("technical", "acme", one, 10)}
    large = {one for one in sessions if in_rollout("technical", "acme", one, 50)}
    assert small < large
    assert not any(in_rollout("technical", "acme", one, 0) for one in sessions)
    assert all(in_rollout("technical", "acme", one, 100) for one in sessions)


def test_what_a_value_holds_is_not_a_variable() -> None:
    prompt = read_prompt("conversation", "1", b"{{ question }}!", "x.md")
    assert (
        prompt.render({"question": "What does {{rubric}} mean?", "rubric": "secret"}) == "What does {{rubric}} mean?!"
    )


DIGEST = "a" * 64

MALFORMED_LABELS: dict[str, tuple[str, int | None, str]] = {
    "empty": ("", 1, ""),
    "a list": ("- x\n", 1, ""),
    "no versions": ("labels: {production: a}\n", 1, ""),
    "an empty table": ("versions: {}\nlabels: {production: a}\n", 1, "versions"),
    "a short hash": ("versions: {a: abc}\nlabels: {production: a}\n", 1, "versions.a"),
    "a path for a version": (f"versions:\n  ../a: {DIGEST}\nlabels: {{production: a}}\n", 2, "versions.../a"),
    "a number for a version": (f"versions: {{a: {DIGEST}}}\nlabels:\n  production: 1\n", 3, "labels.production"),
    "no production": (f"versions: {{a: {DIGEST}}}\nlabels: {{staging: a}}\n", 2, "labels"),
    "a label to nowhere": (f"versions: {{a: {DIGEST}}}\nlabels:\n  production: b\n", 3, "labels.production"),
    "a rollout to nowhere": (
        f"versions: {{a: {DIGEST}}}\nlabels: {{production: a}}\nrollout: {{version: b, percent: 5}}\n",
        3,
        "rollout.version",
    ),
    "more than everybody": (
        f"versions: {{a: {DIGEST}}}\nlabels: {{production: a}}\nrollout:\n  version: a\n  percent: 101\n",
        5,
        "rollout.percent",
    ),
    "an unknown field": (f"versions: {{a: {DIGEST}}}\nlabels: {{production: a}}\nrolout: 1\n", 3, "rolout"),
}


@pytest.mark.parametrize("what", MALFORMED_LABELS)
def test_malformed_labels_name_file_line_and_field(what: str) -> None:
    text, line, field = MALFORMED_LABELS[what]
    with pytest.raises(ConfigError) as caught:
        read_labels(text, "technical/labels.yaml")
    detail = caught.value.detail
    assert (detail["file"], detail["line"], detail["field"]) == ("technical/labels.yaml", line, field)


MALFORMED_PROMPTS: dict[str, tuple[bytes, int | None, str]] = {
    "empty": (b" \n", 1, ""),
    "not UTF-8": (b"{{question}}\n\xff", 2, ""),
    "too large": (b"{{question}}" + b"x" * 20_000, None, ""),
    "unknown variable": (b"{{question}}\n\n{{ answr }}", 3, "{{ answr }}"),
    "missing variable": (b"Ask.", None, "{{question}}"),
    "an open brace": (b"{{question}}\n{{question", 2, "{{"),
    "an expression": (b"{{question}} {{ question | upper }}", 1, "{{"),
}


@pytest.mark.parametrize("what", MALFORMED_PROMPTS)
def test_malformed_prompts_name_file_line_and_field(what: str) -> None:
    raw, line, field = MALFORMED_PROMPTS[what]
    with pytest.raises(ConfigError) as caught:
        read_prompt("conversation", "2", raw, "conversation/2.md")
    detail = caught.value.detail
    assert (detail["file"], detail["line"], detail["field"]) == ("conversation/2.md", line, field)
