"""Days and punches as Workly's reports tell them, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q

from attendance.adapters.workly import people, staff
from attendance.adapters.workly.people import VENDOR
from attendance.adapters.workly.wire_employees import Counters, Named
from attendance.adapters.workly.wire_reports import InOut, Person, PersonDay, ReportQuery
from attendance.adapters.workly.wire_times import Actual, Scheduled
from attendance.models import Attendance, DaySummary, Punch
from attendance.models.vendor_id import IdKind
from attendance.models.vendor_key import VendorKey
from attendance.rules.day_summary import DayStatus
from attendance.rules.punches import Door, PunchKind
from attendance.rules.schedule_day import DayType
from attendance.selectors import vendor_ids as known
from attendance.selectors import vendor_keys
from attendance.selectors.demands import schedule_of
from hr.models import Employee, Leave, WorkSite
from hr.models.scoping import subtrees
from hr.selectors import schedules
from peoplesync.kernel.dates import ONE_DAY, at_local

_PRESENCE = (PunchKind.IN.value, PunchKind.OUT.value, PunchKind.TOGGLE.value)
_MIDNIGHT = time(0)
_ONE_MINUTE = timedelta(minutes=1)


def inouts(key: VendorKey, query: ReportQuery, zone: str) -> Any:
    """The punches of these days of the account's zone, oldest first unless asked otherwise."""
    first = at_local(query.start_on, _MIDNIGHT, zone)
    last = at_local(query.end_on + ONE_DAY, _MIDNIGHT, zone)
    rows = vendor_keys.reached(key, Punch.objects.counting()).filter(at__gte=first, at__lt=last, kind__in=_PRESENCE)
    begins = Attendance.objects.alive().filter(in_punch=OuterRef("pk"))
    rows = of_whom(key, rows, query, has_sites=True).annotate(begins=Exists(begins))
    rows = rows.select_related("employee__department", "site", "evidence")
    return rows.order_by("-at", "-id") if query.is_descending else rows.order_by("at", "id")


def shown_inouts(rows: Sequence[Punch]) -> list[InOut]:
    persons = persons_of(row.employee for row in rows)
    sites = staff.named(IdKind.SITE, {row.site_id for row in rows})
    return [
        InOut(
            person=persons[row.employee_id],
            at=row.at,
            is_in=row.kind == PunchKind.IN or (row.kind == PunchKind.TOGGLE and row.begins),  # type: ignore[attr-defined]  # annotated
            is_manual=row.door == Door.ADMIN,
            location=Named(sites[row.site.pk], row.site.name) if row.site else None,
            serial_number=row.evidence.device_id if hasattr(row, "evidence") else None,
        )
        for row in rows
    ]


def late(key: VendorKey, query: ReportQuery, zone: str) -> Any:
    """Days somebody came a minute or more after the planned start, off days too."""
    rows = _days(key, query)
    worked = rows.filter(scheduled_start_at=None, day_type=DayType.HOLIDAY, first_in_at__isnull=False)
    late_off = []
    for on, of_day in groupby(worked, key=lambda row: row.work_date):  # a statement for each holiday of the period
        came = list(of_day)
        plans = schedules.for_days({row.employee_id for row in came}, on, on)
        late_off += [row.pk for row in came if _is_late(row, plans.get((row.employee_id, on)), zone)]
    return rows.filter(Q(first_in_at__gte=F("scheduled_start_at") + _ONE_MINUTE) | Q(pk__in=late_off))


def _is_late(row: DaySummary, plan: schedules.DayPlan | None, zone: str) -> bool:
    planned_at, _ = _planned(row, plan, zone)
    return planned_at is not None and row.first_in_at is not None and row.first_in_at >= planned_at + _ONE_MINUTE


def _planned(row: DaySummary, plan: schedules.DayPlan | None, zone: str) -> tuple[datetime | None, datetime | None]:
    """When the day's shift begins and ends: what the day was computed with, on a holiday what it would have been."""
    if row.scheduled_start_at is None and row.day_type == DayType.HOLIDAY and plan is not None:
        asked = schedule_of(plan, row.employee.timezone or zone)
        return asked.planned_start_at, asked.planned_end_at
    return row.scheduled_start_at, row.scheduled_end_at


def at_work(key: VendorKey, query: ReportQuery) -> Any:
    """Days somebody came."""
    return _days(key, query).filter(first_in_at__isnull=False)


def absent(key: VendorKey, query: ReportQuery) -> Any:
    """Days that asked for somebody who did not come."""
    return _days(key, query).filter(status=DayStatus.ABSENT)


def of_leavers(key: VendorKey, query: ReportQuery, today: date) -> Any:
    """Days of people whose last day has passed."""
    rows = _days(key, query).filter(employee__ended_on__lt=today)
    return rows.select_related("employee__department__parent")


def _days(key: VendorKey, query: ReportQuery) -> Any:
    rows = vendor_keys.reached(key, DaySummary.objects.filter(work_date__range=(query.start_on, query.end_on)))
    rows = of_whom(key, rows, query).select_related("employee__department")
    order = "-work_date" if query.is_descending else "work_date"
    return rows.order_by(order, "employee__employee_number", "id")


def of_whom(key: VendorKey, rows: Any, query: ReportQuery, *, path: str = "employee__", has_sites: bool = False) -> Any:
    """Narrowed to the employee asked for, and to what `f` and `ids` name; `path` leads from a row to its employee."""
    if query.employee_id is not None:
        rows = rows.filter(**{f"{path}pk__in": people.employee_ids(key, [query.employee_id])})
    if query.tab_numbers is not None:
        rows = rows.filter(**{f"{path}employee_number__in": query.tab_numbers})
    if query.filter is None or query.ids is None:
        return rows
    if query.filter == "employee":
        return rows.filter(**{f"{path}pk__in": people.employee_ids(key, query.ids)})
    kind = IdKind.SITE if query.filter == "location" else IdKind.DEPARTMENT
    found = known.object_ids(vendor=VENDOR, kind=kind.value, external_ids=[str(each) for each in query.ids])
    if kind is IdKind.DEPARTMENT:
        return rows.filter(**{f"{path}department_id__in": subtrees(list(found.values()))})
    sites = vendor_keys.sites(key, WorkSite.objects.filter(pk__in=found.values()))
    if has_sites:
        return rows.filter(site__in=sites)
    return rows.filter(Exists(_punched_at(sites, query, path)))


def _punched_at(sites: Any, query: ReportQuery, path: str) -> Any:
    """Punches at these sites on the day of the outer row, or for a row that is a person, on any day asked for."""
    punches = Punch.objects.filter(site__in=sites)
    if not path:
        return punches.filter(employee=OuterRef("pk"), work_date__range=(query.start_on, query.end_on))
    return punches.filter(employee=OuterRef("employee_id"), work_date=OuterRef("work_date"))


def shown_days(rows: Sequence[DaySummary], zone: str) -> list[PersonDay]:
    """Days with their plans: a handful of statements however many."""
    persons = persons_of(row.employee for row in rows)
    plans = plans_of(rows)
    numbers = staff.named(IdKind.SCHEDULE, {plan.schedule_id for plan in plans.values()})
    is_in = _inside(rows)
    found = []
    for row in rows:
        plan = plans.get((row.employee_id, row.work_date))
        inside = (row.employee_id, row.work_date) in is_in
        within = minutes_within(row)
        on_leave = schedule_of(plan, zone).leave_seconds // 60 if plan and plan.leave_days else None
        found.append(
            PersonDay(
                person=persons[row.employee_id],
                scheduled=scheduled_of(
                    row, numbers.get(plan.schedule_id) if plan and plan.schedule_id else None, _planned(row, plan, zone)
                ),
                actual=_actual(row, within, is_inside=inside),
                is_at_work=inside,
                not_authorised_minutes=max(0, row.worked_seconds // 60 - within),
                paid_leave_minutes=on_leave if plan and plan.is_leave_paid else None,
                unpaid_leave_minutes=None if plan and plan.is_leave_paid else on_leave,
                lunch_minutes=row.break_seconds // 60,
            )
        )
    return found


def plans_of(rows: Sequence[DaySummary]) -> dict[tuple[UUID, date], schedules.DayPlan]:
    """The plans of a page's days. A page is sorted by day, so its people times its days stay few."""
    if not rows:
        return {}
    on = [row.work_date for row in rows]
    return schedules.for_days({row.employee_id for row in rows}, min(on), max(on))


def _inside(rows: Sequence[DaySummary]) -> set[tuple[UUID, date]]:
    """Who is in now, by person and work date."""
    open_now = Attendance.objects.open().filter(employee_id__in={row.employee_id for row in rows})
    return set(open_now.values_list("employee_id", "work_date"))


def scheduled_of(
    row: DaySummary, schedule_id: int | None, planned: tuple[datetime | None, datetime | None]
) -> Scheduled:
    return Scheduled(
        report_on=row.work_date,
        is_work_day=row.day_type == DayType.WORK,
        production_minutes=row.scheduled_seconds // 60,
        start_at=planned[0],
        end_at=planned[1],
        schedule_id=schedule_id,
    )


def _actual(row: DaySummary, within: int, *, is_inside: bool) -> Actual:
    came = row.first_in_at is not None
    last = None if not came else "in" if is_inside or row.last_out_at is None else "out"
    return Actual(row.first_in_at, row.last_out_at, within, row.worked_seconds // 60, last)


def minutes_within(row: DaySummary) -> int:
    """Worked minutes inside the planned time, breaks taken off."""
    if None in (row.first_in_at, row.last_out_at, row.scheduled_start_at, row.scheduled_end_at):
        return 0
    assert row.first_in_at and row.last_out_at and row.scheduled_start_at and row.scheduled_end_at
    span = min(row.last_out_at, row.scheduled_end_at) - max(row.first_in_at, row.scheduled_start_at)
    return max(0, min(int(span.total_seconds()), row.worked_seconds) // 60)


def own_day(employee_id: UUID, on: date, zone: str) -> tuple[Scheduled, Actual]:
    """One person's day, planned and as it is."""
    row = DaySummary.objects.filter(employee_id=employee_id, work_date=on).select_related("employee").first()
    plan = schedules.for_day(employee_id, on)
    number = staff.named(IdKind.SCHEDULE, [plan.schedule_id]).get(plan.schedule_id) if plan.schedule_id else None
    if row is None:
        return Scheduled(on, plan.is_work_due, schedule_id=number), Actual()
    is_inside = bool(_inside([row]))
    return scheduled_of(row, number, _planned(row, plan, zone)), _actual(row, minutes_within(row), is_inside=is_inside)


def counters(key: VendorKey, on: date) -> Counters:
    """Heads of the day: who is employed, came, came late, is on leave, and did neither. Four counts."""
    employed = vendor_keys.people(key).filter(pk__in=Employee.objects.employed_on(on).values("pk"))
    came = DaySummary.objects.filter(work_date=on, first_in_at__isnull=False)
    off = Leave.objects.alive().filter(status="approved", start_date__lte=on, end_date__gte=on)
    is_here = Exists(came.filter(employee=OuterRef("pk")))
    is_off = Exists(off.filter(employee=OuterRef("pk")))
    return Counters(
        employees=employed.count(),
        present=employed.filter(is_here).count(),
        late=employed.filter(Exists(came.filter(employee=OuterRef("pk"), late_seconds__gt=0))).count(),
        time_off=employed.filter(is_off).count(),
        absent=employed.exclude(Q(is_here) | Q(is_off)).count(),
    )


def persons_of(rows: Iterable[Employee]) -> dict[UUID, Person]:
    found = {row.pk: row for row in rows}
    numbers = staff.named(IdKind.PERSON, found)
    units = staff.named(IdKind.DEPARTMENT, {row.department_id for row in found.values()})
    return {
        row.pk: Person(
            id=numbers[row.pk],
            first_name=row.first_name,
            last_name=row.last_name or "",
            full_name=row.full_name,
            tab_number=row.employee_number,
            department=Named(units[row.department.pk], row.department.name) if row.department else None,
        )
        for row in found.values()
    }
