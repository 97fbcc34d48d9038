"""Our rows by what staff call them: a person by her number, a place by its name. For files, commands and pages about vendors."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F, Value
from django.db.models.functions import Coalesce, Concat, NullIf

from attendance.models import BreakKind, TimeClock, WorkJob
from attendance.models.vendor_id import IdKind
from hr.models import Department, Employee, Schedule, User, WorkSite


@dataclass(frozen=True, slots=True)
class Named:
    """Which rows a kind of id stands for, what names one of them, and the word for that."""

    model: Any
    name: Any
    by: str


_JOB = Named(WorkJob, Coalesce(NullIf("code", Value("")), "name"), "code, or name where it has none")
_NAMED = {
    IdKind.PERSON.value: Named(Employee, F("employee_number"), "employee number"),
    IdKind.USER.value: Named(User, F("email"), "e-mail address"),
    IdKind.SITE.value: Named(WorkSite, F("name"), "name"),
    IdKind.DEPARTMENT.value: Named(Department, F("name"), "name"),
    IdKind.CLOCK.value: Named(TimeClock, F("name"), "name"),
    IdKind.JOB.value: _JOB,
    IdKind.CATEGORY.value: _JOB,
    IdKind.SCHEDULE.value: Named(Schedule, F("name"), "name"),
    IdKind.BREAK.value: Named(BreakKind, Concat("time_clock__name", Value(": "), "name"), "clock: break"),
}
#: Kinds whose rows have a name; planned shifts live in the vendor's planning alone.
NAMEABLE = frozenset(_NAMED)


def named_by(kind: str) -> str:
    """What a row of this kind is called by."""
    return _NAMED[kind].by


def by_names(kind: str, names: Iterable[str]) -> dict[str, list[UUID]]:
    """Name -> the living rows called so (several where a name is not unique); names of nothing are left out."""
    found: dict[str, list[UUID]] = {}
    for name, row_id in _rows(kind).filter(called__in=set(names)).order_by("pk").values_list("called", "pk"):
        found.setdefault(str(name), []).append(row_id)
    return found


def names(kind: str, row_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Row -> what it is called, in one statement; people with their names. Rows that are gone are still named."""
    wanted = list(row_ids)
    if kind not in _NAMED or not wanted:
        return {}
    if kind == IdKind.PERSON.value:
        return {person.pk: str(person) for person in Employee.objects.filter(pk__in=wanted)}
    shown = _NAMED[kind].model.objects.filter(pk__in=wanted).annotate(called=_NAMED[kind].name)
    return {row_id: str(name) for row_id, name in shown.values_list("pk", "called")}


def mentioning(kind: str, word: str) -> Any:
    """The ids of living rows whose name holds a word, for a search within a statement."""
    return _rows(kind).filter(called__icontains=word).values("pk")


def _rows(kind: str) -> Any:
    named = _NAMED[kind]
    return named.model.objects.alive().annotate(called=named.name)
