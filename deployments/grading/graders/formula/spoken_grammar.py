"""The grammar of spoken formulas: it puts the parentheses, commas and quotation marks that speech leaves out.

"if a2 is at least 90 then a otherwise b" is ``IF(A2>=90,"a","b")``; "count if a2 to a21 is greater than 10" is
``COUNTIF(A2:A21,">10")``. The number of arguments of a function decides where an unspoken parenthesis closes.
"""

from __future__ import annotations

from collections.abc import Sequence

from deployments.grading.graders.formula.engine.registry import FUNCTIONS, MAX_ARGUMENTS
from deployments.grading.graders.formula.engine.syntax import PRECEDENCE, UNARY
from deployments.grading.graders.formula.spoken_words import Word

_PLURAL = {"SUM": "SUMIFS", "AVERAGE": "AVERAGEIFS", "MAX": "MAXIFS", "MIN": "MINIFS", "COUNT": "COUNTIFS"}
_WITH_RESULTS = frozenset({"SUMIFS", "AVERAGEIFS", "MAXIFS", "MINIFS"})
_CONDITIONAL = frozenset({"COUNTIF", "COUNTIFS", "SUMIF", "AVERAGEIF"}) | _WITH_RESULTS
_LOOKUPS = frozenset({"VLOOKUP", "HLOOKUP", "XLOOKUP", "MATCH", "XMATCH", "LOOKUP"})
_CONNECTORS = frozenset({"of", "for", "from", "on", "in", "over", "by", "to", "at", "with", "using", "a", "an"})
#: Functions of one argument or more whose first is a whole expression, not one operand.
_WHOLE_FIRST = frozenset({"IFERROR", "IFNA", "AND", "OR", "NOT", "ABS"})
#: Words that stand for a comma: "round a2 to 2", "rank a2 within a2 to a9".
_SEPARATING = frozenset({"in", "from", "to", "within", "with", "by"})
_MAX_DEPTH = 20


class NotUnderstood(Exception):
    """The words are not a formula."""


class SpokenParser:
    """Reads a list of words; ``formula`` gives the text of the formula, without ``=``."""

    def __init__(self, words: Sequence[Word]) -> None:
        self._words = list(words)
        self._at = 0
        self._depth = 0
        self._opened = 0

    def formula(self) -> str:
        """Raises NotUnderstood."""
        while self._is("operator", "=") or self._kind() in ("word", "comma", "then"):
            self._at += 1
        made = self._expression()
        while self._kind() in ("close", "bracket"):
            self._at += 1
        if any(word.kind not in ("word", "comma", "then") for word in self._words[self._at :]):
            raise NotUnderstood
        return made

    def _kind(self, ahead: int = 0) -> str:
        place = self._at + ahead
        return self._words[place].kind if place < len(self._words) else "end"

    def _text(self, ahead: int = 0) -> str:
        place = self._at + ahead
        return self._words[place].text if place < len(self._words) else ""

    def _is(self, kind: str, text: str) -> bool:
        return self._kind() == kind and self._text() == text

    def _skip(self, *kinds: str) -> bool:
        if self._kind() in kinds:
            self._at += 1
            return True
        return False

    def _connect(self) -> None:
        """Pass over "of", "from", "in" before an operand."""
        while self._kind() == "word" and self._text() in _CONNECTORS and not self._literal_a():
            self._at += 1

    def _literal_a(self) -> bool:
        """Whether the word "a" is a text and not an article: no noun follows."""
        return self._text() in ("a", "an") and self._kind(1) in ("end", "comma", "else", "then", "close", "bracket")

    def _expression(self, least: int = 0) -> str:
        left = self._operand()
        while True:
            if self._kind() in ("squared", "percent"):
                left += self._text()
                self._at += 1
                continue
            if self._kind() == "blank":
                left = f'{left}{self._text()}""'
                self._at += 1
                continue
            if self._kind() == "between" and least == 0:
                self._at += 1
                low = self._expression(1)
                self._skip("comma")
                if self._kind() == "function" and self._text() == "AND":
                    self._at += 1
                return f"AND({left}>={low},{left}<={self._expression(1)})"
            sign = "=" if self._says_equal() else self._text() if self._kind() == "operator" else ""
            own = PRECEDENCE.get(sign)
            if own is None or own <= least:
                return left
            self._at += 1
            left = f"{left}{sign}{self._expression(own)}"

    def _says_equal(self) -> bool:
        """ "a2 is north"."""
        return self._kind() == "word" and self._text() in ("is", "are") and self._kind(1) != "end"

    def _operand(self) -> str:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise NotUnderstood
        try:
            return self._one()
        finally:
            self._depth -= 1

    def _one(self) -> str:
        self._connect()
        kind, text = self._kind(), self._text()
        if kind == "end":
            raise NotUnderstood
        if kind == "word":
            return self._literal()
        self._at += 1
        match kind:
            case "cell" | "number" | "value" | "blank-text":
                return text
            case "text":
                return _quoted(text)
            case "blank" if text == "=":
                return f"ISBLANK({self._expression(UNARY)})"
            case "open" | "bracket":
                self._opened += 1
                inner = self._expression()
                self._skip("close", "bracket")
                self._opened -= 1
                return f"({inner})"
            case "operator" if text in ("-", "+"):
                return text + self._expression(UNARY)
            case "verb":
                return self._verb(text)
            case "function":
                return self._call(text)
            case _:
                raise NotUnderstood

    def _literal(self) -> str:
        """Words outside the grammar: a text, inside a call only."""
        said: list[str] = []
        while self._kind() == "word" and len(said) < 6:
            said.append(self._text())
            self._at += 1
        if self._depth < 2:
            raise NotUnderstood
        return _quoted(" ".join(said))

    def _verb(self, sign: str) -> str:
        """ "multiply a2 by b2", "subtract a2 from b2"."""
        one = self._expression(PRECEDENCE[sign])
        backwards = sign == "-" and self._is("word", "from")
        if self._is("function", "AND") or self._kind() in ("word", "where"):
            self._at += 1
        other = self._expression(PRECEDENCE[sign])
        return f"{other}{sign}{one}" if backwards else f"{one}{sign}{other}"

    def _call(self, name: str) -> str:
        if name in _CONDITIONAL:
            return self._conditional(name)
        if name == "IF":
            return self._if()
        function = FUNCTIONS.get(name)
        least, most = (function.least, function.most) if function is not None else (1, MAX_ARGUMENTS)
        if name in ("TODAY", "NOW", "RAND"):
            most = 0
        if most == 0:
            while self._kind() in ("open", "close", "bracket"):
                self._at += 1
            return f"{name}()"
        explicit = self._explicit(name, least)
        return explicit if explicit is not None else self._implicit(name, least, most)

    def _explicit(self, name: str, least: int) -> str | None:
        """A call whose parentheses are said; None when the first parenthesis only groups ("round open a2 minus b2 close
        divided by a2 comma 2")."""
        start = self._at
        if not self._skip("open", "bracket"):
            return None
        self._opened += 1
        arguments = self._arguments(MAX_ARGUMENTS)
        self._opened -= 1
        self._skip("close", "bracket")
        if len(arguments) < least and self._kind() in ("operator", "comma"):
            self._at = start
            return None
        return f"{name}({','.join(arguments)})"

    def _implicit(self, name: str, least: int, most: int) -> str:
        """A call without parentheses: it ends where the function has all its arguments, or with the commas."""
        self._skip("comma")
        self._connect()
        nested = self._depth > 1
        arguments = [self._expression(0 if least > 1 or name in _WHOLE_FIRST else UNARY + 1)]
        while len(arguments) < most:
            start = self._at
            if not self._separated(name, least, most):
                break
            # In a nested call the last argument takes no sum: "left of a2 comma find of space comma a2 minus 1".
            logical = name in ("AND", "OR")
            tight = nested and not logical and len(arguments) + 1 >= least
            argument = self._expression(PRECEDENCE["+"] if tight else 0)
            if logical and nested and not any(sign in argument for sign in "<>="):
                self._at = start  # the rest belongs to the IF around it
                break
            arguments.append(argument)
        if self._kind() == "where" and name in _PLURAL:
            self._at += 1
            if self._kind() == "operator":  # "count the values in a2 to a9 that are above 10"
                return f"{_PLURAL[name]}({','.join([*_results(name, arguments), arguments[-1], self._criterion()])})"
            results = _results(name, arguments)
            return f"{_PLURAL[name]}({','.join([*results, *self._conditions()])})"
        if not self._opened:
            self._skip("close")
        return f"{name}({','.join(arguments)})"

    def _separated(self, name: str, least: int, most: int) -> bool:
        """Pass over whatever separates arguments; False when the call ends here."""
        if self._kind() == "comma" or (self._kind() == "where" and name == "FILTER"):
            self._at += 1
            return True
        if most > 1 and self._kind() == "word" and self._text() in _SEPARATING and self._kind(1) in ("cell", "number"):
            self._at += 1
            return True
        if self._is("function", "AND") and most == MAX_ARGUMENTS and self._kind(1) in ("cell", "number", "function"):
            self._at += 1
            return True
        if self._kind() == "number":
            return 1 < most < MAX_ARGUMENTS
        return name in _LOOKUPS and self._kind() == "value"

    def _arguments(self, most: int) -> list[str]:
        found = [self._expression()]
        while len(found) < most and self._skip("comma"):
            found.append(self._expression())
        return found

    def _if(self) -> str:
        """IF with "then" and "otherwise", or with commas."""
        self._skip("open", "bracket")
        test = self._condition()
        while self._skip("comma", "then"):
            pass
        yes = self._expression()
        self._skip("comma")
        if not self._skip("else") and self._kind(-1) != "comma":
            self._skip("close", "bracket")
            return f"IF({test},{yes})"
        self._skip("comma")
        no = self._expression()
        self._skip("close", "bracket")
        return f"IF({test},{yes},{no})"

    def _condition(self) -> str:
        """Comparisons joined by "and" or "or"."""
        found = [self._expression()]
        joined = ""
        while self._kind() == "function" and self._text() in ("AND", "OR") and joined in ("", self._text()):
            joined = self._text()
            self._at += 1
            found.append(self._expression())
        return f"{joined}({','.join(found)})" if joined else found[0]

    def _conditional(self, name: str) -> str:
        self._skip("open", "bracket")
        self._connect()
        arguments: list[str] = []
        if name in _WITH_RESULTS:
            arguments.append(self._range())
            self._skip("comma", "where")
            self._pass_if()
        arguments += self._conditions()
        if name in ("SUMIF", "AVERAGEIF"):
            if self._skip("comma", "then") or self._kind() in ("word", "function"):
                self._pass_words()
            if self._kind() == "cell":
                arguments.append(self._range())
        self._skip("close", "bracket")
        return f"{name}({','.join(arguments)})"

    def _pass_if(self) -> None:
        while self._is("function", "IF") or self._is("word", "for"):
            self._at += 1

    def _pass_words(self) -> None:
        while self._kind() == "word" or self._is("function", "SUM"):
            self._at += 1

    def _range(self) -> str:
        while self._kind() == "word" and "cell" in (self._kind(1), self._kind(2), self._kind(3)):
            self._at += 1  # "the region in a2 to a9"
        if self._kind() != "cell":
            raise NotUnderstood
        self._at += 1
        return self._text(-1)

    def _conditions(self) -> list[str]:
        """Pairs of a range and a criterion, joined by "and" or commas."""
        found: list[str] = []
        while True:
            found.append(self._range())
            self._skip("comma")
            found.append(self._criterion())
            following = self._kind(1) == "cell" and (self._kind() == "comma" or self._is("function", "AND"))
            if not following or not self._more_conditions():
                return found
            self._at += 1

    def _more_conditions(self) -> bool:
        """Whether a criterion follows the range that comes next; it may be the range to sum."""
        return self._kind(2) not in ("end", "close", "bracket")

    def _criterion(self) -> str:
        if self._kind() == "blank":
            self._at += 1
            return '""' if self._text(-1) == "=" else '"<>"'
        sign = ""
        if self._kind() == "operator" and self._text() in (">", "<", ">=", "<=", "<>", "="):
            sign = "" if self._text() == "=" else self._text()
            self._at += 1
        elif self._kind() == "word" and self._text() in ("is", "are"):
            self._at += 1
        value = self._expression(2)
        if not sign:
            return value
        if value.startswith('"'):
            return f'"{sign}{value[1:]}'
        plain = value.replace(".", "", 1).lstrip("-").isdigit()
        return f'"{sign}{value}"' if plain else f'"{sign}"&{value}'


def _results(name: str, arguments: list[str]) -> list[str]:
    return [] if name == "COUNT" else arguments


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
