"""Query filters the contract needs: strict words, and ordering from an allow-list with a stable end."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import Q

#: Words of a search beyond these are not looked at: each costs an index scan.
MAXIMUM_WORDS = 6
MAXIMUM_SEARCH = 200
#: What Django calls the faults of a number.
_WRONG_NUMBERS = ("invalid", "min_value", "max_value", "max_decimal_places", "max_digits", "max_whole_digits")


class _WordField(django_filters.ChoiceFilter.field_class):  # type: ignore[misc]  # the library names it only so
    """A choice whose letters' case does not matter: Python's clients write True."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(value).lower()


class BooleanWordFilter(django_filters.ChoiceFilter):
    """`true` or `false`, in any case; anything else is a 400, where the library would ignore it."""

    field_class = _WordField

    def __init__(self, **options: Any) -> None:
        options.setdefault("error_messages", {"invalid_choice": "Give true or false."})
        super().__init__(choices=[("true", "true"), ("false", "false")], **options)

    def filter(self, rows: Any, value: Any) -> Any:
        return rows.filter(**{str(self.field_name): value == "true"}) if value else rows


class OrderingFilter(django_filters.OrderingFilter):
    """`ordering=-hired_at,employee_number` from an allow-list; the id at the end keeps pages stable."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        names = ", ".join(name for name, _ in self.extra["choices"] if not name.startswith("-"))
        self.extra["error_messages"] = {"invalid_choice": f"Give names of: {names}; with - before one it descends."}

    def filter(self, rows: Any, value: Any) -> Any:
        ordered = super().filter(rows, value)
        return ordered.order_by(*ordered.query.order_by, "id") if value else ordered


class SearchFilter(django_filters.CharFilter):
    """Every word must occur in one of the columns, in any case."""

    def __init__(self, *, columns: tuple[str, ...], **options: Any) -> None:
        super().__init__(max_length=MAXIMUM_SEARCH, error_messages=_too_long(MAXIMUM_SEARCH), **options)
        self.columns = columns

    def filter(self, rows: Any, value: Any) -> Any:
        for word in (value or "").split()[:MAXIMUM_WORDS]:
            anywhere = Q()
            for column in self.columns:
                anywhere |= Q(**{f"{column}__icontains": word})
            rows = rows.filter(anywhere)
        return rows


class InOrder(forms.Form):
    """`to` lies not before `from`: an empty answer would look like one where nothing happened."""

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        first, last = values.get("from"), values.get("to")
        if first and last and last < first:
            self.add_error("to", "The last day is before the first. Give the days in their order.")
        return values


class FilterSet(django_filters.FilterSet):
    """Unknown parameters are ignored; a known one with a value it cannot have is a 400 that names it."""

    class Meta:
        fields: list[str] = []
        form = InOrder


def uuid_filter(field_name: str, **options: Any) -> django_filters.UUIDFilter:
    """Rows whose column is this id; what is no UUID is a 400."""
    words = {"invalid": "Give an id: a UUID of 36 characters."}
    return django_filters.UUIDFilter(field_name=field_name, error_messages=words, **options)


def text_filter(field_name: str, *, maximum: int) -> django_filters.CharFilter:
    """Rows whose column is exactly this text."""
    return django_filters.CharFilter(field_name=field_name, max_length=maximum, error_messages=_too_long(maximum))


def _too_long(maximum: int) -> dict[str, str]:
    return {"max_length": f"Give at most {maximum} characters."}


def number_filter(field_name: str, *, least: int, most: int) -> django_filters.NumberFilter:
    """Rows whose column is this whole number; one that is none, or out of bounds, is a 400."""
    words = dict.fromkeys(_WRONG_NUMBERS, f"Give a whole number from {least} to {most}.")
    return django_filters.NumberFilter(
        field_name=field_name, min_value=least, max_value=most, decimal_places=0, error_messages=words
    )


def choice_filter(field_name: str, choices: Any, **options: Any) -> django_filters.ChoiceFilter:
    """One of the contract's words; another is a 400."""
    words = {"invalid_choice": f"Give one of: {', '.join(value for value, _ in choices)}."}
    return django_filters.ChoiceFilter(field_name=field_name, choices=choices, error_messages=words, **options)
