"""The demo's presence and leave: true to the rules, of every kind people meet, and within each person's employment."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

from django.db import connection
from django.db.models import Count, F, Q

from attendance.models import Attendance, DaySummary, Punch, PunchEvidence
from attendance.models import DayException as DayExceptionRow
from attendance.rules.day_summary import DayException
from attendance.services import days
from hr.models import Employee, Holiday, Leave, LeaveLedgerEntry, Schedule, WorkSite
from peoplesync.demo import leave, now, people, presence
from peoplesync.demo.patterns import patterns, stay_of
from peoplesync.tests.demo import AT, demo, seeded

__all__ = ["demo", "seeded"]

YESTERDAY = date(2026, 11, 21)


def test_presence_reaches_two_months_back_and_ends_yesterday(demo):
    days = set(Attendance.objects.values_list("work_date", flat=True))
    assert min(days) == date(2026, 9, 22)
    assert max(days) == date(2026, 11, 20)
    assert DaySummary.objects.filter(work_date=YESTERDAY).exists()
    assert not DaySummary.objects.filter(work_date__gt=YESTERDAY).exists()


def test_whoever_has_a_shift_when_the_demo_is_made_may_be_in_by_then(demo):
    assert not Attendance.objects.open().exists()  # the demo was made on a Sunday
    tuesday = datetime(2026, 11, 24, tzinfo=UTC)
    assert now.arrive(size=people.CORE, at=tuesday.replace(hour=13)) == 0  # the evening in Jakarta
    assert now.arrive(size=people.CORE, at=tuesday.replace(hour=3)) == Attendance.objects.open().count()
    stays = Attendance.objects.open().select_related("employee", "in_punch")
    assert 10 < stays.count() < 20
    numbers = {int(stay.employee.employee_number.removeprefix(people.PREFIX)) for stay in stays}
    assert min(numbers) > len(people.ACCOUNTS) and numbers <= set(range(people.CORE + 1))
    assert {(stay.work_date, stay.in_punch.verdict) for stay in stays} == {(date(2026, 11, 24), "accept")}
    late = DaySummary.objects.filter(work_date=date(2026, 11, 24), late_seconds__gt=0)
    assert 0 < late.count() < stays.count()


def test_days_are_of_every_kind(demo):
    seen = {name for names in DaySummary.objects.values_list("exceptions", flat=True) for name in names}
    assert {DayException.LATE, DayException.MISSING_OUT, DayException.ABSENT, DayException.EARLY} <= seen
    assert {DayException.OUTSIDE_SITE, DayException.UNSCHEDULED} <= seen
    assert Attendance.objects.filter(flags__contains=["overnight"], clock_out__date__gt=F("work_date")).exists()
    assert DaySummary.objects.filter(overtime__weekday__gte=3600).exists()
    assert DaySummary.objects.exclude(approved_overtime_seconds=None).exists()
    assert set(DaySummary.objects.values_list("day_type", flat=True)) >= {"work", "rest"}


def test_each_stay_has_the_punches_that_made_it_and_a_day(demo):
    stays = Attendance.objects.select_related("in_punch", "out_punch")
    assert stays.count() > 1000
    for stay in stays:
        assert (stay.in_punch.kind, stay.in_punch.at, stay.in_punch.employee_id) == (
            "in", stay.clock_in, stay.employee_id,
        )  # fmt: skip
        if stay.reason:
            assert stay.out_punch is None
        elif stay.clock_out:
            assert (stay.out_punch.kind, stay.out_punch.at) == ("out", stay.clock_out)
    summed = DaySummary.objects.filter(first_in_at__isnull=False).values_list("employee_id", "work_date")
    assert set(summed) == set(stays.values_list("employee_id", "work_date"))
    assert Punch.objects.count() == PunchEvidence.objects.count()
    assert not stays.filter(clock_in__gt=AT).exists()


def test_nobody_was_present_outside_employment_or_on_leave(demo):
    outside = Q(work_date__lt=F("employee__hired_at")) | Q(work_date__gt=F("employee__ended_on"))
    assert not Attendance.objects.filter(outside).exists()
    assert Employee.objects.filter(ended_on__isnull=False).exists()
    for away in Leave.objects.filter(status="approved"):
        assert not Attendance.objects.filter(
            employee=away.employee, work_date__range=(away.start_date, away.end_date)
        ).exists()


def test_the_house_has_schedules_a_site_and_indonesian_holidays(demo):
    assert set(Schedule.objects.values_list("name", flat=True)) == {"Office hours", "Night shift", "Flexible hours"}
    assert WorkSite.objects.get(name="HQ Jakarta").is_for_everyone
    assert Holiday.objects.filter(on=date(2026, 8, 17), kind="holiday").exists()
    assert Holiday.objects.filter(kind="collective_leave", on__year=2026).exists()


def test_leave_is_granted_asked_for_and_decided(demo):
    by_status = dict(Leave.objects.values_list("status").annotate(count=Count("id")))
    assert by_status == {"approved": 6, "pending": 3, "rejected": 2}
    granted = LeaveLedgerEntry.objects.filter(kind="granted")
    assert granted.values("employee").distinct().count() == people.CORE
    taken = Leave.objects.filter(status="approved", leave_type="annual").count()
    assert LeaveLedgerEntry.objects.filter(kind="taken").count() == taken
    mine = Leave.objects.filter(employee_id=people.employee_id(5), status="approved").get()
    assert mine.approved_by.email == "manager@demo.peoplesync.example"
    assert len(leave._REQUESTS) == Leave.objects.count()


def test_the_service_that_computes_days_finds_nothing_to_change(demo):
    shown = [
        field.name for field in DaySummary._meta.concrete_fields if field.name not in ("id", "created_at", "updated_at")
    ]
    before = list(DaySummary.objects.order_by("employee_id", "work_date").values(*shown))
    days.compute_stored(employee_ids=None, first=date.min, last=date.max, at=AT)
    assert list(DaySummary.objects.order_by("employee_id", "work_date").values(*shown)) == before


def test_what_is_wrong_with_a_day_is_listed_and_the_older_part_was_looked_at(demo):
    said = {(day.employee_id, day.work_date, kind) for day in DaySummary.objects.all() for kind in day.exceptions}
    listed = DayExceptionRow.objects.all()
    assert {(row.employee_id, row.work_date, row.kind) for row in listed} == said
    assert {row.resolved_at is None for row in listed.filter(work_date__gte=date(2026, 11, 16))} == {True}
    assert listed.filter(resolved_by__email="hr@demo.peoplesync.example", work_date__lt=date(2026, 11, 10)).exists()


def test_a_day_of_leave_says_so(demo):
    away = Leave.objects.get(employee_id=people.employee_id(5), status="approved")
    day = DaySummary.objects.get(employee=away.employee, work_date=away.start_date)
    assert (day.status, day.counters["paid_leave"]) == ("on_leave", 1)


def test_no_two_patterns_of_neighbouring_days_overlap(demo):
    """However people are dealt: the last to leave a day goes before the first of the next day comes."""
    judge = presence._judge(AT)
    ends: dict[UUID, datetime] = {}
    with connection.cursor() as cursor:
        plans = list(presence._plans(cursor, (1, people.CORE), (date(2026, 10, 1), date(2026, 10, 31))))
    assert len({plan.schedule_id for plan in plans}) == 3
    for plan in sorted(plans, key=lambda plan: (plan.schedule_id, plan.on)):
        stays = [stay for each in patterns(1) if (stay := stay_of(plan, each, judge)[0])]
        before = ends.get(plan.schedule_id, datetime.min.replace(tzinfo=UTC))
        assert before < min(stay.start_at for stay in stays), plan.on
        ends[plan.schedule_id] = max(stay.end_at for stay in stays)
