"""A day's outcome, worked by hand. The shift is nine to five with an hour's break: seven hours."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attendance.rules.day_summary import (
    DayException,
    DayPolicy,
    DayStatus,
    DaySummary,
    summarise,
)
from attendance.rules.overtime import Overtime, OvertimePolicy
from attendance.rules.punches import Break, EndReason, Stay, StayFlag
from attendance.rules.schedule_day import (
    DaySchedule,
    DayType,
    LeaveOfDay,
    LeavePortion,
    Shift,
    demand_of,
)
from attendance.rules.tests.builders import JAKARTA, NINE_TO_FIVE, instant, stay
from attendance.rules.work_dates import DayAttribution

MONDAY = date(2025, 11, 17)
AFTER = instant("2025-11-20 00:00")
WORKDAY = demand_of(MONDAY, JAKARTA, NINE_TO_FIVE)
AT_ONCE = DayPolicy(overtime=OvertimePolicy(needs_approval=False))


def at(*spans: tuple[str, str | None], **more: Any) -> list[Stay]:
    return [stay(f"2025-11-17 {start}", f"2025-11-17 {end}" if end else None, **more) for start, end in spans]


def minutes(day: DaySummary) -> dict[str, int]:
    """Every amount of a summary in minutes, zeros left out."""
    amounts = {
        "worked": day.worked_seconds,
        "break": day.break_seconds,
        "late": day.late_seconds,
        "early_leave": day.early_leave_seconds,
        "early_arrival": day.early_arrival_seconds,
        "short": day.short_seconds,
        "overtime": day.overtime.seconds,
    }
    return {name: seconds // 60 for name, seconds in amounts.items() if seconds}


WORKED = [
    # spans -> amounts, exceptions
    ([("09:00", "17:00")], {"worked": 420, "break": 60}, []),
    ([("09:10", "17:00")], {"worked": 410, "break": 60, "late": 10, "short": 10}, ["late"]),
    ([("09:00", "16:30")], {"worked": 390, "break": 60, "early_leave": 30, "short": 30}, ["early"]),
    ([("08:00", "17:00")], {"worked": 480, "break": 60, "early_arrival": 60}, []),
    ([("09:00", "18:59")], {"worked": 539, "break": 60, "overtime": 90}, []),
    ([("09:30", "17:30")], {"worked": 420, "break": 60, "late": 30}, ["late"]),
    # clocking out for lunch is the break; half an hour of it leaves half to take off
    ([("09:00", "12:00"), ("13:00", "17:00")], {"worked": 420}, []),
    ([("09:00", "12:00"), ("12:30", "17:00")], {"worked": 420, "break": 30}, []),
    # a short day has no break taken off
    ([("09:00", "14:00")], {"worked": 300, "early_leave": 180, "short": 120}, ["early"]),
    ([("09:00", "23:00")], {"worked": 780, "break": 60, "overtime": 360}, ["long_day"]),
    ([("18:00", "19:00")], {"worked": 60, "late": 480, "short": 360}, ["late"]),
    # only the closed part counts time; while there is no end nobody left early
    ([("09:00", "12:00"), ("13:00", None)], {"worked": 180, "short": 240}, ["missing_out"]),
]


@pytest.mark.parametrize(("spans", "amounts", "exceptions"), WORKED)
def test_a_work_day(spans: list[tuple[str, str | None]], amounts: dict[str, int], exceptions: list[str]) -> None:
    day = summarise(at(*spans), WORKDAY, AFTER, AT_ONCE)
    assert minutes(day) == amounts
    assert list(day.exceptions) == exceptions
    assert (day.status, day.counters.present, day.counters.paid) == (DayStatus.PRESENT, 1, 1)
    assert day.scheduled_seconds == 420 * 60


def test_grace_forgives_up_to_its_minutes_and_then_the_whole_lateness_counts() -> None:
    kind = demand_of(MONDAY, JAKARTA, replace(NINE_TO_FIVE, grace_in_minutes=10, grace_out_minutes=5))
    forgiven = summarise(at(("09:10", "16:55")), kind, AFTER)
    assert (forgiven.late_seconds, forgiven.early_leave_seconds) == (0, 0)
    counted = summarise(at(("09:11", "16:54")), kind, AFTER)
    assert (counted.late_seconds, counted.early_leave_seconds) == (660, 360)


NOBODY = [
    # day type, leave, as of -> status, paid, unpaid, absent, exceptions
    (DayType.WORK, None, "2025-11-17 16:59", DayStatus.EXPECTED, "1", "0", "0", []),
    (DayType.WORK, None, "2025-11-17 17:00", DayStatus.ABSENT, "0", "1", "1", ["absent"]),
    (DayType.WORK, LeaveOfDay(), "2025-11-20 00:00", DayStatus.ON_LEAVE, "1", "0", "0", []),
    (DayType.WORK, LeaveOfDay(is_paid=False), "2025-11-20 00:00", DayStatus.ON_LEAVE, "0", "1", "0", []),
    (
        DayType.WORK,
        LeaveOfDay(LeavePortion.FIRST_HALF),
        "2025-11-20 00:00",
        DayStatus.PARTLY,
        "0.5",
        "0.5",
        "0.5",
        ["absent"],
    ),
    (DayType.HOLIDAY, None, "2025-11-20 00:00", DayStatus.OFF, "0", "0", "0", []),
    (DayType.COLLECTIVE_LEAVE, None, "2025-11-20 00:00", DayStatus.ON_LEAVE, "1", "0", "0", []),
    (DayType.REST, None, "2025-11-20 00:00", DayStatus.OFF, "0", "0", "0", []),
]


@pytest.mark.parametrize(("day_type", "leave", "as_of", "status", "paid", "unpaid", "absent", "exceptions"), NOBODY)
def test_a_day_nobody_came(
    day_type: DayType,
    leave: LeaveOfDay | None,
    as_of: str,
    status: DayStatus,
    paid: str,
    unpaid: str,
    absent: str,
    exceptions: list[str],
) -> None:
    day = summarise([], demand_of(MONDAY, JAKARTA, NINE_TO_FIVE, day_type, leave), instant(as_of))
    counters = day.counters
    assert (day.day_type, day.status, list(day.exceptions)) == (day_type, status, exceptions)
    assert (counters.paid, counters.unpaid, counters.absent) == (Decimal(paid), Decimal(unpaid), Decimal(absent))
    assert minutes(day).keys() <= {"short"}


CAME_ANYWAY = [
    (DayType.REST, None, Overtime(rest_day_seconds=4 * 3600), DayStatus.PRESENT),
    (DayType.HOLIDAY, None, Overtime(holiday_seconds=4 * 3600), DayStatus.PRESENT),
    # collective leave earns no holiday rate: four hours are an ordinary half day
    (DayType.COLLECTIVE_LEAVE, None, Overtime(), DayStatus.PRESENT),
    (DayType.WORK, LeaveOfDay(), Overtime(), DayStatus.PARTLY),
]


@pytest.mark.parametrize(("day_type", "leave", "overtime", "status"), CAME_ANYWAY)
def test_work_on_a_day_that_asked_for_none_counts_and_is_shown(
    day_type: DayType, leave: LeaveOfDay | None, overtime: Overtime, status: DayStatus
) -> None:
    schedule = demand_of(MONDAY, JAKARTA, NINE_TO_FIVE, day_type, leave)
    day = summarise(at(("09:00", "13:00")), schedule, AFTER, AT_ONCE)
    assert (day.worked_seconds, day.overtime, day.status) == (4 * 3600, overtime, status)
    assert day.exceptions == (DayException.UNSCHEDULED,)
    assert (day.counters.rest_day_worked, day.counters.holiday_worked) == (
        int(day_type == DayType.REST),
        int(day_type == DayType.HOLIDAY),
    )


def test_collective_leave_worked_beyond_the_normal_day_is_weekday_overtime() -> None:
    schedule = demand_of(MONDAY, JAKARTA, NINE_TO_FIVE, DayType.COLLECTIVE_LEAVE)
    assert summarise(at(("09:00", "18:00")), schedule, AFTER, AT_ONCE).overtime.weekday_seconds == 3600


def test_half_a_day_of_leave_moves_the_start_and_shares_the_day() -> None:
    schedule = demand_of(MONDAY, JAKARTA, NINE_TO_FIVE, leave=LeaveOfDay(LeavePortion.FIRST_HALF, is_paid=False))
    day = summarise(at(("13:00", "17:00")), schedule, AFTER)
    assert (day.status, day.late_seconds, day.exceptions) == (DayStatus.PARTLY, 0, ())
    assert (day.counters.paid, day.counters.unpaid_leave) == (Decimal("0.5"), Decimal("0.5"))
    assert minutes(summarise(at(("11:00", "17:00")), schedule, AFTER))["break"] == 30


@pytest.mark.parametrize("half", [("09:00", "12:30"), ("13:30", "17:00")])
def test_half_a_day_of_leave_without_a_word_which_is_worked_in_the_other_half(half: tuple[str, str]) -> None:
    schedule = demand_of(MONDAY, JAKARTA, NINE_TO_FIVE, leave=LeaveOfDay(LeavePortion.EITHER_HALF))
    day = summarise(at(half), schedule, AFTER)
    assert (minutes(day), day.exceptions, day.status) == ({"worked": 210}, (), DayStatus.PARTLY)
    assert (day.counters.paid, day.counters.paid_leave) == (1, Decimal("0.5"))


def test_an_unfinished_stay_counts_no_time_and_is_still_presence() -> None:
    (unfinished,) = at(("09:00", None), is_unfinished=True)
    day = summarise([unfinished], WORKDAY, AFTER)
    assert (day.worked_seconds, day.status, day.counters.absent) == (0, DayStatus.PRESENT, 0)
    assert day.exceptions == (DayException.MISSING_OUT,)


def test_an_open_stay_is_overdue_only_past_the_maximum() -> None:
    assert summarise(at(("09:00", None)), WORKDAY, instant("2025-11-18 01:00")).exceptions == ()
    overdue = summarise(at(("09:00", None)), WORKDAY, instant("2025-11-18 01:01"))
    assert overdue.exceptions == (DayException.MISSING_OUT,)


def test_time_closed_by_rule_never_becomes_overtime() -> None:
    closed_by_rule = at(("08:00", "23:00"), reason=EndReason.AUTO_CLOSED, flags=frozenset({StayFlag.MISSING_OUT}))
    day = summarise(closed_by_rule, WORKDAY, AFTER, AT_ONCE)
    assert (day.overtime.seconds, DayException.MISSING_OUT in day.exceptions) == (0, True)
    rest = demand_of(MONDAY, JAKARTA, None, DayType.REST)
    mixed = [*closed_by_rule, stay("2025-11-17 23:00", "2025-11-17 23:30")]
    assert summarise(mixed, rest, AFTER, AT_ONCE).overtime.rest_day_seconds == 1800


def test_early_arrival_is_no_overtime() -> None:
    day = summarise(at(("07:00", "17:00")), WORKDAY, AFTER, AT_ONCE)
    assert (day.overtime.seconds, day.early_arrival_seconds) == (0, 7200)


@pytest.mark.parametrize(("approved", "counted"), [(None, 0), (3600, 3600), (99999, 7200)])
def test_overtime_that_needs_approval_counts_as_far_as_approved(approved: int | None, counted: int) -> None:
    day = summarise(at(("09:00", "19:00")), WORKDAY, AFTER, approved_overtime_seconds=approved)
    assert (day.overtime.weekday_seconds, day.counted_overtime.weekday_seconds) == (7200, counted)


def test_breaks_punched_count_once_and_paid_ones_are_work() -> None:
    noon = instant("2025-11-17 12:00")
    breaks = (
        Break(noon, noon + timedelta(minutes=50)),
        Break(noon + timedelta(minutes=40), noon + timedelta(minutes=70)),
        Break(noon + timedelta(hours=2), noon + timedelta(hours=3), is_paid=True),
        Break(noon - timedelta(hours=9), noon - timedelta(hours=8)),
    )
    day = summarise(at(("09:00", "17:00"), breaks=breaks), WORKDAY, AFTER)
    assert minutes(day) == {"worked": 410, "break": 70, "short": 10}


@pytest.mark.parametrize(
    ("spans", "paused", "amounts"),
    [
        # Between two stays it is work, and so no gap that stands for the planned break of an hour.
        ([("09:00", "12:00"), ("12:30", "17:00")], ("12:00", "12:30"), {"worked": 420, "break": 60}),
        # What a stay covers counts once.
        ([("09:00", "12:00"), ("12:30", "17:00")], ("11:50", "12:40"), {"worked": 420, "break": 60}),
        ([("09:00", "12:00"), ("13:00", "17:00")], ("12:00", "12:30"), {"worked": 420, "break": 30}),
        # One that still runs is nothing yet.
        ([("09:00", "17:00")], ("17:00", None), {"worked": 420, "break": 60}),
        ([("09:00", "17:00")], ("17:00", "17:30"), {"worked": 450, "break": 60, "overtime": 30}),
    ],
)
def test_a_paid_break_in_no_stay_is_worked_time(
    spans: list[tuple[str, str | None]], paused: tuple[str, str | None], amounts: dict[str, int]
) -> None:
    start, end = (None if text is None else instant(f"2025-11-17 {text}") for text in paused)
    assert start is not None
    paid = Break(start, end, is_paid=True)
    day = summarise(at(*spans), WORKDAY, AFTER, AT_ONCE, breaks=[paid])
    assert minutes(day) == amounts
    unpaid = summarise(at(*spans), WORKDAY, AFTER, AT_ONCE, breaks=[replace(paid, is_paid=False)])
    assert unpaid.worked_seconds <= day.worked_seconds


def test_a_paid_break_alone_is_nobodys_coming() -> None:
    paid = Break(instant("2025-11-17 12:00"), instant("2025-11-17 12:30"), is_paid=True)
    assert summarise([], WORKDAY, AFTER, breaks=[paid]).status == DayStatus.ABSENT


def test_without_automatic_breaks_only_punched_ones_are_taken_off() -> None:
    day = summarise(at(("09:00", "17:00")), WORKDAY, AFTER, replace(AT_ONCE, auto_break_after_minutes=None))
    assert minutes(day) == {"worked": 480, "overtime": 60}


def test_flexible_hours_know_no_lateness() -> None:
    schedule = demand_of(MONDAY, JAKARTA, Shift(time(7), time(19), required_minutes=420))
    day = summarise(at(("11:00", "19:00")), schedule, AFTER)
    assert minutes(day) == {"worked": 420, "break": 60}


def test_free_hours_ask_for_nothing_and_count_everything() -> None:
    schedule = DaySchedule(MONDAY, JAKARTA, DayType.WORK)
    day = summarise(at(("11:00", "23:00")), schedule, AFTER, AT_ONCE)
    assert (minutes(day), day.exceptions, day.status) == ({"worked": 720}, (), DayStatus.PRESENT)
    assert summarise([], schedule, AFTER).status == DayStatus.OFF


def test_the_lock_is_passed_on_and_changes_nothing_else() -> None:
    spans = at(("09:00", "18:00"))
    free, locked = (summarise(spans, WORKDAY, AFTER, is_locked=is_locked) for is_locked in (False, True))
    assert replace(free, is_locked=True) == locked


def test_meals_are_for_days_of_enough_work() -> None:
    assert summarise(at(("09:00", "13:00")), WORKDAY, AFTER).counters.meal_eligible == 1
    assert summarise(at(("09:00", "12:59")), WORKDAY, AFTER).counters.meal_eligible == 0


def test_a_stay_away_from_every_site_is_shown() -> None:
    away = at(("09:00", "17:00"), flags=frozenset({StayFlag.OUTSIDE_SITE}))
    assert summarise(away, WORKDAY, AFTER).exceptions == (DayException.OUTSIDE_SITE,)


def test_neighbouring_days_stays_are_left_to_their_days() -> None:
    others = [stay("2025-11-16 09:00", "2025-11-16 17:00"), stay("2025-11-18 09:00")]
    assert summarise(others, WORKDAY, AFTER).status == DayStatus.ABSENT


NIGHT = Shift(time(22), time(6), break_minutes=0)


def test_a_night_split_at_midnight_shares_hours_and_is_one_coming() -> None:
    split = DayPolicy(DayAttribution.SPLIT_AT_MIDNIGHT, OvertimePolicy(needs_approval=False))
    night = [stay("2025-11-17 22:00", "2025-11-18 06:00")]
    evening = summarise(night, demand_of(MONDAY, JAKARTA, NIGHT), AFTER, split)
    morning = summarise(night, demand_of(date(2025, 11, 18), JAKARTA, NIGHT), AFTER, split)
    assert (evening.worked_seconds, morning.worked_seconds) == (7200, 6 * 3600)
    assert (evening.counters.present, evening.exceptions) == (1, ())
    assert (morning.counters.present, morning.status) == (0, DayStatus.ABSENT)


def test_a_night_belongs_to_its_evening_by_default() -> None:
    night = [stay("2025-11-17 22:00", "2025-11-18 06:30")]
    evening = summarise(night, demand_of(MONDAY, JAKARTA, NIGHT), AFTER, AT_ONCE)
    assert minutes(evening) == {"worked": 510, "overtime": 30}
    assert summarise(night, demand_of(date(2025, 11, 18), JAKARTA, NIGHT), AFTER).counters.present == 0


spans_of_a_day = st.lists(st.integers(0, 1439), unique=True, max_size=6).map(sorted)
leaves = st.sampled_from([None, *(LeaveOfDay(portion) for portion in LeavePortion if portion != LeavePortion.HOURS)])


@settings(max_examples=100, derandomize=True, deadline=None)
@given(spans_of_a_day, st.sampled_from(DayType), leaves, st.integers(-24, 48))
def test_any_day_adds_up(marks: list[int], day_type: DayType, leave: LeaveOfDay | None, hours: int) -> None:
    midnight = instant("2025-11-17 00:00")
    moments = [midnight + timedelta(minutes=mark) for mark in marks]
    ends = [*moments[1::2], None]
    stays = [Stay(start, end, MONDAY, JAKARTA) for start, end in zip(moments[::2], ends, strict=False)]
    schedule = demand_of(MONDAY, JAKARTA, NINE_TO_FIVE, day_type, leave)
    day = summarise(stays, schedule, midnight + timedelta(hours=hours), AT_ONCE)
    presence = sum(each.seconds for each in stays)
    assert day.worked_seconds + day.break_seconds == presence
    assert 0 <= day.overtime.seconds <= day.worked_seconds
    assert day.counters.paid + day.counters.unpaid == day.counters.scheduled
    assert min(day.counters.paid, day.counters.unpaid, day.counters.absent) >= 0
    assert (day.counters.present > 0) is bool(stays)
    later = summarise(stays, schedule, midnight + timedelta(days=9), AT_ONCE)
    assert (later.worked_seconds, later.overtime) == (day.worked_seconds, day.overtime)
