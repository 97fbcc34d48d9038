"""Paid breaks that lie in no stay: worked time of their day, whichever act begins, ends, changes or takes them back."""

from __future__ import annotations

from datetime import date

import pytest

from attendance.models import BreakKind, DaySummary, StandaloneBreak, TimeClock
from attendance.rules.clocking import ClockingPolicy
from attendance.services import clocking, days, standalone_breaks
from attendance.tests.builders import at, presented

pytestmark = pytest.mark.django_db
SEVERAL = ClockingPolicy(has_several_stays_a_day=True)
MONDAY = date(2026, 11, 16)


@pytest.fixture
def clock(cast):
    return TimeClock.objects.create(name="Gate")


@pytest.fixture(params=[True, False], ids=["paid", "unpaid"])
def kind(request, clock):
    return BreakKind.objects.create(time_clock=clock, name="Coffee", is_paid=request.param)


@pytest.fixture
def break_day(cast, clock, kind):
    """In at eight, on a break from ten to half past, out at one: four hours and a half, and the half hour."""
    who = cast.employee.employee_id

    def punch(time):
        return presented(f"2026-11-16 {time}", time_clock_id=clock.pk)

    clocking.clock_in(employee_id=who, punch=punch("08:00"), clocking=SEVERAL)
    begun = standalone_breaks.begin(employee_id=who, punch=punch("10:00"), kind=kind, policy=SEVERAL)
    assert minutes() == 120
    ended = standalone_breaks.end(employee_id=who, punch=punch("10:30"), is_resuming=True, policy=SEVERAL)
    assert ended.resumed is not None
    clocking.clock_out(employee_id=who, punch=punch("13:00"), clocking=SEVERAL)
    return begun.pause


def minutes():
    return DaySummary.objects.get(work_date=MONDAY).worked_seconds // 60


def test_a_paid_break_is_worked_and_an_unpaid_one_is_not(cast, break_day, kind):
    worked = minutes()
    assert worked == (300 if kind.is_paid else 270)
    days.compute(days={cast.employee.employee_id: {MONDAY}}, at=at("2026-11-18 08:00"))
    assert minutes() == worked


def test_changing_it_and_taking_it_back_compute_the_day_anew(cast, break_day, kind):
    by = presented("2026-11-16 18:00")
    other = BreakKind.objects.create(time_clock=kind.time_clock, name="Other", is_paid=not kind.is_paid)
    standalone_breaks.change(
        break_id=break_day.pk, by=by, start_at=at("2026-11-16 10:00"), end_at=at("2026-11-16 10:20"), kind=other,
        comment="",
    )  # fmt: skip
    assert minutes() == (270 if kind.is_paid else 290)
    standalone_breaks.void(break_id=break_day.pk, by=by, reason="wrong")
    assert minutes() == 270


def test_one_recorded_afterwards_counts_at_once(cast, clock):
    paid = BreakKind.objects.create(time_clock=clock, name="Coffee", is_paid=True)
    who = cast.employee.employee_id
    clocking.clock_in(employee_id=who, punch=presented("2026-11-16 08:00"), clocking=SEVERAL)
    clocking.clock_out(employee_id=who, punch=presented("2026-11-16 10:00"), clocking=SEVERAL)
    told = [presented(f"2026-11-16 {time}", time_clock_id=clock.pk) for time in ("10:00", "10:15")]
    standalone_breaks.record(employee_id=who, punch=told[0], out=told[1], kind=paid)
    assert minutes() == 135


def test_whoever_clocks_in_ends_her_paid_break_and_it_counts(cast, clock):
    paid = BreakKind.objects.create(time_clock=clock, name="Coffee", is_paid=True)
    who = cast.employee.employee_id
    clocking.clock_in(employee_id=who, punch=presented("2026-11-16 08:00"), clocking=SEVERAL)
    pausing = presented("2026-11-16 10:00", time_clock_id=clock.pk)
    standalone_breaks.begin(employee_id=who, punch=pausing, kind=paid, policy=SEVERAL)
    clocking.clock_in(employee_id=who, punch=presented("2026-11-16 10:40"), clocking=SEVERAL)
    assert StandaloneBreak.objects.get().end_at == at("2026-11-16 10:40")
    assert minutes() == 160
