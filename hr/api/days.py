"""Days on the wire: a calendar day within living memory and foresight, and the from/to filters over days."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django_filters import DateFilter

from peoplesync.core.api.fields import DayField
from peoplesync.kernel.dates import EARLIEST_DAY, LATEST_DAY

_BOUNDS = f"Give a day from {EARLIEST_DAY} to {LATEST_DAY}."


def day(**options: Any) -> DayField:
    """A `YYYY-MM-DD` within the bounds of the house."""
    bounds = [MinValueValidator(EARLIEST_DAY, _BOUNDS), MaxValueValidator(LATEST_DAY, _BOUNDS)]
    return DayField(validators=bounds, **options)


def between_days(until: str, since: str = "") -> Callable[[type], type]:
    """A class decorator: the filters with `from` and `to`, both inside, over the day in the column `until`.

    Of rows that last several days `until` is the last and `since` the first: found are those with a day in the span.
    """

    def widened(narrowed: type) -> type:
        # `from` is a word of Python's own, so it cannot be written as an attribute.
        days = {"from": _day_filter(until, "gte"), "to": _day_filter(since or until, "lte")}
        return type(narrowed.__name__, (narrowed,), {"__doc__": narrowed.__doc__, **days})

    return widened


def _day_filter(column: str, lookup: str) -> DateFilter:
    words = {"invalid": "Give a day of the calendar as YYYY-MM-DD."}
    return DateFilter(field_name=column, lookup_expr=lookup, input_formats=["%Y-%m-%d"], error_messages=words)
