"""Names for the ids that stand in logs: an id of a kind becomes the row's name and the page it leads to.

One statement for each kind on a page, and only rows the reader may see; what she may not, or what is gone, stays an id.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.urls import reverse


class Link(NamedTuple):
    """A cell that leads to another page."""

    text: str
    link: str


def link_to(row: models.Model) -> str:
    """The staff page of a row."""
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


class Names:
    """The names of some (kind, id) pairs for one reader. A kind is a model's name: `payroll_run`, `employee`."""

    def __init__(self, request: HttpRequest, pairs: Iterable[tuple[str, Any]]) -> None:
        wanted = defaultdict(set)
        for kind, value in pairs:
            if (key := _uuid(value)) is not None:
                wanted[_plain(kind)].add(key)
        self._found = {
            (kind, row.pk): Link(_name(row), link_to(row))
            for kind, keys in wanted.items()
            for row in _rows(request, kind, keys)
        }

    def of(self, kind: str, value: Any) -> Link | str:
        """The row's name with its page, else the value as it is."""
        key = _uuid(value)
        return self._found.get((_plain(kind), key)) or str(value) if key else str(value)


def kind_of(key: str) -> str:
    """What the value below a key of a log entry is an id of, or ids.

    >>> kind_of("employee_id"), kind_of("employee_ids"), kind_of("reason")
    ('employee', 'employee', '')
    """
    return next((key.removesuffix(ending) for ending in ("_id", "_ids") if key.endswith(ending)), "")


def has_page(kind: str) -> bool:
    """Whether rows of this kind have staff pages."""
    return _plain(kind) in {model._meta.model_name for model in admin.site._registry}


def _rows(request: HttpRequest, kind: str, keys: set[UUID]) -> Iterable[Any]:
    for model, page in admin.site._registry.items():
        if model._meta.model_name == kind and page.has_view_permission(request):
            beside = {*(page.list_select_related or ()), *(("employee",) if _is_about_somebody(model) else ())}
            return page.rows(request).filter(pk__in=keys).select_related(*beside)
    return ()


def _is_about_somebody(model: Any) -> bool:
    return any(field.name == "employee" and field.is_relation for field in model._meta.fields)


def _name(row: Any) -> str:
    """Its own name; in front the person it is about, where its own name does not say so."""
    name = str(row)
    person = str(row.employee) if _is_about_somebody(type(row)) and row.employee_id else ""
    return name if person in name else f"{person}, {name}"


def _plain(kind: str) -> str:
    return kind.replace("_", "")


def _uuid(value: Any) -> UUID | None:
    try:
        return value if isinstance(value, UUID) else UUID(value)
    except (AttributeError, TypeError, ValueError):
        return None
