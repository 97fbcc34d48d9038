"""Stays, breaks and time off of a clock's people as Connecteam's time activities, two hundred people at a time."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, time
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from attendance.adapters import ids
from attendance.adapters.connecteam import clocks, shifts
from attendance.adapters.connecteam.clocks import VENDOR, Clock
from attendance.adapters.connecteam.wire import Point
from attendance.adapters.connecteam.wire_activities import (
    ActivitiesQuery,
    Activity,
    BreakActivity,
    ShiftActivity,
    TimeOffActivity,
    UserActivities,
)
from attendance.models import Attendance, StandaloneBreak, WorkJob
from attendance.models.vendor_id import IdKind
from attendance.models.vendor_key import VendorKey
from attendance.rules.punches import EndReason
from attendance.selectors import vendor_ids as known
from attendance.services import vendor_ids
from hr.models import Employee, Leave
from peoplesync.kernel.dates import ONE_DAY, at_local

PEOPLE_AT_ONCE = 200
_MIDNIGHT = time(0)


def in_groups(people: QuerySet[Employee]) -> Iterator[list[UUID]]:
    """The ids of people, two hundred at a time."""
    left = people.values_list("pk", flat=True).iterator(chunk_size=1000)
    while group := list(itertools.islice(left, PEOPLE_AT_ONCE)):
        yield group


def stays(employee_ids: Iterable[UUID], clock: Clock, first: date, last: date) -> QuerySet[Attendance]:
    """Stays at a clock, and those of doors that know no clocks: presence is seen through every door."""
    here = Q(time_clock_id=clock.id) | Q(time_clock=None)
    rows = Attendance.objects.alive().filter(here, employee_id__in=employee_ids, work_date__range=(first, last))
    rows = rows.select_related("in_punch__evidence", "out_punch__evidence", "work_job").order_by("clock_in", "id")
    found: QuerySet[Attendance] = rows
    return found


def breaks(employee_ids: Iterable[UUID], clock: Clock, first: date, last: date) -> QuerySet[StandaloneBreak]:
    rows = StandaloneBreak.objects.filter(
        time_clock_id=clock.id, employee_id__in=employee_ids, work_date__range=(first, last)
    )
    found: QuerySet[StandaloneBreak] = rows.select_related("start_punch__evidence", "end_punch__evidence", "kind")
    return found


def listed(key: VendorKey, clock: Clock, query: ActivitiesQuery) -> Iterator[UserActivities]:
    """The activities of everybody at a clock who has any."""
    for group in in_groups(clocks.people(key, clock, query.user_ids)):
        yield from _of_group(group, clock, query)


def _of_group(group: Sequence[UUID], clock: Clock, query: ActivitiesQuery) -> Iterator[UserActivities]:
    numbers = clocks.user_ids_of(group)
    wanted = set(query.activity_types or ("shift", "manual_break", "time_off"))
    mine: dict[UUID, list[ShiftActivity]] = defaultdict(list)
    paused: dict[UUID, list[BreakActivity]] = defaultdict(list)
    off: dict[UUID, list[TimeOffActivity]] = defaultdict(list)
    if "shift" in wanted:
        for row, activity in shown_stays(of_jobs(stays(group, clock, query.start_on, query.end_on), query.job_ids)):
            mine[row.employee_id].append(activity)
    if "manual_break" in wanted:
        for pause, shown in shown_breaks(_of_kinds(breaks(group, clock, query.start_on, query.end_on), query)):
            paused[pause.employee_id].append(shown)
    if "time_off" in wanted:
        for leave, away in _time_offs(group, clock, query):
            off[leave.employee_id].append(away)
    for employee_id in group:
        found = tuple(mine[employee_id]), tuple(paused[employee_id]), tuple(off[employee_id])
        if any(found):
            yield UserActivities(numbers[employee_id], *found)


def of_jobs(rows: QuerySet[Attendance], job_ids: Sequence[str] | None) -> QuerySet[Attendance]:
    """Those of these stays that were worked on the named jobs or their sub-jobs; all where none were asked for."""
    if job_ids is None:
        return rows
    named = list(known.object_ids(vendor=VENDOR, kind=IdKind.JOB.value, external_ids=job_ids).values())
    return rows.filter(Q(work_job__in=named) | Q(work_job__parent__in=named))


def _of_kinds(rows: QuerySet[StandaloneBreak], query: ActivitiesQuery) -> QuerySet[StandaloneBreak]:
    if query.manual_break_ids is None:
        return rows
    named = known.object_ids(vendor=VENDOR, kind=IdKind.BREAK.value, external_ids=query.manual_break_ids)
    return rows.filter(kind__in=named.values())


def shown_stays(rows: Iterable[Attendance]) -> list[tuple[Attendance, ShiftActivity]]:
    """Each stay with its activity; one statement for all the jobs' names."""
    found = list(rows)
    names = job_names(row.work_job for row in found)
    return [(row, _shift(row, names)) for row in found]


def _shift(row: Attendance, names: dict[UUID, str]) -> ShiftActivity:
    job, sub_job = job_of(row.work_job, names)
    return ShiftActivity(
        activity=Activity(
            id=ids.kenjo_record_id(row.pk),
            start=shifts.start_of(row),
            end=shifts.end_of(row),
            created_at=row.created_at,
            modified_at=row.updated_at,
            employee_note=row.comment or None,
        ),
        job_id=job,
        sub_job_id=sub_job,
        scheduler_shift_id=row.shift_ref or None,
        is_auto_clock_out=row.reason == EndReason.AUTO_CLOSED,
    )


def job_names(jobs: Iterable[WorkJob | None]) -> dict[UUID, str]:
    """The vendor's names of these jobs and of those above them."""
    rows = {row for job in jobs if job is not None for row in (job.pk, job.parent_id) if row}
    return vendor_ids.ensure(vendor=VENDOR, kind=IdKind.JOB.value, object_ids=rows)


def job_of(job: WorkJob | None, names: dict[UUID, str]) -> tuple[str | None, str | None]:
    """Job and sub-job as activities name them."""
    if job is None:
        return None, None
    return (names[job.parent_id], names[job.pk]) if job.parent_id else (names[job.pk], None)


def shown_breaks(rows: Iterable[StandaloneBreak]) -> list[tuple[StandaloneBreak, BreakActivity]]:
    found = list(rows)
    kinds = vendor_ids.ensure(vendor=VENDOR, kind=IdKind.BREAK.value, object_ids={row.kind_id for row in found})
    return [(row, _break(row, kinds[row.kind_id])) for row in found]


def _break(row: StandaloneBreak, kind: str) -> BreakActivity:
    end = None
    if row.end_at is not None:
        zone = row.end_punch.timezone if row.end_punch else row.timezone
        end = shifts.point(row.end_punch, row.end_at, zone)
    return BreakActivity(
        activity=Activity(
            id=ids.kenjo_record_id(row.pk),
            start=shifts.point(row.start_punch, row.start_at, row.timezone),
            end=end,
            created_at=row.created_at,
            modified_at=row.updated_at,
            employee_note=row.comment or None,
        ),
        manual_break_id=kind,
    )


def _time_offs(group: Sequence[UUID], clock: Clock, query: ActivitiesQuery) -> Iterator[tuple[Any, TimeOffActivity]]:
    """Approved leave that touches the days, from its first midnight to its last in the clock's zone."""
    rows = Leave.objects.alive().filter(
        employee_id__in=group, status="approved", start_date__lte=query.end_on, end_date__gte=query.start_on
    )
    if query.policy_type_ids is not None:
        rows = rows.filter(leave_type_id__in=query.policy_type_ids)
    for row in rows.order_by("start_date", "id"):
        start, end = (at_local(day, _MIDNIGHT, clock.zone) for day in (row.start_date, row.end_date + ONE_DAY))
        activity = Activity(
            id=ids.kenjo_record_id(row.pk),
            start=Point(start, clock.zone, source=None),
            end=Point(end, clock.zone, source=None),
            created_at=row.created_at,
            modified_at=row.updated_at,
        )
        yield row, TimeOffActivity(activity, str(row.leave_type_id), row.days, "days", is_all_day=row.days >= 1)
