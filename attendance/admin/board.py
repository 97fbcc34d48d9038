"""The live board: who is in, late, out, on leave or away, by department and site."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import admin
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from attendance.models import Attendance
from attendance.selectors import board
from hr.models import Department, WorkSite
from peoplesync.core.staff import show
from peoplesync.core.staff.site import Figure, Page, shown_on

TITLES = {"in": "In", "late": "Late", "out": "Gone", "leave": "On leave", "away": "Not here"}
PER_PAGE = 50


def chosen_id(request: HttpRequest, name: str) -> UUID | None:
    """An id from the address; anything else is nothing chosen."""
    try:
        return UUID(request.GET.get(name, ""))
    except ValueError:
        return None


def view(request: HttpRequest) -> HttpResponse:
    on = timezone.localdate()
    department_id, site_id = chosen_id(request, "department"), chosen_id(request, "site")
    state = request.GET.get("state", "in")
    state = state if state in board.STATES else "in"
    everybody = board.people(request.user, on, department_id=department_id, site_id=site_id)
    counts = board.counts(everybody, on)
    listed = board.in_state(everybody, state, on).select_related("department").order_by("first_name", "last_name", "pk")
    page = Paginator(listed, PER_PAGE).get_page(request.GET.get("page"))
    chosen = {name: str(pk) for name, pk in (("department", department_id), ("site", site_id)) if pk}
    values = {
        "on": f"{on:%A, %-d %B %Y}",
        "at": show.instant(timezone.now()),
        "tabs": [_tab(name, counts[name], name == state, chosen) for name in board.STATES],
        "lines": [_cells(line) for line in board.lines(list(page.object_list), on)],
        "page": page,
        "state": state,
        "query": urlencode({**chosen, "state": state}),
        "departments": Department.objects.alive().order_by("name")[:500],
        "sites": WorkSite.objects.alive().order_by("name")[:500],
        "department": chosen.get("department", ""),
        "site": chosen.get("site", ""),
    }
    return shown_on(request, "Who is in now", "admin/presence/board.html", values)


def _tab(name: str, count: int, is_shown: bool, chosen: dict[str, str]) -> dict[str, Any]:
    return {
        "title": TITLES[name],
        "count": f"{count:,}",
        "shown": is_shown,
        "query": urlencode({**chosen, "state": name}),
    }


def _cells(line: board.Line) -> dict[str, Any]:
    first, last = (line.stays[0], line.stays[-1]) if line.stays else (None, None)
    site = first.in_punch.site if first is not None and first.in_punch is not None else None
    return {
        "employee": line.employee,
        "link": reverse("admin:attendance_month") + "?" + urlencode({"employee": line.employee.pk}),
        "state": "Expected" if line.is_expected else TITLES[line.state],
        "kind": "expected" if line.is_expected else line.state,
        "first": show.clock(first.clock_in) if first else show.EMPTY,
        "last": show.clock(last.clock_out) if last else show.EMPTY,
        "late": show.minutes(line.day.late_seconds // 60) if line.day is not None and line.is_late else "",
        "due": f"{line.plan.starts_at:%H:%M}"
        if line.plan and line.plan.is_work_due and line.plan.starts_at
        else show.EMPTY,
        "site": site.name if site else show.EMPTY,
    }


def _in_now(request: HttpRequest) -> int:
    return Attendance.objects.visible_to(request.user).open().count()


def _link() -> str:
    return reverse("admin:attendance_board")


admin.site.page(
    Page(
        "presence/now",
        "attendance_board",
        "Who is in now",
        "Presence",
        "sensors",
        "attendances",
        "read",
        view,
        position=5,
    )
)
admin.site.figure(Figure("In now", "sensors", "attendances", "read", _link, _in_now, position=5))
