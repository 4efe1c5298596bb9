"""Exact answers: one of the accepted strings, typed or said ("127 dot 0 dot 0 dot 1"), with only a frame around it."""

# ruff: noqa: E501, SIM905 – a pattern of alternatives reads better whole than broken

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from http import HTTPStatus

from rapidfuzz import fuzz

from deployments.grading.graders import answer_text
from deployments.grading.graders.closed import command_lines
from deployments.grading.graders.closed.notation import notation
from deployments.grading.graders.closed.other_names import expands
from deployments.grading.graders.closed.sign_names import signed, signs_of
from deployments.grading.graders.closed.spelling import sounds_like, spelled_out
from deployments.grading.graders.closed.told_within import told_within
from deployments.grading.graders.grade_builder import mark, no_answer
from deployments.grading.graders.statements import other_statement
from interview.errors import InvalidInput
from interview.grades import Grade
from interview.plans.questions import Exact
from interview.text.number_words import canonical_numbers
from interview.text.stance import hold
from interview.text.stems import stem

#: Symbols that distinguish answers; other punctuation is ignored.
_TELLING = re.compile(r"[^a-z0-9+#*/@%$&^~=<>_|\\-]")
_FRAME_TEXT = (
    "i i'd i'll think guess believe say would use using used run type it it's its is that that's this the a an my answer called just"
    " call you you'd can could should must be with command address code status port number method signal file key word keyword name"
    " term option value letter operator function statement header protocol language version by for to of in on please then so well"
    " maybe probably definitely obviously certainly actually simply correct right final sure yes yeah ok okay uh um er hmm like"
    " look at go pick choose normally usually typically generally always terminal shell console http tcp error response mode encoding charset we they one known as returns raises throws gives prints outputs yields cell"
)
_FRAME = frozenset(_FRAME_TEXT.split())
#: The share of such grades that are right: ``benchmarks/grading_calibration.py``.
_SAME, _HEARD, _OTHER, _WITHIN = 0.98, 0.93, 0.94, 0.85
_MAX_FRAME_WORDS = 8
#: Spoken words that are always written otherwise.
_WRITTEN = {"control": "ctrl", "asterix": "asterisk", "pound": "hash"}
#: Only the beginning and the end of a longer answer are read.
_MAX_CHARS = 600


def grade_exact(spec: Exact, answer: str, prompt: str = "") -> Grade:
    """1 if the answer, without a frame such as "it's …" or in the question's words, is one of ``spec.accepted``, else 0.

    Raises:
        InvalidInput: nothing is accepted.
    """
    if not spec.accepted:
        raise InvalidInput(
            "An exact grader needs at least one accepted answer.", detail={"fields": {"accepted": "empty"}}
        )
    empty = no_answer("exact", answer)
    said = answer if len(answer) <= _MAX_CHARS else f"{answer[:_MAX_CHARS]}…{answer[-_MAX_CHARS:]}"
    if empty and not any(_same(said, accepted, spec.case_sensitive) for accepted in spec.accepted):
        return empty
    evidence = [answer_text.whole(answer, "the answer")]
    near = False
    for part in _parts(said):
        for accepted in spec.accepted:
            line = _as_command(part, accepted)
            near = near or line == "near"
            if line in ("same", "alike"):
                return mark(
                    "exact",
                    1.0,
                    f"The answer is the command {accepted!r}.",
                    confidence=_SAME if line == "same" else _HEARD,
                    evidence=evidence,
                    review="" if line == "same" else "The command is written with other options or words.",
                )
            if line is None and _same(part, accepted, spec.case_sensitive):
                unsaid = not any(
                    _same(part, one, spec.case_sensitive) and not _unsaid(part, one) for one in spec.accepted
                )
                doubt = "Signs of the accepted answer are not said." if unsaid else ""
                if not doubt and _other_case(part, spec.accepted):
                    doubt = "The letter of the option has the other case."
                return mark(
                    "exact",
                    1.0,
                    f"The answer is the accepted answer {accepted!r}.",
                    confidence=_HEARD if doubt else _SAME,
                    evidence=evidence,
                    review=doubt,
                )
    whole = next((one for one in spec.accepted if _in_words_of(prompt, said, one, spec.case_sensitive)), None)
    whole = whole or next((one for one in spec.accepted for part in _parts(said) if _without_o(part, one)), None)
    if whole is not None:
        return mark(
            "exact",
            1.0,
            f"The answer says the accepted answer {whole!r}.",
            confidence=_HEARD,
            evidence=evidence,
        )
    for accepted in spec.accepted:
        apart = spec.case_sensitive or _as_command(said, accepted) is not None or _complement(said, accepted)
        heard = () if apart else (said, *_spoken(said))
        if any(_sounds_same(one, accepted) for one in heard):
            return mark(
                "exact",
                1.0,
                f"The answer sounds like the accepted answer {accepted!r}.",
                confidence=_HEARD,
                evidence=evidence,
            )
    for accepted in spec.accepted:
        if not spec.case_sensitive and _same_digits(said, accepted):
            return mark(
                "exact",
                1.0,
                f"The digits are those of the accepted answer {accepted!r}.",
                confidence=_HEARD,
                evidence=evidence,
                review=""
                if _number_in_base(said)[1] and _number_in_base(accepted)[1]
                else "The base is named on one side only.",
            )
    spelt = next((one for one in spec.accepted if any(expands(words, one) for words in _after_frames(said))), None)
    if spelt is not None:
        return mark(
            "exact",
            1.0,
            f"The answer's words have the initials of the accepted answer {spelt!r}.",
            confidence=_WITHIN,
            evidence=evidence,
            review="The accepted answer is an abbreviation, and the answer words that it may stand for.",
        )
    told = next((one for one in spec.accepted if told_within(said, one, prompt, spec.case_sensitive)), None)
    if told is not None and not near:
        return mark(
            "exact",
            1.0,
            f"A sentence of the answer tells the accepted answer {told!r}.",
            confidence=_WITHIN,
            evidence=evidence,
            review="The accepted answer stands in a longer sentence.",
        )
    return _other(spec, answer, said, near=near)


#: The answer beside the accepted text says nothing that turns it.
_TURNED = re.compile(
    r"\b(?:not|never|no|nor|neither|or|but|except|without|instead|rather|than|versus|vs|opposite|unlike|if|unless|before|after|above|below|over|under"
    r"|between|used to|other|another|else|almost|nearly|like|similar|plus|minus|maybe|perhaps)\b|n['’]t\b",
    re.IGNORECASE,
)
_OTHER_SIGN = re.compile(r"[^\w\s,.:;/'\"`()!?]|[_\d]")


def _in_words_of(prompt: str, said: str, accepted: str, case_sensitive: bool) -> bool:
    """Whether ``said`` is a sentence that holds ``accepted`` as written, otherwise words of the question and frames:
    "by default it listens on 443"."""
    if _as_command(said, accepted) is not None or _complement(said, accepted):
        return False
    flags = 0 if case_sensitive or _OPTION.search(accepted) else re.IGNORECASE
    found = re.findall(rf"(?<![\w.:@~-])(?<!//){re.escape(accepted)}(?!\w|\.\w|\s*[-+*/^])", said, flags)
    rest = re.sub(rf"(?<![\w.]){re.escape(accepted)}(?!\w)", " ", said, flags=flags)
    if len(found) != 1 or _OTHER_SIGN.search(rest) or _TURNED.search(rest):
        return False
    code = [word for word in re.findall(r"\w+", rest) if word.isupper() and len(word) > 1 and word not in prompt]
    if any(word.casefold() not in _FRAME for word in code):
        return False  # "GROUP BY … HAVING" is more of the code
    at = said.casefold().find(accepted.casefold())
    span = (at, at + len(accepted))
    if hold(said, [span])[0].stance != "asserted" or other_statement(said, [span], prompt):
        return False
    asked = {stem(token.text) for token in answer_text.tokens(prompt)}
    last = answer_text.normal(said[span[1] :]).split()
    if len(last) == 1 and last[0] not in _TAIL and last[0] not in _RUNS and stem(last[0]) not in asked:
        return False  # "SELECT INTO"
    return all(
        token.text in _FRAME or token.text in _RUNS or answer_text.is_stop_word(token.text) or stem(token.text) in asked
        for token in answer_text.tokens(rest)
    )


#: Verbs and nouns of a plain sentence about the answer.
_RUNS = frozenset(
    "run runs take takes time has have is are be uses listens default default's usually typically always".split()
)
#: The argument of a logarithm in brackets: "log(n)".
_ARGUMENT = re.compile(r"l(?:o?g|n)\((\w)\)|lg(?=\w)")
_BIG_O = re.compile(r"\s*[OoΘθ]\s*\((?P<inside>.+)\)\s*")


def _without_o(said: str, accepted: str) -> bool:
    """Whether ``said`` is the inside of an accepted O(…) of more than one sign: "n log n"."""
    found = _BIG_O.fullmatch(accepted)
    return found is not None and len(found["inside"]) > 1 and _same(said, found["inside"], case_sensitive=False)


def _bracketed_otherwise(said: str, accepted: str) -> bool:
    """Whether both have brackets, and around other things: "O(n) log n" is not "O(n log n)"."""
    if "(" not in said or "(" not in accepted:
        return False
    one, other = (
        _ARGUMENT.sub(r"log\1", re.sub(r"[^\w()+]", "", text.casefold().translate(_RAISED)))
        for text in (said, accepted)
    )
    return other.strip("()") not in one


def _as_command(said: str, accepted: str) -> command_lines.Comparison | None:
    """How the command line in ``said``, its frame aside, compares with ``accepted``; None if either is none."""
    program = accepted.split()[0] if accepted.split() else ""
    begins = (
        re.search(rf"(?<!\S)[`'\"$]*{re.escape(program)}(?=\s)", said, re.IGNORECASE) if program.isalpha() else None
    )
    if begins is None or not _is_frame(said[: begins.start()].strip(" $#>`'\"")):
        return None
    return command_lines.compare(said[begins.start() :], accepted)


_FLAG = re.compile(r"(?<![-\w])-[A-Za-z](?!\w)")


def _other_case(said: str, accepted: Sequence[str]) -> bool:
    """Whether an option of one letter is accepted in the other case only: "-l" for "-L"; speech has no case."""
    flags = [one for one in accepted if _FLAG.fullmatch(one)]
    written = {found[-1] for found in _FLAG.findall(said)}
    return bool(flags) and _FLAG.search(said) is not None and not any(one[1] in written for one in flags)


#: Numbers with their base: "0b1010", "hex ff", "FFh", "octal 755".
_IN_BASE = re.compile(
    r"(?P<before>0x|0b|0o|(?:hex|hexadecimal|binary|octal)\s+)?(?P<digits>[0-9a-f]+)(?P<after>h\b|\s+(?:in )?(?:hex|hexadecimal|binary|octal))?"
)
_BASES = {"0x": 16, "0b": 2, "0o": 8, "hex": 16, "hexadecimal": 16, "h": 16, "binary": 2, "octal": 8}


def _number_in_base(text: str) -> tuple[str, int]:
    """The digits of a number and its base, 0 if none is named; "", 0 for another text."""
    bare = " ".join(token.text for token in answer_text.bare(answer_text.tokens(text)))
    found = _IN_BASE.fullmatch(bare)
    if found is None:
        return "", 0
    base = _BASES.get((found["before"] or found["after"] or "").replace(" in ", " ").strip().removeprefix("in "), 0)
    valid = not base or all(int(digit, 16) < base for digit in found["digits"])
    return (found["digits"], base) if valid else ("", 0)


def _same_digits(said: str, accepted: str) -> bool:
    """Whether both are one number, of which at least one text names the base."""
    (one, base), (other, asked) = _number_in_base(said), _number_in_base(accepted)
    return bool(one) and one == other and bool(base or asked) and (not base or not asked or base == asked)


def _other(spec: Exact, answer: str, read: str, *, near: bool) -> Grade:
    """The zero grade; it needs review if an accepted answer occurs but does not stand alone."""
    evidence = [answer_text.whole(answer, "the answer")]
    if near:
        return mark(
            "exact",
            0.0,
            "An option of the command has the other case.",
            confidence=_WITHIN,
            evidence=evidence,
            review="The command differs from the accepted one in the case of an option.",
        )
    said = f" {_plain(read)} "
    within = [accepted for accepted in spec.accepted if len(accepted) > 2 and f" {_plain(accepted)} " in said]
    if within and not _taken_back(read, within[0]):
        return mark(
            "exact",
            0.0,
            f"The accepted answer {within[0]!r} occurs, but more is said.",
            confidence=_WITHIN,
            evidence=evidence,
            review="The accepted answer stands among other words.",
        )
    unread = not any(map(_plain, spec.accepted)) and not any(map(signs_of, _after_frames(read)))
    doubt = "Signs are asked for, and the answer names none that is known." if unread else ""
    if not doubt and any(_nearly_spelt(read, accepted) for accepted in spec.accepted):
        doubt = "The answer is spelt out in speech, close to the accepted one, and may be misheard."
    return mark(
        "exact",
        0.0,
        "The answer is none of the accepted ones.",
        confidence=_WITHIN if doubt else _OTHER,
        evidence=evidence,
        review=doubt,
    )


#: Words with which candidates spell: names of signs and of the case of letters.
_SPELLING = frozenset(
    "dot slash backslash dash hyphen underscore colon asterisk ampersand tilde caret capital uppercase lowercase".split()
)
_NEARLY = 70.0


def _nearly_spelt(said: str, accepted: str) -> bool:
    """Whether ``said`` spells something out that is nearly ``accepted``: "forward slash etsy forward slash hosts"."""
    if _SPELLING.isdisjoint(answer_text.normal(said).split()):
        return False
    letters = "".join(word[0] for word in answer_text.normal(said).split() if word not in _SPELLING)
    forms = [letters, *(_squeezed(form, signs=False) for form in _spoken(said))]
    return any(fuzz.ratio(form, _squeezed(accepted, signs=False)) >= _NEARLY for form in forms)


#: Signs that are often left unsaid: "max connections" is written with "_".
_OFTEN_UNSAID = frozenset("_-\\")


def _unsaid(said: str, accepted: str) -> bool:
    """Whether telling signs of ``accepted`` are neither written nor spoken: "etc hosts" for "/etc/hosts"."""
    around = {sign for sign in (accepted[:1], accepted[-1:]) if sign in ("_", "-")}  # "__init__" is not "init"
    wanted = _signs(accepted) - (_OFTEN_UNSAID - around - ({"-"} if _OPTION.search(accepted) else set()))
    if _glued_groups(said, accepted):
        return True
    if not wanted or not _plain(accepted) or said.strip().casefold() == accepted.strip().casefold():
        return False
    forms = list(_spoken(said))
    return not any(wanted <= _signs(form) for form in [said, *forms])


#: An option of a command.
_OPTION = re.compile(r"(?<=\s)-\w")
_POINTS = re.compile(r"\d\.\d")


def _glued_groups(said: str, accepted: str) -> bool:
    """Whether the points within numbers are left out: "127001" for "127.0.0.1"."""
    return bool(_POINTS.search(accepted)) and "".join(re.findall(r"\d", accepted)) in re.findall(r"\d+", said)


def _pointed_otherwise(said: str, accepted: str) -> bool:
    """Whether the points within typed numbers stand elsewhere: "40.4" is not "404"."""
    return bool(_POINTS.search(said)) and re.findall(r"\d+", said) != re.findall(r"\d+", accepted)


def _taken_back(answer: str, accepted: str) -> bool:
    at = answer.casefold().find(accepted.casefold())
    return at >= 0 and hold(answer, [(at, at + len(accepted))])[0].stance in ("denied", "withdrawn")


#: "UTF-8, not UTF-16", "SIGKILL instead of SIGTERM": another answer is denied beside the one that is given.
_CONTRAST = re.compile(
    r"[\s,;]+(?:and |but )?(?:not|rather than|instead of|as opposed to)\s+"
    r"(?!(?:really|quite|exactly|at all|right|correct|true|sure|certain|that|it|any ?more)\b)(?:(?!or\b|maybe\b)[^\s,;]+[\s.!]*){1,4}$",
    re.IGNORECASE,
)
#: A status code with its reason phrase: "404 Not Found".
_REASON_PHRASE = re.compile(r"(?<=\b[1-5]\d\d)[\s,:-]+(?P<phrase>[a-z][a-z' -]+?)\W*$", re.IGNORECASE)


def _is_status(found: re.Match[str]) -> bool:
    """Whether the words are the phrase that RFC 9110 gives to the code before them."""
    code = int(found.string[found.start() - 3 : found.start()])
    said = re.sub(r"[\W_]", "", found["phrase"].casefold())
    phrases = [re.sub(r"[\W_]", "", one.phrase.casefold()) for one in HTTPStatus if one == code]
    return any(said in (phrase, f"{phrase}error") for phrase in phrases)


#: "Not MD5 but SHA-256", "it used to be 503 but it's 500": what stands before the answer is denied.
_DENIED_FIRST = re.compile(
    r"^\W*(?:it's |it is )?(?:not|(?:it |that )?(?:used to be|was))\s+(?:(?!or\b)[^\s,;]+[\s,;]+){1,4}?(?:but|now)\s+",
    re.IGNORECASE,
)


#: "It used to be 404, now 410".
_PAST_FIRST = re.compile(
    r"^\W*(?:(?:it|that|this) )?(?:used to be|was(?: once)?|once was)\s+[^,;.]{1,40}[,;.]\s*(?:but\s+|and\s+)?(?:now|today|these days|nowadays)\b(?:\s+(?:it's|it is|is))?\s*",
    re.IGNORECASE,
)
#: Where a command is typed.
_PLACE = re.compile(
    r"\s+(?:in|on|at|from|into) (?:the|a|my|your) (?:terminal|shell|console|(?:command )?prompt|command line|cli|repl|editor|address bar)\W*$",
    re.IGNORECASE,
)


#: A remark that takes the answer back or adds another one.
_DOUBTS = re.compile(
    r"(?:[\s,.]*\b(?:h+m+|oh|u[hm]+|er|ah|well)\b)*[\s,.]*(?:or|and|not|but|no|never|hardly|wait|maybe|actually|sorry|(?:though )?i (?:doubt|don't|do not|wouldn't|would not)|(?:is |that's |that is )?(?:wrong|false|unlikely|incorrect))\b",
    re.IGNORECASE,
)


def _second_command(answer: str, rest: str) -> bool:
    """Whether ``rest`` adds a command behind one with options, and is no remark: "; rm backup.tgz"."""
    words = answer_text.normal(rest).split()
    plain = any(answer_text.is_stop_word(word) or word in _FRAME for word in words)
    return bool(_OPTION.search(answer) and rest.lstrip().startswith(";") and words) and not plain


def _another(answer: str, remark: str) -> bool:
    """Whether the remark begins as the answer does, and goes on otherwise: "git stash; git pull"."""
    one, other = answer.split(), remark.split()
    return len(other) > 1 and one[:1] == other[:1] and one != other


#: What begins a reason, a remark, or a verdict of the candidate's own on the answer before it.
_REMARK = re.compile(
    r"\s*(?:,|;|\.\s|\(|\s[-–—]\s|\bbecause\b|\bsince\b|\bwhich\b|\bi (?:think|guess|believe)\b|\bplease\b|\bright\?"
    r"|\b(?:should|would|will|ought to) (?:do|work|be (?:it|right|correct|fine))\b|\b(?:is|would be) (?:my|the) (?:answer|command|one)\b"
    r"|\bfor (?:sure|certain)\b|\b(?:works|does (?:it|that|the (?:job|trick))|(?:is|was) (?:right|correct|it))\b(?=\W*$))",
    re.IGNORECASE,
)
#: What was so once; "the command used to list files" tells a purpose.
_USED_TO = re.compile(r"\b(?:i|we|you|they|people|it|that|this) used to\b|\bused to be\b", re.IGNORECASE)


def _parts(answer: str) -> Iterator[str]:
    """The stretches that may be the whole answer: all of it, the part after a correction, the part before a reason or a remark."""
    cut = answer_text.after_correction(answer)
    past, denied = _PAST_FIRST.match(answer), _DENIED_FIRST.match(answer)
    if cut:
        yield answer[cut:]
        yield re.split(r"[,;.]\s+", answer[cut:].rstrip(" .!"))[-1]  # "no, that's too open, chmod 755"
    elif past:
        yield answer[past.end() :]
    elif _USED_TO.search(answer):
        if denied:
            yield answer[denied.end() :]
    else:
        yield answer
        remark = _REMARK.split(answer, maxsplit=1)
        if len(remark) == 2 and not (
            _DOUBTS.match(remark[1])
            or _another(remark[0], remark[1])
            or _second_command(remark[0], answer[len(remark[0]) :])
        ):
            yield remark[0]
        if denied:
            yield answer[denied.end() :]
        contrast, status = _CONTRAST.search(answer), _REASON_PHRASE.search(answer)
        place = _PLACE.search(answer)
        if contrast:
            yield answer[: contrast.start()]
        if place:
            yield answer[: place.start()]
        if status and _is_status(status):
            yield answer[: status.start()]


#: Powers as they are typed, for the tokens, in which "n²" is "n2".
_RAISED = {ord("²"): "^2", ord("³"): "^3", ord("ⁿ"): "^n"}


def names(said: str, accepted: str) -> bool:
    """Whether ``said``, frames such as "it's …" aside, is ``accepted``, typed or spoken, in any case of letters."""
    return _same(said, accepted, case_sensitive=False)


#: A variable as a shell refers to it: "$HOME", "${HOME}", "%HOME%".
_REFERENCE = re.compile(r"(?<!\S)(?:\$\{?|%)(?P<name>[A-Z][A-Z0-9_]+)[}%]?(?!\S)")
_INNER_HYPHEN = re.compile(r"(?<=[^\W\d_])-(?=[^\W\d_])")
#: An address in angle brackets: "<ann@example.com>".
_ANGLED = re.compile(r"<([^\s<>]+)>")
#: A class of characters in a regular expression: the capital letter is its complement.
_CLASS = re.compile(r"\\[DdWwSsBb](?![A-Za-z])")


def _complement(said: str, accepted: str) -> bool:
    """Whether ``said`` has the complement of a class of characters that ``accepted`` has: "\\D+" for "\\d+"."""
    wanted = set(_CLASS.findall(accepted))
    return any(one.swapcase() in wanted and one not in wanted for one in _CLASS.findall(said))


def _same(said: str, accepted: str, case_sensitive: bool) -> bool:
    if case_sensitive:
        trimmed = _REFERENCE.sub(r"\g<name>", " ".join(said.split()).strip(" .!?\"'`"))
        target = " ".join(accepted.split())
        lead = trimmed.removesuffix(target)
        return trimmed == target or (trimmed.endswith(target) and lead.endswith(" ") and _is_frame(lead))
    said, accepted = said.translate(_RAISED), accepted.translate(_RAISED)
    if _complement(said, accepted):
        return False
    if "<" not in accepted:
        said = _ANGLED.sub(r"\1", said)
    if accepted.isalpha():  # "E-Tag" for "ETag"
        said = _INNER_HYPHEN.sub("", said)
    if accepted.strip().casefold() in (said.strip().casefold(), said.strip().strip("`'\"").casefold()):
        return True
    wanted, words = _plain(accepted), _plain(said)
    if _bracketed_otherwise(said, accepted):
        return False
    if not wanted:
        return any(
            signs_of(words) == "".join(accepted.split())
            for framed in _after_frames(said)
            for words in _before_tails(framed)
        )
    spoken = list(_spoken(said))
    if _pointed_otherwise(said, accepted):
        return _framed(words, wanted)
    if any(_squeezed(form) == _squeezed(accepted) for form in spoken):
        return True
    if _SIGNED.match(accepted) or any(_signs(form) - _signs(accepted) for form in spoken[:1]):
        return False
    if any(_squeezed(form, signs=False) == _squeezed(accepted, signs=False) for form in spoken if not _signs(form)):
        return True
    counted = canonical_numbers(words)
    if "#" not in words.split() and counted != words and _framed(_plain(counted), wanted):
        return True
    return _framed(words, wanted)


#: A number with a sign: the sign may not be left out.
_SIGNED = re.compile(r"\s*[-−+]\s*[\d.]")
_TAIL = frozenset(
    {"file", "statement", "command", "keyword", "function", "operator", "method", "signal", "error", "code", "status"}
    | {"protocol", "header", "language", "clause", "please", "then", "obviously", "sir", "exactly"}
    | {
        "license",
        "licence",
        "exception",
        "flag",
        "option",
        "switch",
        "symbol",
        "sign",
        "character",
        "attribute",
        "property",
    }
    | {"request", "verb", "redirect", "loop", "level", "response", "call", "block"}
    | {"variable", "type", "class", "module", "package", "library", "tool", "tag", "directory", "folder"}
)


def _framed(said: str, wanted: str) -> bool:
    """Whether ``said`` is ``wanted`` with only a frame around it ("the package json file")."""
    if said == wanted:
        return True
    before, found, after = f" {said} ".partition(f" {wanted} ")
    return bool(found) and _is_frame(before) and all(word in _TAIL for word in after.split())


def _is_frame(lead: str) -> bool:
    words = answer_text.normal(lead).split()
    return len(words) <= _MAX_FRAME_WORDS and all(word in _FRAME for word in words)


def _plain(text: str) -> str:
    """Words without lead-in, case and punctuation; notation as it is written ("c sharp", "o of one")."""
    return " ".join(token.text for token in notation(answer_text.bare(answer_text.tokens(text)), text))


def _spoken(said: str) -> Iterator[str]:
    """``said`` with symbols for their names, with and without a frame before it."""
    for framed in _after_frames(said):
        for words in _before_tails([_WRITTEN.get(word, word) for word in framed]):
            rest = " ".join(signed(words))
            yield rest
            yield canonical_numbers(rest)
            yield canonical_numbers(" ".join(words))
            yield spelled_out(rest)
            if "double" in words or "triple" in words:  # "double f"
                yield re.sub(
                    r"\b(double|triple) ([a-z0-9])\b", lambda found: found[2] * _TIMES[found[1]], " ".join(words)
                )
            digits = [_digit(word) for word in words]
            if len(digits) > 1 and all(digits):  # "zero six four four"
                yield "".join(digits)
            if "oh" in words:  # "dot oh dot oh"
                yield canonical_numbers(" ".join(signed(["zero" if word == "oh" else word for word in words])))
            if "version" in words:  # "ip version four", "TLS version 1.3"
                numbered = canonical_numbers(" ".join(words))
                yield from (re.sub(r"\bversion (?=\d)", short, numbered) for short in ("v", ""))


_TIMES = {"double": 2, "triple": 3}


def _before_tails(words: list[str]) -> Iterator[list[str]]:
    """``words``, and what is left without the nouns at their end that only say what is named ("the minus n flag")."""
    yield words
    while len(words) > 1 and words[-1] in _TAIL:
        words = words[:-1]
        yield words


def _digit(word: str) -> str:
    """The digit that a word is or names; "" for any other word."""
    if len(word) == 1 and word.isdecimal():
        return word
    number = canonical_numbers("zero" if word == "oh" else word)
    return number if len(number) == 1 and number.isdecimal() else ""


def _after_frames(said: str) -> Iterator[list[str]]:
    """The casefolded words of ``said``: all, and without each beginning that is only a frame."""
    words = [
        word
        for word in re.findall(r"\S+", said.strip(" .!?\"'`").casefold() or said)
        if word.strip(",") not in answer_text.HESITATIONS
    ]
    if len(words) > 4 and words[0] in ("the", "this", "that") and words[2:4] in (["is", "called"], ["is", "named"]):
        yield words[4:]  # "the setting is called …"
    for start in range(min(len(words), _MAX_FRAME_WORDS + 1)):
        if start and words[start - 1].strip(",:") not in _FRAME:
            return
        yield words[start:]


def _squeezed(text: str, *, signs: bool = True) -> str:
    """Without spaces and without punctuation that distinguishes nothing; "pp" for "++" as in "cpp"."""
    joined = "".join(text.casefold().split()).replace("++", "pp").replace("#", "sharp")
    return _TELLING.sub("", joined) if signs else re.sub(r"[\W_]", "", joined)


def _signs(text: str) -> set[str]:
    return set(_TELLING.sub("", text.casefold().replace("++", "").replace("#", ""))) - set(
        "abcdefghijklmnopqrstuvwxyz0123456789"
    )


def _wordlike(word: str) -> bool:
    """Whether a word can be misheard: not a flag, not a number."""
    return len(word) > 2 and word.isalpha() and re.search("[aeiouy]", word) is not None


def _sounds_same(answer: str, accepted: str) -> bool:
    """A phrase heard as other words ("get stash pop"): as many words, no digits among those that differ."""
    if _signs(re.sub(r"(?<=\w)-(?=\w)", " ", answer)) - _signs(accepted) - set("$@") or _bracketed_otherwise(
        answer, accepted
    ):
        return False
    said, meant = _plain(answer).split(), _plain(accepted).split()
    if _complement(answer, accepted) or len(meant) < 2 or len(said) != len(meant):
        return False
    differing = [(one, two) for one, two in zip(said, meant, strict=True) if one != two]
    if len(differing) >= len(meant) or any(not _wordlike(word) for pair in differing for word in pair):
        return False
    return sounds_like(" ".join(said), " ".join(meant))
