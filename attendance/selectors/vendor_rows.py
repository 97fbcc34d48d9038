"""Our rows by what staff call them: a person by her number, a place by its name. For files, commands and pages about vendors."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Case, F, OuterRef, Q, Subquery, TextField, Value, When
from django.db.models.functions import Coalesce, Concat, NullIf

from attendance.models import BreakKind, TimeClock, WorkJob
from attendance.models.vendor_id import IdKind
from hr.models import Department, Employee, Schedule, User, WorkSite
from peoplesync.kernel.errors import Invalid


@dataclass(frozen=True, slots=True)
class Named:
    """Which rows a kind of id stands for, what names one of them, and the word for that."""

    model: Any
    name: Any
    by: str


_PERSON = Concat("employee_number", Value(" "), "first_name", Value(" "), Coalesce("last_name", Value("")))
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
#: How the rows of each kind are called.
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


def one(kind: str, name: str) -> UUID:
    """The living row called so. Raises Invalid when there is none, or more than one."""
    found = by_names(kind, [name]).get(name, [])
    if len(found) != 1:
        raise Invalid(f"There is {'more than one' if found else 'no'} {kind} {name!r}.", code="unknown_record")
    return found[0]


def with_names(rows: Any, *, is_for_people: bool = True) -> Any:
    """Vendors' ids with what each row is called as `called`.

    Not for people but for a file: what `by_names` finds again, and null for rows that are gone.
    """
    cases = [When(kind=kind, then=Subquery(_called(kind, is_for_people))) for kind in _NAMED]
    return rows.annotate(called=Case(*cases, default=Value(""), output_field=TextField()))


def _called(kind: str, is_for_people: bool) -> Any:
    named = _NAMED[kind]
    name = _PERSON if is_for_people and kind == IdKind.PERSON.value else named.name
    rows = named.model.objects.all() if is_for_people else named.model.objects.alive()
    return rows.filter(pk=OuterRef("object_id")).values(said=name)


def mentioning(word: str) -> Q:
    """Which of the vendors' ids stand for a row whose name, or whose id, holds a word."""
    found = Q(external_id__icontains=word)
    for kind, named in _NAMED.items():
        rows = named.model.objects.annotate(said=_PERSON if kind == IdKind.PERSON.value else named.name)
        found |= Q(kind=kind, object_id__in=rows.filter(said__icontains=word).values("pk"))
    return found


def _rows(kind: str) -> Any:
    named = _NAMED[kind]
    return named.model.objects.alive().annotate(called=named.name)
