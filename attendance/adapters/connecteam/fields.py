"""PURE. Reading bodies, query strings and path parts the way the vendor's validator does, with its texts and types.

Every fault is collected before the request is refused, digit strings count as numbers, fractions are cut off, unknown
keys are ignored. A value returned for a faulty field is a placeholder that `Problems.raise_any` keeps from being used.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from attendance.adapters import scalars
from attendance.adapters.connecteam.errors import Loc, Problem, Unprocessable
from attendance.adapters.text import is_storable

Query = Mapping[str, Sequence[str]]

#: The end of 2199, the last year this system keeps. Milliseconds lie far beyond it.
LARGEST_TIMESTAMP = 7_258_118_399
_TRUE = frozenset({"1", "on", "t", "true", "y", "yes"})
_FALSE = frozenset({"0", "off", "f", "false", "n", "no"})


class Problems:
    """The faults found so far in one request."""

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def add(self, loc: Loc, message: str, kind: str) -> None:
        self.found.append(Problem(loc, message, kind))

    def raise_any(self) -> None:
        """Raise Unprocessable (422) when anything was wrong."""
        if self.found:
            raise Unprocessable(self.found)


class Fields:
    """One JSON object of a body. Optional readers answer None for an absent or null key."""

    def __init__(self, source: Mapping[str, object], loc: Loc, problems: Problems) -> None:
        self._source = source
        self.loc = loc
        self.problems = problems

    @classmethod
    def of_body(cls, body: object, problems: Problems) -> Fields:
        """The whole body; a body that is not an object is refused at once, with that one fault."""
        if isinstance(body, Mapping):
            return cls(body, ("body",), problems)
        if body is None:
            raise Unprocessable([Problem(("body",), "field required", "value_error.missing")])
        raise Unprocessable([Problem(("body",), "value is not a valid dict", "type_error.dict")])

    def integer(self, key: str, *, at_least: int | None = None, at_most: int | None = None) -> int | None:
        value = self._source.get(key)
        return None if value is None else integer(value, (*self.loc, key), self.problems, at_least, at_most)

    def require_integer(self, key: str, *, at_least: int | None = None, at_most: int | None = None) -> int:
        self._require(key)
        return self.integer(key, at_least=at_least, at_most=at_most) or 0

    def text(self, key: str, *, min_length: int = 0) -> str | None:
        value = self._source.get(key)
        return None if value is None else text(value, (*self.loc, key), self.problems, min_length)

    def require_text(self, key: str, *, min_length: int = 0) -> str:
        self._require(key)
        return self.text(key, min_length=min_length) or ""

    def number(self, key: str) -> Decimal | None:
        value = self._source.get(key)
        return None if value is None else number(value, (*self.loc, key), self.problems)

    def boolean(self, key: str, *, default: bool) -> bool:
        value = self._source.get(key)
        if value is None:
            return default
        return boolean(value, (*self.loc, key), self.problems)

    def choice(self, key: str, permitted: Sequence[str], *, default: str) -> str:
        value = self._source.get(key)
        return default if value is None else choice(value, permitted, (*self.loc, key), self.problems)

    def nested(self, key: str) -> Fields | None:
        value = self._source.get(key)
        return None if value is None else self._as_object(value, (*self.loc, key))

    def require_nested(self, key: str) -> Fields:
        self._require(key)
        return self.nested(key) or self._muted((*self.loc, key))

    def items(self, key: str, *, at_most: int | None = None) -> list[tuple[Loc, object]]:
        """The members of an optional list with their places; empty when the list itself is faulty."""
        value, loc = self._source.get(key), (*self.loc, key)
        if value is None:
            return []
        if not isinstance(value, list | tuple):
            self.problems.add(loc, "value is not a valid list", "type_error.list")
            return []
        if at_most is not None and len(value) > at_most:
            self.problems.add(loc, f"ensure this value has at most {at_most} items", "value_error.list.max_items")
            return []
        return [((*loc, index), member) for index, member in enumerate(value)]

    def require_items(self, key: str, *, at_most: int | None = None) -> list[tuple[Loc, object]]:
        self._require(key)
        return self.items(key, at_most=at_most)

    def nested_list(self, key: str, *, at_most: int, required: bool = False) -> list[Fields]:
        read = self.require_items if required else self.items
        return [self._as_object(member, loc) for loc, member in read(key, at_most=at_most)]

    def texts(self, key: str, *, at_most: int | None = None) -> tuple[str, ...]:
        return tuple(text(member, loc, self.problems) for loc, member in self.items(key, at_most=at_most))

    def _require(self, key: str) -> None:
        if key not in self._source:
            self.problems.add((*self.loc, key), "field required", "value_error.missing")
        elif self._source[key] is None:
            self.problems.add((*self.loc, key), "none is not an allowed value", "type_error.none.not_allowed")

    def _as_object(self, value: object, loc: Loc) -> Fields:
        if isinstance(value, Mapping):
            return Fields(value, loc, self.problems)
        self.problems.add(loc, "value is not a valid dict", "type_error.dict")
        return self._muted(loc)

    def _muted(self, loc: Loc) -> Fields:
        """Stands for an object already found faulty: its missing members are not faults of their own."""
        return Fields({}, loc, Problems())


def integer(
    value: object, loc: Loc, problems: Problems, at_least: int | None = None, at_most: int | None = None
) -> int:
    """A whole number; a fraction loses its fraction, a string of digits counts."""
    found = scalars.whole(value) if isinstance(value, str) else scalars.truncated(value)
    if found is None:
        problems.add(loc, "value is not a valid integer", "type_error.integer")
        return 0
    if at_least is not None and found < at_least:
        message = f"ensure this value is greater than or equal to {at_least}"
        problems.add(loc, message, "value_error.number.not_ge")
    elif at_most is not None and found > at_most:
        problems.add(loc, f"ensure this value is less than or equal to {at_most}", "value_error.number.not_le")
    return found


def number(value: object, loc: Loc, problems: Problems) -> Decimal:
    found = scalars.exact(value)
    if found is None:
        problems.add(loc, "value is not a valid float", "type_error.float")
    return found or Decimal(0)


def text(value: object, loc: Loc, problems: Problems, min_length: int = 0) -> str:
    """A string; a number counts as its digits. What the database cannot hold is refused here."""
    if not isinstance(value, str) and scalars.exact(value) is not None:
        value = str(value)
    if not isinstance(value, str):
        problems.add(loc, "str type expected", "type_error.str")
        return ""
    if not is_storable(value):
        problems.add(loc, "value holds a character that cannot be stored", "value_error")
        return ""
    if len(value) < min_length:
        message = f"ensure this value has at least {min_length} characters"
        problems.add(loc, message, "value_error.any_str.min_length")
    return value


def boolean(value: object, loc: Loc, problems: Problems) -> bool:
    is_flag = value in (0, 1) if isinstance(value, int) else isinstance(value, str)
    word = str(value).strip().lower() if is_flag else ""
    if word not in _TRUE and word not in _FALSE:
        problems.add(loc, "value could not be parsed to a boolean", "type_error.bool")
    return word in _TRUE


def choice(value: object, permitted: Sequence[str], loc: Loc, problems: Problems) -> str:
    if isinstance(value, str) and value in permitted:
        return value
    named = ", ".join(f"'{member}'" for member in permitted)
    message = f"value is not a valid enumeration member; permitted: {named}"
    problems.add(loc, message, "type_error.enum")
    return permitted[0]


def day(value: object, loc: Loc, problems: Problems) -> date:
    """A day written `YYYY-MM-DD`, in the vendor's sentence when it is not."""
    found = scalars.day(value)
    if found is None:
        shown = value if isinstance(value, str) and is_storable(value) else ""
        message = f"Date must be a valid date and in the format yyyy-MM-dd (iso format) got {shown[:40]}".rstrip()
        problems.add(loc, message, "value_error")
    return found or date(1970, 1, 1)


def path_integer(name: str, value: str, *, at_least: int | None = None) -> int:
    """A path part that is a number. Raises Unprocessable (422)."""
    problems = Problems()
    found = integer(value, ("path", name), problems, at_least)
    problems.raise_any()
    return found
