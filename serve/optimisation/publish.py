"""Publishes a prompt version: an immutable file, its hash in ``labels.yaml``, and its scores beside it."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import msgspec
import yaml

from deployments.agent.model.prompt_labels import Labels, Rollout, read_labels
from deployments.agent.model.prompt_template import KINDS, PIN_DIGITS, read_prompt
from interview.errors import Conflict, InvalidInput

#: The prompts that have versions.
PROMPTS = tuple(KINDS)


def labels_of(directory: Path, prompt: str) -> Labels:
    """The labels of a prompt in a local directory.

    Raises:
        InvalidInput: there is no such prompt.
        ConfigError: the labels are malformed.
    """
    file = directory / prompt / "labels.yaml"
    if not file.is_file():
        raise InvalidInput(f"{directory} holds no prompt {prompt}; name a local directory of prompts.")
    return read_labels(file.read_text(encoding="utf-8"), str(file))


def pin_of(labels: Labels, version: str) -> str:
    """``version@digest``, as sessions pin it. Raises InvalidInput: the version is not published."""
    if version not in labels.versions:
        raise InvalidInput(f"There is no version {version}. There are: {', '.join(labels.versions)}.")
    return f"{version}@{labels.versions[version][:PIN_DIGITS]}"


def text_in_use(directory: Path, prompt: str) -> tuple[str, str]:
    """The live version and its text. Raises as ``labels_of`` and ``read_prompt``."""
    labels = labels_of(directory, prompt)
    file = directory / prompt / f"{labels.live}.md"
    raw = file.read_bytes()
    read_prompt(prompt, labels.live, raw, str(file), expected_digest=labels.versions[labels.live])
    return labels.live, raw.decode("utf-8")


def published(directory: Path, prompt: str, text: str, scores: dict[str, Any], *, percent: float = 0.0) -> str:
    """Write the next version with its scores and return its name. ``percent`` of the sessions get it; 0: none does.

    Raises:
        ConfigError: the text is not a valid version.
        Conflict: a file of that version exists, or another version is being rolled out.
        InvalidInput: ``percent`` is not in [0, 100].
    """
    labels = labels_of(directory, prompt)
    if not 0 <= percent <= 100:
        raise InvalidInput("The percentage of a rollout lies between 0 and 100.")
    if percent and labels.rollout is not None and labels.rollout.percent > 0:
        raise Conflict(f"Version {labels.rollout.version} of {prompt} is being rolled out; finish that first.")
    version = str(1 + max((int(name) for name in labels.versions if name.isdecimal()), default=0))
    file = directory / prompt / f"{version}.md"
    raw = text.encode("utf-8")
    read_prompt(prompt, version, raw, str(file))
    try:
        with file.open("xb") as stream:
            stream.write(raw)
    except FileExistsError as error:
        raise Conflict(f"{file} exists and is not in labels.yaml; remove it or publish it.") from error
    file.with_suffix(".scores.json").write_text(json.dumps(scores, indent=1) + "\n", encoding="utf-8")
    changed = msgspec.structs.replace(
        labels,
        versions={**labels.versions, version: hashlib.sha256(raw).hexdigest()},
        rollout=Rollout(version, percent) if percent else labels.rollout,
    )
    _write(directory / prompt / "labels.yaml", changed)
    return version


def copy_with(directory: Path, prompt: str, text: str, into: Path) -> None:
    """A copy of the prompts in which ``text`` is the live version of ``prompt`` and nothing is rolled out."""
    shutil.copytree(directory, into, dirs_exist_ok=True)
    raw = text.encode("utf-8")
    (into / prompt / "variant.md").write_bytes(raw)
    labels = Labels({"variant": hashlib.sha256(raw).hexdigest()}, {"production": "variant"})
    _write(into / prompt / "labels.yaml", labels)


def _write(file: Path, labels: Labels) -> None:
    """Replace the labels atomically; the comment at the file's head stays."""
    head = ""
    if file.is_file():
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        head = "".join(line for line in lines[: next((i for i, one in enumerate(lines) if one[:1] != "#"), 0)])
    data = {name: value for name, value in msgspec.to_builtins(labels).items() if value is not None}
    fresh = file.with_name(f".{file.name}.new")
    fresh.write_text(head + yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
    fresh.replace(file)
