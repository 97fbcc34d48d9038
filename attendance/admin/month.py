"""A person's month as a calendar, with her punches."""

from __future__ import annotations

import calendar
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from attendance.admin.board import chosen_id
from attendance.models import Door, PunchKind
from attendance.selectors import board, months
from hr.admin import employee_panels
from peoplesync.core.staff import show
from peoplesync.core.staff.site import Page, shown_on
from peoplesync.kernel.dates import month_bounds

#: Beyond these no month before or after could be offered.
_YEARS = range(1900, 2200)


def view(request: HttpRequest) -> HttpResponse:
    first = _month(request)
    employee_id = chosen_id(request, "employee")
    if employee_id is None:
        return _choose(request, first)
    last = month_bounds(first.year, first.month)[1]
    seen = board.people(request.user, last) | board.people(request.user, first)
    employee = seen.filter(pk=employee_id).select_related("department").first()
    if employee is None:
        raise Http404
    days = months.month_of(employee, first.year, first.month)
    values = {
        "employee": employee,
        "name": f"{first:%B %Y}",
        "zone": f"{timezone.localtime():%Z}",
        "earlier": _query(employee_id, _shifted(first, -1)),
        "later": _query(employee_id, _shifted(first, 1)),
        "weekdays": list(calendar.day_abbr),
        "blanks": range(first.weekday()),
        "days": [_cells(day) for day in days],
        "totals": _totals(days),
    }
    return shown_on(request, f"{employee.full_name}, {first:%B %Y}", "admin/presence/month.html", values)


def _choose(request: HttpRequest, first: date) -> HttpResponse:
    """Whose month? A search over the people whose presence the reader may see."""
    word = request.GET.get("q", "").strip()
    rows = board.people(request.user, timezone.localdate()).select_related("department").order_by("first_name", "pk")
    for part in word.split()[:5]:
        rows = rows.filter(employee_panels.mentions(part))
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    people = [(one, _query(one.pk, first)) for one in page.object_list]
    values = {"people": people, "page": page, "word": word, "query": urlencode({"q": word})}
    return shown_on(request, "Whose month?", "admin/presence/choose.html", values)


def _month(request: HttpRequest) -> date:
    try:
        year, month = request.GET.get("month", "").split("-")
        asked = date(int(year), int(month), 1)
    except ValueError:
        asked = date.min
    return asked if asked.year in _YEARS else timezone.localdate().replace(day=1)


def _shifted(first: date, months_later: int) -> date:
    index = first.year * 12 + first.month - 1 + months_later
    return date(index // 12, index % 12 + 1, 1)


def _query(employee_id: Any, first: date) -> str:
    return urlencode({"employee": employee_id, "month": f"{first:%Y-%m}"})


def _cells(day: months.Day) -> dict[str, Any]:
    plan, summary = day.plan, day.summary
    return {
        "number": day.on.day,
        "name": f"{day.on:%a}",
        "is_today": day.on == timezone.localdate(),
        "is_free": plan is None or not plan.is_work_due,
        "label": (plan.holiday_name or (plan.leave_code or "").capitalize()) if plan else "",
        "worked": show.minutes(summary.worked_seconds // 60) if summary and summary.worked_seconds else "",
        "late": show.minutes(summary.late_seconds // 60) if summary and summary.late_seconds else "",
        "stays": [_stay(one) for one in day.stays],
        "punches": [_punch(one) for one in day.punches],
        "exceptions": [_trouble(one) for one in day.exceptions],
        "is_locked": bool(summary and summary.is_locked),
    }


def _end(stay: Any) -> str:
    if stay.is_unfinished:
        return "?"
    if stay.is_open:
        return "now"
    later = (timezone.localdate(stay.clock_out) - stay.work_date).days
    return show.clock(stay.clock_out) + (f" +{later}" if later else "")


def _stay(stay: Any) -> dict[str, str]:
    """Its times, a night's end with the days it lies later, and the way to it."""
    link = reverse("admin:attendance_attendance_change", args=[stay.pk])
    return {"text": f"{show.clock(stay.clock_in)} – {_end(stay)}", "link": link}


def _trouble(exception: Any) -> dict[str, str]:
    link = reverse("admin:attendance_dayexception_change", args=[exception.pk])
    return {"text": exception.kind.replace("_", " "), "link": link}


def _punch(punch: Any) -> dict[str, Any]:
    said = f"{show.clock(punch.at)} {PunchKind(punch.kind).label}, {Door(punch.door).label}"
    return {"text": f"{said}, {punch.site.name}" if punch.site else said, "flagged": punch.verdict != "accept"}


def _totals(days: list[months.Day]) -> list[tuple[str, str]]:
    summaries = [day.summary for day in days if day.summary]
    return [
        ("Worked", show.minutes(sum(one.worked_seconds for one in summaries) // 60)),
        ("Late", show.minutes(sum(one.late_seconds for one in summaries) // 60)),
        ("Days here", str(sum(1 for one in summaries if one.first_in_at))),
        ("To look at", str(sum(len(day.exceptions) for day in days))),
    ]


admin.site.page(
    Page(
        "presence/month",
        "attendance_month",
        "Months",
        "Presence",
        "calendar_month",
        "attendances",
        "read",
        view,
        position=10,
    )
)
