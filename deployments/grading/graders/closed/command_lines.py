"""Compares typed command lines: "ls -al" is "ls -la", and "ls -lA" is not.

POSIX lets one-letter options stand in any order, together or apart. Only the last of a group may take the next word as
its value, so a group before a value is the same only if it ends alike. The letters' case counts.
"""

from __future__ import annotations

import re
import shlex
import signal
from collections import Counter
from typing import Literal

from msgspec import Struct

#: ``alike``: probably the same command; ``near``: another one by the case of a letter only. Both need a person.
Comparison = Literal["same", "alike", "near", "other"]

_PROMPT = re.compile(r"^\s*(?:[$#>]|(?:in|at) the (?:shell|terminal),?)\s+", re.IGNORECASE)
_OPTION = re.compile(r"(?<!\S)(?:-{1,2}|\+)[A-Za-z0-9]")
_LONG = re.compile(r"--[A-Za-z][\w-]*(?:=\S*)?|-\d+|\+[A-Za-z]+")
_GROUP = re.compile(r"-[A-Za-z]+")
#: Programs whose first word of letters is a group of options without a dash.
_DASHLESS = re.compile(r"^(?P<program>tar|ps) (?P<group>[A-Za-z]{2,6})(?=\s|$)")
#: Programs whose one-letter options take no values.
_VALUELESS = frozenset(
    {"rm", "ls", "cp", "mv", "cat", "wc", "df", "mkdir", "rmdir", "chmod", "chown", "pwd", "uname", "ln"}
)
#: A signal by name or with an option: "kill -KILL", "kill -s SIGKILL", "kill -n 9" are "kill -9".
_SIGNAL = re.compile(
    r"^(?P<program>kill|pkill|killall)\s+(?:-s\s*|-n\s*|--signal[=\s]+|-)(?:SIG)?(?P<signal>[A-Z]+\d?|\d+)(?=\s|$)",
    re.IGNORECASE,
)
_MAX_CHARS = 200


class CommandLine(Struct, frozen=True):
    """``words`` are the program and its operands, in order.

    ``options`` counts one-letter options; ``long`` are the others, "-9" and "+x" too.

    ``valued`` are the one-letter options that a word follows, which may be their value.
    """

    words: tuple[str, ...]
    options: Counter[str]
    long: frozenset[str]
    valued: frozenset[str]


def compare(said: str, accepted: str) -> Comparison | None:
    """How a typed command line compares with ``accepted``; None unless both have options written with a dash."""
    wanted = read(accepted)
    given = read(said)
    if wanted is None or given is None or not (wanted.options or wanted.long):
        return None
    if not (given.options or given.long):
        return None
    if _operands(given) != _operands(wanted):
        quoted = given.words[: len(wanted.words)] == wanted.words and _ends_in_value(said)
        return "alike" if quoted and _same_options(given, wanted) else "other"
    if _same_options(given, wanted):
        valued = given.valued == wanted.valued or given.words[0] in _VALUELESS
        return "same" if valued and given.words == wanted.words else "alike"
    if _abbreviated(given, wanted):
        return "alike"
    if not _same_but_for_case(given, wanted):
        return "other"
    return "alike" if said == said.upper() else "near"


def read(text: str) -> CommandLine | None:
    """The parts of ``text``; None for a text that is no command line."""
    line = _PROMPT.sub("", text.strip().strip("`").strip()).rstrip(".!?;")
    line = _DASHLESS.sub(lambda found: f"{found['program']} -{found['group']}", line)
    line = _SIGNAL.sub(_numbered, line)
    if len(line) > _MAX_CHARS or not _OPTION.search(line):
        return None
    try:
        parts = shlex.split(line)
    except ValueError:
        return None
    if not parts or parts[0].startswith("-"):
        return None
    words: list[str] = []
    options: Counter[str] = Counter()
    long: set[str] = set()
    valued: set[str] = set()
    for at, part in enumerate(parts):
        if _LONG.fullmatch(part):
            long.add(part)
        elif _GROUP.fullmatch(part):
            options.update(part[1:])
            if at + 1 < len(parts) and not parts[at + 1].startswith("-"):
                valued.add(part[-1])
        else:
            words.append(part.casefold())
    return CommandLine(tuple(words), options, frozenset(long), frozenset(valued))


def _numbered(found: re.Match[str]) -> str:
    """The program with the number of the signal; unchanged where the name is no signal's."""
    named = signal.Signals.__members__.get(f"SIG{found['signal'].upper()}")
    number = found["signal"] if found["signal"].isdecimal() else str(int(named)) if named is not None else ""
    return f"{found['program']} -{number}" if number else found.group()


def _operands(line: CommandLine) -> tuple[str, ...]:
    """The words without what names the same file otherwise: "./build", "build/"."""
    return tuple(re.sub(r"^\./(?=.)|(?<=\w)/$", "", word) for word in line.words)


def _same_options(one: CommandLine, other: CommandLine) -> bool:
    return one.options == other.options and one.long == other.long


def _ends_in_value(said: str) -> bool:
    """Whether the line ends in a quoted value behind an option: ``git commit -am "message"``."""
    return re.search(r"""\s-[A-Za-z]+\s+(?:"[^"]*"|'[^']*')[.\s]*$""", said) is not None


def _abbreviated(one: CommandLine, other: CommandLine) -> bool:
    """Whether long options of one line begin with the letters that the other has in their place: "--all" for "-a"."""
    letters = (one.options - other.options, other.options - one.options)
    names = (one.long - other.long, other.long - one.long)
    if not any(names) or not all(name.startswith("--") for name in names[0] | names[1]):
        return False
    begun = (Counter(name[2] for name in names[0]), Counter(name[2] for name in names[1]))
    return letters[0] == begun[1] and letters[1] == begun[0]


def _same_but_for_case(one: CommandLine, other: CommandLine) -> bool:
    letters = [sorted("".join(line.options.elements()).casefold()) for line in (one, other)]
    names = [{name.casefold() for name in line.long} for line in (one, other)]
    return letters[0] == letters[1] and names[0] == names[1]
