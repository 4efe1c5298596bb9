"""YAML as operators write it, read safely, with the line of every value so that an error can name it.

Only plain data: no tags that build objects, no aliases (they let a small file expand into a large one), no duplicate
keys (YAML silently keeps the last), a limit on size and on depth.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml
from msgspec import Struct

from interview.errors import ConfigError

MAX_BYTES = 1_048_576
MAX_DEPTH = 24

PathKey = tuple[str | int, ...]

# libyaml when the wheel includes it: it is several times faster.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class YamlDocument(Struct, frozen=True):
    """Plain data, and the 1-based source line of each path."""

    file: str
    data: Any
    lines: dict[PathKey, int]

    def line_of(self, path: PathKey) -> int | None:
        """The line of ``path``, or of its nearest ancestor in the file."""
        for length in range(len(path), -1, -1):
            line = self.lines.get(path[:length])
            if line is not None:
                return line
        return None

    def error(self, path: PathKey, problem: str) -> ConfigError:
        return ConfigError.at(self.file, self.line_of(path), field_name(path), problem)


def field_name(path: PathKey) -> str:
    """``("phases", 0, "core")`` in readable form: ``phases[0].core``."""
    name = ""
    for part in path:
        if isinstance(part, int):
            name += f"[{part}]"
        else:
            short = shortened(part, 64)
            name += f".{short}" if name else short
    return name


def by_field(problems: Iterable[tuple[str, str]]) -> dict[str, str]:
    """``(field, problem)`` pairs by field, several problems of one field joined by semicolons."""
    fields: dict[str, list[str]] = {}
    for field, problem in problems:
        fields.setdefault(field, []).append(problem)
    return {field: "; ".join(found) for field, found in fields.items()}


def shortened(text: str, length: int) -> str:
    """``text`` cut to ``length`` characters, for quoting in errors."""
    return text if len(text) <= length else text[: length - 1] + "…"


def read_yaml(path: Path, *, name: str | None = None, max_bytes: int = MAX_BYTES) -> YamlDocument:
    """The one document of the file. ``name`` is the file's name in errors (default: its path).

    Raises:

        ConfigError: the file is missing, too large, not UTF-8, not YAML, or uses a feature that this loader rejects.
    """
    file = name or str(path)
    try:
        with path.open("rb") as stream:
            raw = stream.read(max_bytes + 1)
    except OSError as error:
        raise ConfigError.at(file, None, "", f"cannot be read: {error.strerror or error}") from error
    if len(raw) > max_bytes:
        raise ConfigError.at(file, None, "", f"is larger than {max_bytes} bytes")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise ConfigError.at(file, line, "", "is not valid UTF-8") from error
    return parse_yaml(text, file)


def parse_yaml(text: str, file: str) -> YamlDocument:
    """Like ``read_yaml``, from text in memory."""
    try:
        # The event stream is flat, so hostile nesting is rejected before anything recurses over it.
        _refuse_hostile_structure(text, file)
        root = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = error.problem or error.context or "cannot be parsed"
        raise ConfigError.at(file, mark.line + 1 if mark else None, "", f"is not valid YAML: {problem}") from error
    except yaml.YAMLError as error:
        raise ConfigError.at(file, None, "", "contains characters that YAML does not allow") from error
    if root is None:
        raise ConfigError.at(file, 1, "", "is empty")
    lines: dict[PathKey, int] = {}
    data = _Reader(file, lines).value(root, (), root.start_mark.line + 1)
    return YamlDocument(file=file, data=data, lines=lines)


def _refuse_hostile_structure(text: str, file: str) -> None:
    depth = 0
    documents = 0
    for event in _events(text):
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent):
            raise ConfigError.at(file, line, f"*{event.anchor}", "aliases are not allowed; write the value out")
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise ConfigError.at(file, line, "", "contains more than one YAML document")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise ConfigError.at(file, line, "", f"is nested deeper than {MAX_DEPTH} levels")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _events(text: str) -> Iterator[Any]:
    events: Iterator[Any] = yaml.parse(text, Loader=_Loader)
    return events


class _Reader:
    """Converts composed nodes to plain data and records the line of each value."""

    def __init__(self, file: str, lines: dict[PathKey, int]) -> None:
        self._file = file
        self._lines = lines
        self._scalars = yaml.constructor.SafeConstructor()

    def value(self, node: yaml.Node, path: PathKey, line: int) -> Any:
        self._lines[path] = line
        if isinstance(node, yaml.MappingNode) and node.tag == "tag:yaml.org,2002:map":
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode) and node.tag == "tag:yaml.org,2002:seq":
            return [self.value(item, (*path, index), item.start_mark.line + 1) for index, item in enumerate(node.value)]
        if isinstance(node, yaml.ScalarNode) and node.tag in self._scalars.yaml_constructors:
            return self._scalar(node, path, line)
        raise ConfigError.at(self._file, line, field_name(path), f"the tag {node.tag} is not allowed")

    def _mapping(self, node: yaml.MappingNode, path: PathKey) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                raise ConfigError.at(self._file, line, field_name(path), "a key must be plain text")
            key = str(key_node.value)
            if key in found:
                raise ConfigError.at(self._file, line, field_name((*path, key)), "is given twice")
            found[key] = self.value(value_node, (*path, key), line)
        return found

    def _scalar(self, node: yaml.ScalarNode, path: PathKey, line: int) -> Any:
        try:
            value = self._scalars.construct_object(node)
        except (yaml.YAMLError, ValueError, OverflowError) as error:
            raise ConfigError.at(self._file, line, field_name(path), f"{node.value!r} is not a valid value") from error
        if isinstance(value, bytes | datetime.date):
            # A value such as 2026-11-20 is kept as text.
            return str(node.value)
        return value
