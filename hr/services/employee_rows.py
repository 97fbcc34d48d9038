"""What a cell of an employee file means: text as it is given, dates, money, words. Nothing is looked up here."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from hr.models import Employee, EmployeeStatus
from peoplesync.kernel.dates import EARLIEST_DAY, LATEST_DAY, is_zone_name

_LONGEST = {"department": 150} | {
    column.name: column.max_length for column in Employee._meta.concrete_fields if column.max_length
}
_MOST = Decimal(10) ** 36
_CENT = Decimal("0.01")


class BadRow(Exception):
    """Why a row cannot be taken, a sentence per cell."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences


def values(cells: Mapping[str, str]) -> dict[str, Any]:
    """The row's values by column, `department` still as it was written; empty cells are None, for "not said". Raises BadRow.

    Text stays text, also where it looks like a formula.
    """
    found: dict[str, Any] = {}
    troubles: list[str] = []
    for name, cell in cells.items():
        try:
            found[name] = _value(name, cell.strip())
        except ValueError as trouble:
            troubles.append(f"{name}: {trouble}")
    troubles += _together(found) if not troubles else []
    if troubles:
        raise BadRow(troubles)
    return found


def _value(name: str, text: str) -> Any:
    if any(unicodedata.category(letter) == "Cc" for letter in text):
        raise ValueError("holds a control character or a line break. Remove it.")
    if not text:
        if name in ("employee_number", "first_name"):
            raise ValueError("is empty. Every row needs it.")
        return None
    return _READERS.get(name, _text)(name, text)


def _text(name: str, text: str) -> str:
    longest = _LONGEST.get(name)
    if longest and len(text) > longest:
        raise ValueError(f"is longer than {longest} characters.")
    return text


def _email(name: str, text: str) -> str:
    try:
        validate_email(text)
    except ValidationError:
        raise ValueError(f"{text!r} is not an e-mail address.") from None
    return _text(name, text)


def _date(name: str, text: str) -> date:
    try:
        found = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        found = None
    if found is None or not EARLIEST_DAY <= found <= LATEST_DAY:
        raise ValueError(f"{text!r} is not a date. Write it as 2026-11-22.")
    return found


def _money(name: str, text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or not 0 <= amount < _MOST or amount != amount.quantize(_CENT):
        raise ValueError(f"{text!r} is not an amount. Write digits with a point, such as 8500000 or 8500000.50.")
    return amount


def _status(name: str, text: str) -> str:
    word = text.lower()
    if word not in EmployeeStatus.values:
        raise ValueError(f"{text!r} is unknown. Use one of {', '.join(EmployeeStatus.values)}.")
    return word


def _zone(name: str, text: str) -> str:
    if not is_zone_name(text):
        raise ValueError(f"{text!r} is not an IANA time zone name, such as Asia/Jakarta.")
    return text


_READERS: dict[str, Callable[[str, str], Any]] = {
    "email": _email,
    "hired_at": _date,
    "ended_on": _date,
    "current_salary": _money,
    "status": _status,
    "timezone": _zone,
}


def _together(found: Mapping[str, Any]) -> list[str]:
    """What cells say to each other."""
    hired_at, ended_on = found.get("hired_at"), found.get("ended_on")
    if hired_at and ended_on and ended_on < hired_at:
        return [f"ended_on: {ended_on} is before hired_at, {hired_at}."]
    if found.get("status") == EmployeeStatus.TERMINATED and not ended_on:
        return ["ended_on: is needed with status terminated, because pay follows the dates."]
    return []
