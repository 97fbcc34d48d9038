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
from collections.abc import Callable, Hashable, Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache, lru_cache, partial
from json.encoder import encode_basestring_ascii
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
    return _writer_of(value.__class__)(value)


def fingerprint(value: object) -> str:
    """SHA-256 of the canonical JSON, in hexadecimal."""
    return hashlib.sha256(text(value).encode("ascii")).hexdigest()


def read(kind: type[T], source: str) -> T:
    """Rebuild the dataclass `kind` from its canonical JSON. Raises ValueError when the text is of another shape."""
    try:
        built: T = _reader_of(typing.cast("Hashable", kind))(json.loads(source))
    except (TypeError, KeyError, AttributeError, ArithmeticError) as wrong:
        raise ValueError(f"This is not the canonical JSON of {kind.__name__}") from wrong
    return built


def _quoted(value: Any) -> str:
    return f'"{value}"'


def _list(value: tuple[object, ...]) -> str:
    return f"[{','.join([_writer_of(item.__class__)(item) for item in value])}]"


#: How each type is written, found by its class: asked hundreds of times for one payslip.
_WRITERS: dict[type, Callable[[Any], str]] = {
    type(None): lambda value: "null",
    bool: lambda value: "true" if value else "false",
    int: str,
    str: encode_basestring_ascii,
    Decimal: lambda value: _quoted(plain_number(value)),
    date: lambda value: _quoted(value.isoformat()),
    tuple: _list,
}


def _writer_of(kind: type) -> Callable[[Any], str]:
    return _WRITERS.get(kind) or _new_writer(kind)


def _new_writer(kind: type) -> Callable[[Any], str]:
    """The writer of an enum or a dataclass, made once."""
    if issubclass(kind, Enum):
        _WRITERS[kind] = lambda value: text(value.value)
    elif dataclasses.is_dataclass(kind):
        fields = _fields_writer(kind)
        _WRITERS[kind] = lru_cache(maxsize=8192)(fields) if kind in _shared else fields
    else:
        raise TypeError(f"A {kind.__name__} has no canonical form; use Decimal, str, int, bool, date or a tuple")
    return _WRITERS[kind]


def _fields_writer(kind: Any) -> Callable[[Any], str]:
    layout = sorted((field.name, f'"{field.name}":', _is_empty(field.default)) for field in dataclasses.fields(kind))

    def written(value: object) -> str:
        parts = []
        for name, label, may_hide in layout:
            held = getattr(value, name)
            if not (may_hide and _is_empty(held)):
                parts.append(label + _writer_of(held.__class__)(held))
        return f"{{{','.join(parts)}}}"

    return written


@cache
def _reader_of(hint: Any) -> Callable[[Any], Any]:
    """What rebuilds a value of a type from plain JSON, made once: asked hundreds of times for one payslip."""
    if typing.get_origin(hint) is tuple:
        item = _reader_of(typing.get_args(hint)[0])
        return lambda data: tuple([item(entry) for entry in data])
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        real = _reader_of(next(option for option in typing.get_args(hint) if option is not types.NoneType))
        return lambda data: None if data is None else real(data)
    if dataclasses.is_dataclass(hint):
        return _fields_reader(hint)
    if hint is date:
        return date.fromisoformat
    if hint is Decimal or issubclass(hint, Enum):
        return typing.cast("Callable[[Any], Any]", hint)
    return partial(_checked, hint)


def _fields_reader(kind: Any) -> Callable[[Any], Any]:
    readers = {name: _reader_of(hint) for name, hint in typing.get_type_hints(kind).items()}

    def built(data: Mapping[str, Any]) -> Any:
        return kind(**{name: readers[name](held) for name, held in data.items()})

    if kind not in _shared:
        return built
    remembered = lru_cache(maxsize=8192)(lambda parts: built(dict(parts)))
    return lambda data: remembered(
        tuple([(name, tuple(held) if isinstance(held, list) else held) for name, held in data.items()])
    )


def _checked(kind: type, data: Any) -> Any:
    if not isinstance(data, kind):
        raise TypeError(f"{data!r} is not {kind.__name__}")
    return data
