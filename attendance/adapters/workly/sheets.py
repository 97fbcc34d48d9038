"""Workly's sheets: those who left day by day, the hours of the night, and the T-12 timesheet; a page at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, Sum
from django.db.models.functions import Greatest
from django.http import HttpResponse

from attendance.adapters.answers import JsonObject
from attendance.adapters.door import Call
from attendance.adapters.workly import days, people, reports, staff, wire_nights, wire_reports, wire_sheets
from attendance.adapters.workly.wire_employees import Named
from attendance.adapters.workly.wire_nights import PersonNights, Presence
from attendance.adapters.workly.wire_reports import ReportQuery
from attendance.adapters.workly.wire_sheets import Cause, Sheet, SheetDay
from attendance.models import Attendance, Break, DaySummary, Punch
from attendance.models.vendor_id import IdKind
from attendance.models.vendor_key import VendorKey
from attendance.rules.punches import Door
from attendance.rules.schedule_day import DayType
from attendance.selectors.demands import schedule_of
from attendance.selectors.stays import breaks_of
from hr.models import Employee, LeaveType
from hr.selectors import schedules
from hr.selectors.schedules import DayPlan
from peoplesync.kernel.dates import local_day


def dismissed(call: Call) -> HttpResponse:
    """The days of people whose last day has passed."""
    query = wire_reports.report_query(call.request.GET.dict())
    zone = people.account_zone()
    today = local_day(call.at, zone)
    rows = days.of_leavers(call.key, query, today)

    def shown(page: Sequence[DaySummary]) -> list[JsonObject]:
        plans, causes = days.plans_of(page), _causes()
        told = zip(page, days.shown_days(page, zone), strict=True)
        return [
            wire_sheets.dismissed_json(
                day,
                zone,
                parent_title=_parent_title(row.employee),
                cause=_cause(plans.get((row.employee_id, row.work_date)), causes),
            )
            for row, day in told
        ]

    return reports.page(rows, query.page, shown)


def night(call: Call) -> HttpResponse:
    return _nights(call, wire_nights.night_json)


def night_by_location(call: Call) -> HttpResponse:
    return _nights(call, wire_nights.night_by_location_json)


def _nights(call: Call, written: Callable[[PersonNights, str], JsonObject]) -> HttpResponse:
    """Everybody who was there in these days."""
    query = wire_reports.sheet_query(call.request.GET.dict(), most_days=wire_reports.MOST_NIGHTS)
    zone = people.account_zone()
    rows = _persons(call.key, query).filter(Exists(_stays(query).filter(employee=OuterRef("pk"))))

    def shown(page: Sequence[Employee]) -> list[JsonObject]:
        return [written(each, zone) for each in _sheets_of_nights(page, query)]

    return reports.page(rows, query.page, shown)


def _persons(key: VendorKey, query: ReportQuery) -> Any:
    """The people of a sheet, by number, narrowed to what `f` and `ids` name."""
    rows = days.of_whom(key, people.reached(key), query, path="")
    return rows.select_related("department__parent").order_by("employee_number", "id")


def _stays(query: ReportQuery) -> Any:
    return Attendance.objects.alive().filter(work_date__range=(query.start_on, query.end_on))


def _sheets_of_nights(page: Sequence[Employee], query: ReportQuery) -> list[PersonNights]:
    """Seven statements however many people and days."""
    rows = list(
        _stays(query)
        .filter(employee__in=page)
        .select_related("in_punch__site", "out_punch__site")
        .order_by("clock_in", "id")
    )
    pauses = breaks_of(rows)
    punches = [punch for row in rows for punch in (row.in_punch, row.out_punch) if punch is not None]
    sites = staff.named(IdKind.SITE, {punch.site_id for punch in punches})
    there: dict[UUID, list[Presence]] = defaultdict(list)
    for row in rows:
        there[row.employee_id].append(_presence(row, pauses[row.pk], sites))
    sums = _sums(page, query)
    persons = days.persons_of(page)
    return [PersonNights(persons[row.pk], tuple(there[row.pk]), **sums[row.pk]) for row in page]


def _presence(row: Attendance, pauses: Sequence[Break], sites: dict[UUID, int]) -> Presence:
    ends = (row.in_punch, row.out_punch)
    return Presence(
        on=row.work_date,
        came_at=row.clock_in,
        left_at=row.clock_out,
        pauses=tuple((each.start_at, each.end_at) for each in pauses if each.end_at and not each.is_paid),
        came_where=_where(row.in_punch, sites),
        left_where=_where(row.out_punch, sites),
        manual_events=sum(1 for punch in ends if punch is not None and punch.door == Door.ADMIN),
    )


def _where(punch: Punch | None, sites: dict[UUID, int]) -> Named | None:
    site = None if punch is None else punch.site
    return None if site is None else Named(sites[site.pk], site.name)


def _sums(page: Sequence[Employee], query: ReportQuery) -> dict[UUID, dict[str, int]]:
    """What the days of a span were planned as, and what was worked beyond that day by day: one statement."""
    rows = DaySummary.objects.filter(employee__in=page, work_date__range=(query.start_on, query.end_on))
    found = rows.values("employee_id").annotate(
        planned=Sum("scheduled_seconds"),
        planned_days=Count("pk", filter=Q(scheduled_seconds__gt=0)),
        beyond=Sum(Greatest(F("worked_seconds") - F("scheduled_seconds"), 0)),
    )
    sums = {
        row["employee_id"]: {
            "planned_minutes": row["planned"] // 60,
            "planned_days": row["planned_days"],
            "overtime_minutes": row["beyond"] // 60,
        }
        for row in found.order_by()
    }
    return defaultdict(dict, sums)


def t12(call: Call) -> HttpResponse:
    """The timesheet of everybody employed on one of the days."""
    query = wire_reports.sheet_query(call.request.GET.dict(), most_days=wire_reports.MOST_SHEET_DAYS)
    zone = people.account_zone()
    today = local_day(call.at, zone)
    employed = Employee.objects.employed_between(query.start_on, query.end_on)
    rows = _persons(call.key, query).filter(pk__in=employed.values("pk"))

    def shown(page: Sequence[Employee]) -> list[JsonObject]:
        return [wire_sheets.t12_json(each) for each in _timesheets(page, query, zone, today)]

    return reports.page(rows, query.page, shown)


def _timesheets(page: Sequence[Employee], query: ReportQuery, zone: str, today: date) -> list[Sheet]:
    """Five statements however many people and days."""
    if not page:
        return []
    ids = [row.pk for row in page]
    rows = DaySummary.objects.filter(employee__in=ids, work_date__range=(query.start_on, query.end_on))
    done = {(row.employee_id, row.work_date): row for row in rows}
    causes, persons = _causes(), days.persons_of(page)
    found: dict[UUID, list[SheetDay]] = defaultdict(list)
    for plan in schedules.each_plan(ids, query.start_on, query.end_on):
        day = _sheet_day(plan, done.get((plan.employee_id, plan.on)), _cause(plan, causes), zone, today)
        found[plan.employee_id].append(day)
    return [Sheet(persons[row.pk], tuple(found[row.pk]), _parent_title(row)) for row in page]


def _sheet_day(plan: DayPlan, row: DaySummary | None, cause: Cause | None, zone: str, today: date) -> SheetDay:
    asked = schedule_of(plan, zone)
    return SheetDay(
        on=plan.on,
        is_work_day=asked.day_type == DayType.WORK,
        is_holiday=plan.holiday_kind is not None,
        is_over=plan.on < today,
        planned_minutes=asked.normal_seconds // 60,
        leave_minutes=asked.leave_seconds // 60,
        worked_minutes=0 if row is None else row.worked_seconds // 60,
        authorised_minutes=0 if row is None else days.minutes_within(row),
        cause=cause,
    )


def _causes() -> dict[str, str]:
    return dict(LeaveType.objects.values_list("code", "name"))


def _cause(plan: DayPlan | None, causes: dict[str, str]) -> Cause | None:
    if plan is None or plan.leave_code is None or not plan.leave_days:
        return None
    return Cause(plan.leave_code, causes.get(plan.leave_code, plan.leave_code))


def _parent_title(person: Employee) -> str | None:
    unit = person.department
    return None if unit is None or unit.parent is None else unit.parent.name
