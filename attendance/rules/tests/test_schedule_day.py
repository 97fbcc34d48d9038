"""What a day demands: shifts, change nights, leave, kinds of day."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal

import pytest

from attendance.rules.schedule_day import (
    DayType,
    LeaveOfDay,
    LeavePortion,
    Shift,
    day_type_of,
    demand_of,
    late_by,
)
from attendance.rules.tests.builders import BERLIN, JAKARTA, LORD_HOWE, NEW_YORK, NINE_TO_FIVE, clock, instant

MONDAY = date(2025, 11, 17)
NIGHT = Shift(time(22), time(6), break_minutes=30)


def test_a_shift_demands_its_hours_without_its_break() -> None:
    demand = demand_of(MONDAY, JAKARTA, NINE_TO_FIVE)
    assert (clock(demand.starts_at), clock(demand.ends_at)) == ("11-17 09:00", "11-17 17:00")
    assert (demand.required_seconds, demand.break_seconds) == (7 * 3600, 3600)


CHANGE_NIGHTS = [
    (JAKARTA, date(2026, 3, 28), 7.5),
    (BERLIN, date(2026, 3, 28), 6.5),
    (BERLIN, date(2026, 10, 24), 8.5),
    (NEW_YORK, date(2026, 3, 7), 6.5),
    (NEW_YORK, date(2026, 10, 31), 8.5),
    (LORD_HOWE, date(2026, 10, 3), 7.0),
    (LORD_HOWE, date(2026, 4, 4), 8.0),
]


@pytest.mark.parametrize(("zone", "day", "hours"), CHANGE_NIGHTS)
def test_a_night_shift_demands_what_the_night_really_lasts(zone: str, day: date, hours: float) -> None:
    demand = demand_of(day, zone, NIGHT)
    assert demand.required_seconds == hours * 3600
    assert (clock(demand.starts_at, zone) or "")[-5:] == "22:00"
    assert (clock(demand.ends_at, zone) or "")[-5:] == "06:00"


LEAVES = [
    # portion, from, to -> window, required minutes, leave share
    (LeavePortion.FULL, None, None, None, 0, "1"),
    (LeavePortion.FIRST_HALF, None, None, ("13:00", "17:00"), 210, "0.5"),
    (LeavePortion.SECOND_HALF, None, None, ("09:00", "13:00"), 210, "0.5"),
    (LeavePortion.HOURS, "09:00", "11:00", ("11:00", "17:00"), 300, "0.2857"),
    (LeavePortion.HOURS, "08:00", "11:00", ("11:00", "17:00"), 300, "0.2857"),
    (LeavePortion.HOURS, "15:00", "17:00", ("09:00", "15:00"), 300, "0.2857"),
    (LeavePortion.HOURS, "12:00", "14:00", ("09:00", "17:00"), 300, "0.2857"),
    (LeavePortion.HOURS, "18:00", "19:00", ("09:00", "17:00"), 420, "0"),
    (LeavePortion.HOURS, "09:00", "17:00", None, 0, "1"),
]


@pytest.mark.parametrize(("portion", "begins", "ends", "window", "minutes", "share"), LEAVES)
def test_leave_takes_its_part_of_the_day(
    portion: LeavePortion,
    begins: str | None,
    ends: str | None,
    window: tuple[str, str] | None,
    minutes: int,
    share: str,
) -> None:
    clocks = (time.fromisoformat(begins), time.fromisoformat(ends)) if begins and ends else (None, None)
    demand = demand_of(MONDAY, JAKARTA, NINE_TO_FIVE, leave=LeaveOfDay(portion, True, *clocks))
    found = ((clock(demand.starts_at) or "")[-5:], (clock(demand.ends_at) or "")[-5:])
    assert found == (window or ("", ""))
    assert demand.required_seconds == minutes * 60
    assert demand.leave_share == Decimal(share)
    assert demand.required_seconds + demand.leave_seconds == demand.normal_seconds


def test_hourly_leave_after_midnight_lies_in_the_night_shift() -> None:
    leave = LeaveOfDay(LeavePortion.HOURS, True, time(4), time(6))
    demand = demand_of(MONDAY, JAKARTA, NIGHT, leave=leave)
    assert (clock(demand.ends_at), demand.leave_seconds) == ("11-18 04:00", 7200)
    over_midnight = LeaveOfDay(LeavePortion.HOURS, True, time(23), time(1))
    assert demand_of(MONDAY, JAKARTA, NIGHT, leave=over_midnight).leave_seconds == 7200


@pytest.mark.parametrize("bad", [(LeavePortion.HOURS, None), (LeavePortion.FULL, time(9))])
def test_only_hourly_leave_has_times(bad: tuple[LeavePortion, time | None]) -> None:
    with pytest.raises(ValueError, match="hourly leave"):
        LeaveOfDay(bad[0], True, bad[1], bad[1])


@pytest.mark.parametrize(
    ("shift", "marked", "is_free", "expected"),
    [
        (NINE_TO_FIVE, None, False, DayType.WORK),
        (None, None, False, DayType.REST),
        (None, None, True, DayType.WORK),
        (NINE_TO_FIVE, DayType.HOLIDAY, False, DayType.HOLIDAY),
        (None, DayType.HOLIDAY, False, DayType.HOLIDAY),
        (NINE_TO_FIVE, DayType.COLLECTIVE_LEAVE, False, DayType.COLLECTIVE_LEAVE),
        (None, DayType.COLLECTIVE_LEAVE, False, DayType.REST),
    ],
)
def test_the_type_of_a_day(shift: Shift | None, marked: DayType | None, is_free: bool, expected: DayType) -> None:
    assert day_type_of(shift, marked, is_free=is_free) == expected


def test_rest_days_and_holidays_demand_nothing_and_collective_leave_is_a_day_of_leave() -> None:
    assert demand_of(MONDAY, JAKARTA, None, DayType.REST).required_seconds == 0
    holiday = demand_of(MONDAY, JAKARTA, NINE_TO_FIVE, DayType.HOLIDAY, LeaveOfDay())
    assert (holiday.required_seconds, holiday.leave_seconds, holiday.leave) == (0, 0, None)
    collective = demand_of(MONDAY, JAKARTA, NINE_TO_FIVE, DayType.COLLECTIVE_LEAVE)
    assert (collective.required_seconds, collective.leave_share) == (0, 1)


def test_flexible_hours_demand_minutes_and_nobody_is_late() -> None:
    demand = demand_of(MONDAY, JAKARTA, Shift(time(7), time(19), required_minutes=480))
    assert demand.required_seconds == 8 * 3600
    assert not demand.is_late_counted
    assert clock(demand.over_at) == "11-18 00:00"


def test_lateness_is_from_the_planned_start_over_midnight_too() -> None:
    planned = instant("2025-11-16 21:00")
    assert late_by(instant("2025-11-17 09:11"), planned) == (12 * 60 + 11) * 60
    assert late_by(instant("2025-11-16 20:59"), planned) == 0
