"""Days on the wire: a calendar day within living memory and foresight, and the from/to filters over days."""

from __future__ import annotations

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


def day_filter(field: str, lookup: str) -> DateFilter:
    """A query parameter that is one `YYYY-MM-DD`."""
    return DateFilter(field_name=field, lookup_expr=lookup, input_formats=["%Y-%m-%d"])
