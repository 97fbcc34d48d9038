"""PURE. Frozen facts to bytes and back, in exactly one way, so that a fingerprint proves sameness.

Keys sorted, decimals as plain strings without trailing zeros, dates in ISO form. A field whose default is empty (None,
an empty tuple or text, False) is left out while it is empty: a field added later does not change the fingerprint
of what was stored before it existed. Any other default is written out, because defaults may change.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import types
import typing
from collections.abc import Hashable, Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache, lru_cache
from typing import Any, TypeVar

T = TypeVar("T")

#: Kinds whose values are the same for many employees: worked out once and remembered.
_shared: set[type] = set()


def shared(kind: type[T]) -> type[T]:
    """Class decorator for frozen facts that many employees have in common, such as components."""
    _shared.add(kind)
    return kind


def _is_empty(value: object) -> bool:
    # Spelled out: `in (None, (), "", False)` would call a Decimal zero empty, because it equals False.
    return value is None or value is False or value == "" or value == ()


def plain_number(number: Decimal) -> str:
    """A decimal as digits: no exponent, no trailing zeros, no negative zero.

    >>> [plain_number(Decimal(n)) for n in ("5.00", "1E+3", "-0.0", "0.10")]
    ['5', '1000', '0', '0.1']
    """
    digits = format(number, "f")
    if "." in digits:
        digits = digits.rstrip("0").rstrip(".")
    return "0" if digits == "-0" else digits


def brief(number: Decimal) -> str:
    """A number for a sentence: the same for equal numbers however they were written, and never a page of digits."""
    digits = plain_number(number) if number.is_finite() and abs(number.adjusted()) < 40 else str(number)
    return digits if len(digits) <= 40 else f"{number:.3e}"


def text(value: object) -> str:
    """The canonical JSON of a frozen dataclass. Raises TypeError for a float or any other type it does not know."""
    return _remembered_text(value) if value.__class__ in _shared else _text(value)


def _text(value: object) -> str:
    return json.dumps(_to_plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=True)


@lru_cache(maxsize=8192)
def _remembered_text(value: Hashable) -> str:
    return _text(value)


@lru_cache(maxsize=8192)
def _remembered_plain(value: Hashable) -> dict[str, object]:
    return _plain_fields(value)


def _plain_fields(value: object) -> dict[str, object]:
    return {name: _to_plain(held) for name, held in _written(value)}


def fingerprint(value: object) -> str:
    """SHA-256 of the canonical JSON, in hexadecimal."""
    return hashlib.sha256(text(value).encode("ascii")).hexdigest()


def read(kind: type[T], source: str) -> T:
    """Rebuild the dataclass `kind` from its canonical JSON. Raises ValueError when the text is of another shape."""
    try:
        built: T = _from_plain(kind, json.loads(source))
    except (TypeError, KeyError, AttributeError, ArithmeticError) as wrong:
        raise ValueError(f"This is not the canonical JSON of {kind.__name__}") from wrong
    return built


def _to_plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, Decimal):
        return plain_number(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_to_plain(item) for item in value]
    if dataclasses.is_dataclass(value):
        is_shared = value.__class__ in _shared
        return _remembered_plain(typing.cast("Hashable", value)) if is_shared else _plain_fields(value)
    raise TypeError(f"A {type(value).__name__} has no canonical form; use Decimal, str, int, bool, date or a tuple")


def _written(value: Any) -> list[tuple[str, object]]:
    pairs = [(name, getattr(value, name), may_hide) for name, may_hide in _layout(value.__class__)]
    return [(name, held) for name, held, may_hide in pairs if not (may_hide and _is_empty(held))]


@cache
def _layout(kind: Hashable) -> tuple[tuple[str, bool], ...]:
    """Each field's name, and whether it is left out while empty."""
    return tuple((f.name, _is_empty(f.default)) for f in dataclasses.fields(typing.cast("Any", kind)))


@cache
def _hints(kind: Hashable) -> Mapping[str, Any]:
    return typing.get_type_hints(typing.cast("Any", kind))


def _from_plain(hint: Any, data: Any) -> Any:
    if typing.get_origin(hint) is tuple:
        item = typing.get_args(hint)[0]
        return tuple(_from_plain(item, entry) for entry in data)
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        real = next(option for option in typing.get_args(hint) if option is not types.NoneType)
        return None if data is None else _from_plain(real, data)
    if dataclasses.is_dataclass(hint):
        build = typing.cast("Any", hint)
        return build(**{name: _from_plain(_hints(build)[name], held) for name, held in data.items()})
    if hint is date:
        return date.fromisoformat(data)
    if hint is Decimal or issubclass(hint, Enum):
        return hint(data)
    if not isinstance(data, hint):
        raise TypeError(f"{data!r} is not {hint.__name__}")
    return data
