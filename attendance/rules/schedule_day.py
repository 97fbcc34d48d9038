"""PURE. What one day demands of one person: from when to when, how much, and what leave takes away from it.

Which schedule, calendar and leave apply is looked up by services; here they are values. Wall-clock times are read in
the zone handed in, lengths are measured on instants, so a shift over a DST change demands what it really lasts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum

from attendance.rules.punches import seconds_between
from peoplesync.kernel.dates import ONE_DAY, at_local


class DayType(StrEnum):
    """What kind of day it is, whoever came. Collective leave takes a day of leave and earns no holiday rate."""

    WORK = "work"
    REST = "rest"
    HOLIDAY = "holiday"
    COLLECTIVE_LEAVE = "collective_leave"


class LeavePortion(StrEnum):
    FULL = "full"
    FIRST_HALF = "first_half"
    SECOND_HALF = "second_half"
    EITHER_HALF = "either_half"  # half a day, nobody said which: she comes for the other one
    HOURS = "hours"


_HALVES = frozenset({LeavePortion.FIRST_HALF, LeavePortion.SECOND_HALF, LeavePortion.EITHER_HALF})


@dataclass(frozen=True, slots=True)
class LeaveOfDay:
    """Approved leave on one day; `from_clock` and `to_clock` (wall clock, inside the shift) belong to HOURS alone.

    Raises ValueError when HOURS lacks them, or another portion has them.
    """

    portion: LeavePortion = LeavePortion.FULL
    is_paid: bool = True
    from_clock: time | None = None
    to_clock: time | None = None

    def __post_init__(self) -> None:
        has_clocks = self.from_clock is not None and self.to_clock is not None
        if has_clocks is not (self.portion == LeavePortion.HOURS):
            raise ValueError("hourly leave needs its two times, and only hourly leave has them")


@dataclass(frozen=True, slots=True)
class Shift:
    """One working day of a pattern. An end at or before the start is on the next day.

    `required_minutes` makes the hours flexible: that much work, whenever it is done; nobody is late or leaves early.
    Grace: minutes of lateness (of leaving early) that are not counted; once exceeded the whole lateness counts.
    Raises ValueError for negative minutes.
    """

    starts: time
    ends: time
    break_minutes: int = 60
    required_minutes: int | None = None
    grace_in_minutes: int = 0
    grace_out_minutes: int = 0

    def __post_init__(self) -> None:
        minutes = (self.break_minutes, self.required_minutes or 0, self.grace_in_minutes, self.grace_out_minutes)
        if min(minutes) < 0:
            raise ValueError("minutes of a shift cannot be negative")

    @property
    def crosses_midnight(self) -> bool:
        return self.ends <= self.starts

    @property
    def is_flexible(self) -> bool:
        return self.required_minutes is not None


@dataclass(frozen=True, slots=True)
class DaySchedule:
    """What a day demands. Instants in UTC, amounts in seconds.

    `starts_at` and `ends_at` bound the time somebody is expected (after leave; None when nobody is);
    `normal_seconds` is the work of the shift without leave, `required_seconds` what is left of it,
    `leave_seconds` what leave took. `planned_start_at` and `planned_end_at` are the shift's own, on holidays and days of
    leave too; a forgotten stay is closed at the end.
    """

    day: date
    zone: str
    day_type: DayType
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    planned_start_at: datetime | None = None
    planned_end_at: datetime | None = None
    normal_seconds: int = 0
    required_seconds: int = 0
    leave_seconds: int = 0
    break_seconds: int = 0
    grace_in_seconds: int = 0
    grace_out_seconds: int = 0
    is_flexible: bool = False
    leave: LeaveOfDay | None = None

    @property
    def leave_share(self) -> Decimal:
        """The part of the day's work that leave took, 0 to 1, to four places."""
        if not self.normal_seconds:
            return Decimal(0)
        return (Decimal(self.leave_seconds) / self.normal_seconds).quantize(Decimal("0.0001"))

    @property
    def is_late_counted(self) -> bool:
        """Whether coming late or leaving early means anything on this day."""
        return self.required_seconds > 0 and not self.is_flexible

    @property
    def over_at(self) -> datetime:
        """From when the day's absence is certain: the end of what is demanded; with flexible hours the day's end."""
        midnight = at_local(self.day + ONE_DAY, time(0), self.zone)
        if self.ends_at is None:
            return midnight
        return max(self.ends_at, midnight) if self.is_flexible else self.ends_at


def day_type_of(shift: Shift | None, marked: DayType | None = None, *, is_free: bool = False) -> DayType:
    """The type of a day from its shift and the calendar's mark (`HOLIDAY`, `COLLECTIVE_LEAVE` or None).

    A holiday is one on a rest day too; collective leave on a rest day takes no leave, so the day rests. `is_free`:
    people without fixed days, for whom every day may be worked.

    >>> day_type_of(None, DayType.COLLECTIVE_LEAVE), day_type_of(Shift(time(9), time(17)), DayType.HOLIDAY)
    (<DayType.REST: 'rest'>, <DayType.HOLIDAY: 'holiday'>)
    """
    if marked == DayType.HOLIDAY:
        return marked
    if shift is None and not is_free:
        return DayType.REST
    return marked or DayType.WORK


def shift_window(day: date, zone: str, shift: Shift) -> tuple[datetime, datetime]:
    """The instants (UTC) between which a shift of `day` lies.

    >>> start, end = shift_window(date(2026, 10, 24), "Europe/Berlin", Shift(time(22), time(6)))
    >>> seconds_between(start, end) // 3600
    9
    """
    last = day + ONE_DAY if shift.crosses_midnight else day
    return at_local(day, shift.starts, zone), at_local(last, shift.ends, zone)


def demand_of(
    day: date,
    zone: str,
    shift: Shift | None = None,
    day_type: DayType = DayType.WORK,
    leave: LeaveOfDay | None = None,
) -> DaySchedule:
    """What a day demands. A work day without a shift demands nothing (free hours); so do rest days and holidays.

    Leave counts on work days only; collective leave is a full day of paid leave for everyone with a shift.
    """
    if shift is None or day_type == DayType.REST:
        return DaySchedule(day, zone, day_type)
    window = shift_window(day, zone, shift)
    normal = _normal_seconds(shift, window)
    if day_type == DayType.HOLIDAY:
        paused = shift.break_minutes * 60
        return DaySchedule(
            day,
            zone,
            day_type,
            planned_start_at=window[0],
            planned_end_at=window[1],
            normal_seconds=normal,
            break_seconds=paused,
        )
    if day_type == DayType.COLLECTIVE_LEAVE:
        leave = LeaveOfDay()
    starts_at, ends_at, taken = _after_leave(day, zone, window, normal, leave)
    is_demanded = taken < normal
    is_half = leave is not None and leave.portion in _HALVES
    is_either = leave is not None and leave.portion == LeavePortion.EITHER_HALF
    return DaySchedule(
        day,
        zone,
        day_type,
        starts_at=starts_at if is_demanded else None,
        ends_at=ends_at if is_demanded else None,
        planned_start_at=window[0],
        planned_end_at=window[1],
        normal_seconds=normal,
        required_seconds=normal - taken,
        leave_seconds=taken,
        break_seconds=shift.break_minutes * (30 if is_half else 60),
        grace_in_seconds=shift.grace_in_minutes * 60,
        grace_out_seconds=shift.grace_out_minutes * 60,
        is_flexible=shift.is_flexible or is_either,  # in the morning or in the afternoon: nobody is late or early
        leave=leave,
    )


def _normal_seconds(shift: Shift, window: tuple[datetime, datetime]) -> int:
    """The work of a shift without leave: its window less the break, or the minutes flexible hours demand."""
    if shift.required_minutes is not None:
        return shift.required_minutes * 60
    return max(0, seconds_between(*window) - shift.break_minutes * 60)


def _after_leave(
    day: date, zone: str, window: tuple[datetime, datetime], normal: int, leave: LeaveOfDay | None
) -> tuple[datetime, datetime, int]:
    """The window that is left after leave, and the seconds of work the leave takes."""
    start, end = window
    middle = start + (end - start) / 2
    if leave is None:
        return start, end, 0
    if leave.portion == LeavePortion.FIRST_HALF:
        return middle, end, normal // 2
    if leave.portion == LeavePortion.SECOND_HALF:
        return start, middle, normal // 2
    if leave.portion == LeavePortion.EITHER_HALF:
        return start, end, normal // 2
    if leave.from_clock is None or leave.to_clock is None:
        return start, end, normal
    away_from, away_to = _hours_away(day, zone, start, leave.from_clock, leave.to_clock)
    away_from, away_to = max(start, away_from), min(end, away_to)
    taken = min(normal, max(0, seconds_between(away_from, away_to)))
    if taken:
        start = away_to if away_from <= start else start
        end = away_from if away_to >= end else end
    return start, end, taken


def _hours_away(day: date, zone: str, start: datetime, begins: time, ends: time) -> tuple[datetime, datetime]:
    """Hourly leave as instants; in a shift over midnight a time before the shift's start is of the next day."""
    away_from, away_to = at_local(day, begins, zone), at_local(day, ends, zone)
    if away_from < start and away_to <= start:
        away_from, away_to = at_local(day + ONE_DAY, begins, zone), at_local(day + ONE_DAY, ends, zone)
    if away_to <= away_from:
        away_to = at_local(day + ONE_DAY, ends, zone)
    return away_from, away_to


def late_by(first_in_at: datetime, planned_at: datetime, grace: timedelta = timedelta(0)) -> int:
    """Seconds from the planned start to the first in; 0 when not late, or within the grace.

    >>> from datetime import UTC
    >>> late_by(datetime(2026, 2, 4, 9, 11, tzinfo=UTC), datetime(2026, 2, 3, 21, tzinfo=UTC)) // 60
    731
    """
    late = seconds_between(planned_at, first_in_at)
    return late if late > grace.total_seconds() else 0
