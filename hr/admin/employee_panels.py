"""What stands below an employee's form: her account, schedule, sites, leave, and what upper apps add."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from hr.models import Employee, Leave, ScheduleAssignment, User, WorkSite
from hr.models.scoping import subtree
from hr.selectors import leave_balances
from peoplesync.core.staff import acts, rights, show
from peoplesync.core.staff.model_admin import Link, Panel
from peoplesync.kernel.dates import ONE_DAY

BALANCE = ("Balance", "Asked for", "Left this year")
#: Upper apps add panels here: (request, employee) -> panels the reader may see.
sources: list[Callable[[HttpRequest, Employee], list[Panel]]] = []


def mentions(word: str) -> Q:
    """People whose name, number or address holds the word: one condition, answered by the trigram index."""
    return (
        Q(first_name__icontains=word)
        | Q(last_name__icontains=word)
        | Q(email__icontains=word)
        | Q(employee_number__icontains=word)
    )


def of(model_admin: Any, request: HttpRequest, row: Employee) -> list[Panel]:
    """The panels this reader may see."""
    own = [_account(request, row), _schedule(row), _sites(row), *_leave(model_admin, request, row)]
    return [
        panel for panel in [*own, *(one for source in sources for one in source(request, row))] if panel is not None
    ]


def _account(request: HttpRequest, row: Employee) -> Panel | None:
    if not rights.may(request, "users", "read"):
        return None
    users = User.objects.alive().filter(employee=row)
    cells = [
        (
            Link(user.email, reverse("admin:hr_user_change", args=[user.pk])),
            "May sign in" if user.is_active else "Locked out",
        )
        for user in users
    ]
    return Panel("Account", ("User", "State"), cells, "No account.")


def _schedule(row: Employee) -> Panel:
    own = ScheduleAssignment.objects.filter(employee=row).select_related("schedule").order_by("valid")
    cells = [(str(one.schedule), _first(one.valid), _last(one.valid)) for one in own]
    none = (
        "The department's or the organisation's. One of her own is assigned under Schedules, on that schedule's page."
    )
    return Panel("Own schedule", ("Schedule", "From", "To"), cells, none)


def _first(valid: Any) -> str:
    return show.day(valid.lower) if valid.lower else "always"


def _last(valid: Any) -> str:
    return show.day(valid.upper - ONE_DAY) if valid.upper else "open"


def _sites(row: Employee) -> Panel:
    """Sites for everybody, her own, and those of her department."""
    hers = Q(is_for_everyone=True) | Q(assignments__employee=row) | Q(assignments__department=row.department_id)
    sites = WorkSite.objects.alive().filter(hers).distinct()[:50]
    cells = [
        (Link(site.name, reverse("admin:hr_worksite_change", args=[site.pk])), f"{site.radius_metres} m")
        for site in sites
    ]
    return Panel("Work sites", ("Site", "Radius"), cells, "Anywhere.", numbers=("Radius",))


def _leave(model_admin: Any, request: HttpRequest, row: Employee) -> list[Panel]:
    if not _reads_leave(request, row):
        return []
    today = timezone.localdate()
    balances = leave_balances.balances([row.pk], today)[row.pk]
    sums = [
        (one.leave_type.capitalize(), *map(show.days, (one.balance, one.pending, one.available))) for one in balances
    ]
    moves = acts.buttons(model_admin, request, row, by_panel=True)
    latest = Leave.objects.alive().filter(employee=row).select_related("leave_type")[:10]
    cells = [
        (
            Link(
                f"{one.leave_type.name}, {show.span(one.start_date, one.end_date)}",
                reverse("admin:hr_leave_change", args=[one.pk]),
            ),
            show.days(one.days),
            one.get_status_display(),
        )
        for one in latest
    ]
    return [
        Panel("Leave balance today, in days", ("Kind", *BALANCE), sums, numbers=BALANCE, buttons=moves),
        Panel("Latest leave", ("Leave", "Days", "Status"), cells, numbers=("Days",)),
    ]


def _reads_leave(request: HttpRequest, row: Employee) -> bool:
    user: Any = request.user
    reach = rights.reach_of(request, "leaves", "read")
    if reach is rights.Scope.ALL or user.employee_id == row.pk:
        return reach is not rights.Scope.NONE
    if reach is not rights.Scope.DEPARTMENT or user.department_id is None:
        return False
    return Employee.objects.filter(pk=row.pk, department_id__in=subtree(user.department_id)).exists()
