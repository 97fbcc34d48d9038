"""Days on the wire: a calendar day within living memory and foresight, and the from/to filters over days."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django_filters import DateFilter

from peoplesync.core.api.fields import DayField

EARLIEST, LATEST = date(1900, 1, 1), date(2999, 12, 31)


def day(**options: Any) -> DayField:
    """A `YYYY-MM-DD` from 1900 to 2999: beyond that it is a slip of the finger."""
    bounds = [
        MinValueValidator(EARLIEST, f"Give a day from {EARLIEST} on."),
        MaxValueValidator(LATEST, f"Give a day up to {LATEST}."),
    ]
    return DayField(validators=bounds, **options)


def day_filter(field: str, lookup: str) -> DateFilter:
    """A query parameter that is one `YYYY-MM-DD`."""
    return DateFilter(field_name=field, lookup_expr=lookup, input_formats=["%Y-%m-%d"])
