"""PURE. The small arithmetic people write component formulas in: numbers, names, + - * / ( ), min, max, round.

Text is tokenised and parsed here into a frozen tree and nothing else is ever executed. Length and depth are bounded
and there is no power operator, so no formula can take long or grow without limit. Which names exist is the
caller's business.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from payroll.engine.arithmetic import is_storable
from payroll.engine.canonical import plain_number
from peoplesync.kernel.errors import Invalid
from peoplesync.kernel.money import round_half_up

MAX_LENGTH = 500
MAX_DEPTH = 24
_MAX_DIGITS = 30

_TOKEN = re.compile(r"[ \t\r\n]*(?:([0-9]+(?:\.[0-9]+)?)|([A-Za-z_][A-Za-z0-9_]*)|([-+*/(),]))")


class FormulaError(Invalid):
    """A formula that cannot be read or worked out. The message names the formula and says what to change."""

    def __init__(self, formula: str, problem: str) -> None:
        shown = formula if len(formula) <= 80 else formula[:77] + "..."
        super().__init__(f'Formula "{shown}": {problem}', code="formula")


@dataclass(frozen=True, slots=True)
class Number:
    value: Decimal


@dataclass(frozen=True, slots=True)
class Name:
    name: str


@dataclass(frozen=True, slots=True)
class Negative:
    of: Node


@dataclass(frozen=True, slots=True)
class Operation:
    sign: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Call:
    function: str
    arguments: tuple[Node, ...]


Node = Number | Name | Negative | Operation | Call


def _minimum(arguments: list[Decimal]) -> Decimal:
    return min(arguments)


def _maximum(arguments: list[Decimal]) -> Decimal:
    return max(arguments)


def _rounded(arguments: list[Decimal]) -> Decimal:
    unit = arguments[1] if len(arguments) == 2 else Decimal(1)
    if unit <= 0:
        raise ZeroDivisionError("round needs a unit above zero")
    return round_half_up(arguments[0], unit)


#: Each function with the fewest and the most arguments it takes.
FUNCTIONS: Mapping[str, tuple[Callable[[list[Decimal]], Decimal], int, int]] = {
    "min": (_minimum, 2, 20),
    "max": (_maximum, 2, 20),
    "round": (_rounded, 1, 2),
}


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula that has been read. `text` is what the person wrote, `names` what it needs."""

    text: str
    root: Node
    names: frozenset[str]

    def evaluate(self, values: Mapping[str, Decimal]) -> Decimal:
        """Its value, unrounded. Raises FormulaError for an unknown name, a division by zero, a figure too large."""
        unknown = sorted(self.names - values.keys())
        if unknown:
            known = ", ".join(sorted(values)) or "none"
            raise FormulaError(self.text, f"nothing is called {unknown[0]} here. Known names: {known}.")
        try:
            value = _evaluate(self.root, values)
        except ZeroDivisionError:
            raise FormulaError(
                self.text,
                f"with these values it divides by zero: {self.with_values(values)}. Guard it with max(1, ...).",
            ) from None
        except ArithmeticError:
            raise FormulaError(self.text, "the figures become too large to work out.") from None
        if not is_storable(value):
            raise FormulaError(self.text, "the amount is too large to be paid.")
        return value

    def with_values(self, values: Mapping[str, Decimal]) -> str:
        """The formula with numbers in place of names.

        >>> parse("min(basic, 12000000) * 0.05").with_values({"basic": Decimal("9000000.00")})
        'min(9000000, 12000000) * 0.05'
        """
        return _shown(self.root, values, 0)


@lru_cache(maxsize=4096)
def parse(text: str) -> Formula:
    """Read a formula; the same one is the same for everybody. Raises FormulaError, which says where reading stopped.

    >>> parse("(basic + 500000) / 173 * 1.5").evaluate({"basic": Decimal(1_230_000)})
    Decimal('15000.0')
    """
    if len(text) > MAX_LENGTH:
        raise FormulaError(text, f"it has {len(text)} characters; write at most {MAX_LENGTH}.")
    reader = _Reader(text, _tokens(text))
    root = reader.sum(0)
    if reader.ahead:
        raise FormulaError(text, f'"{reader.ahead}" is not expected there. Check brackets and operators.')
    return Formula(text, root, frozenset(_names(root)))


def _tokens(text: str) -> list[str]:
    tokens, at, end = [], 0, len(text.rstrip(" \t\r\n"))
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None:
            left = text[at:].lstrip(" \t\r\n")
            raise FormulaError(text, f'"{left[:10]}" cannot be read. Use numbers, names, + - * / ( ), min, max, round.')
        tokens.append(match.group(match.lastindex or 0))
        at = match.end()
    return tokens


class _Reader:
    """Recursive descent: a sum of products of factors. One token of look-ahead, depth handed down and bounded."""

    def __init__(self, text: str, tokens: list[str]) -> None:
        self._text = text
        self._tokens = tokens
        self._at = 0

    @property
    def ahead(self) -> str:
        """The next token, or empty at the end."""
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def sum(self, depth: int) -> Node:
        node = self._product(depth)
        while self.ahead in ("+", "-"):
            node = Operation(self._take(), node, self._product(depth))
        return node

    def _product(self, depth: int) -> Node:
        node = self._factor(depth)
        while self.ahead in ("*", "/"):
            node = Operation(self._take(), node, self._factor(depth))
        return node

    def _factor(self, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise FormulaError(self._text, f"it is nested deeper than {MAX_DEPTH} levels. Split it into components.")
        piece = self._take()
        if piece == "-":
            return Negative(self._factor(depth + 1))
        if piece == "(":
            inner = self.sum(depth + 1)
            self._expect(")")
            return inner
        if piece[:1].isdigit():
            return self._number(piece)
        if piece in FUNCTIONS:
            return self._call(piece, depth + 1)
        if piece.isidentifier():
            return Name(piece)
        raise FormulaError(self._text, f'a number or a name is missing before "{piece or "the end"}".')

    def _number(self, piece: str) -> Node:
        if len(piece) > _MAX_DIGITS:
            raise FormulaError(self._text, f"the number {piece[:12]}... is longer than {_MAX_DIGITS} digits.")
        return Number(Decimal(piece))

    def _call(self, function: str, depth: int) -> Node:
        self._expect("(")
        arguments = [self.sum(depth)]
        while self.ahead == ",":
            self._take()
            arguments.append(self.sum(depth))
        self._expect(")")
        _, fewest, most = FUNCTIONS[function]
        if not fewest <= len(arguments) <= most:
            raise FormulaError(self._text, f"{function} takes {fewest} to {most} values, not {len(arguments)}.")
        return Call(function, tuple(arguments))

    def _take(self) -> str:
        piece = self.ahead
        self._at += 1
        return piece

    def _expect(self, piece: str) -> None:
        found = self._take()
        if found != piece:
            raise FormulaError(self._text, f'"{piece}" is missing before "{found or "the end"}".')


def _names(node: Node) -> set[str]:
    match node:
        case Number():
            return set()
        case Name(name):
            return {name}
        case Negative(of):
            return _names(of)
        case Operation(_, left, right):
            return _names(left) | _names(right)
        case Call(_, arguments):
            return set().union(*map(_names, arguments))


def _evaluate(node: Node, values: Mapping[str, Decimal]) -> Decimal:
    match node:
        case Number(value):
            return value
        case Name(name):
            return values[name]
        case Negative(of):
            return -_evaluate(of, values)
        case Operation(sign, left, right):
            return _operate(sign, _evaluate(left, values), _evaluate(right, values))
        case Call(function, arguments):
            return FUNCTIONS[function][0]([_evaluate(argument, values) for argument in arguments])


def _operate(sign: str, left: Decimal, right: Decimal) -> Decimal:
    if sign == "+":
        return left + right
    if sign == "-":
        return left - right
    if sign == "*":
        return left * right
    if right == 0:
        # Decimal calls 0 / 0 an invalid operation; to the reader of a formula both are divisions by zero.
        raise ZeroDivisionError
    return left / right


_STRENGTH = {"+": 1, "-": 1, "*": 2, "/": 2}


def _shown(node: Node, values: Mapping[str, Decimal], around: int) -> str:
    match node:
        case Number(value):
            return plain_number(value)
        case Name(name):
            known = values.get(name)
            return name if known is None else _bracketed(plain_number(known), known < 0 and around > 0)
        case Negative(of):
            return _bracketed(f"-{_shown(of, values, 3)}", around > 0)
        case Operation(sign, left, right):
            strength = _STRENGTH[sign]
            # One more on the right: a - (b - c) keeps its brackets, a - b - c needs none.
            inner = f"{_shown(left, values, strength)} {sign} {_shown(right, values, strength + 1)}"
            return _bracketed(inner, strength < around)
        case Call(function, arguments):
            return f"{function}({', '.join(_shown(argument, values, 0) for argument in arguments)})"


def _bracketed(inner: str, is_needed: bool) -> str:
    return f"({inner})" if is_needed else inner
