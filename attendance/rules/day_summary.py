"""PURE. The outcome of one person's day: one function from stays, demand and leave to what is stored, shown and paid.

Seconds are the base unit, minutes are derived. Day type, status and lock are three answers to three questions: what
kind of day it is, what the person did, whether it may still change. Payroll reads the counters and nothing else.
Looking anything up, or deciding an approval, does not belong here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from attendance.rules.day_presence import DayPresence, presence_of
from attendance.rules.overtime import Overtime, OvertimePolicy, daily_overtime
from attendance.rules.punches import Break, Stay, StayFlag, in_utc, seconds_between
from attendance.rules.schedule_day import DaySchedule, DayType, late_by
from attendance.rules.work_dates import DayAttribution, MaximumLength

_ZERO, _ONE = Decimal(0), Decimal(1)


class DayStatus(StrEnum):
    """What the person did. PARTLY: leave for a part of the day (or work on a day of leave)."""

    PRESENT = "present"
    ABSENT = "absent"
    ON_LEAVE = "on_leave"
    PARTLY = "partly"
    EXPECTED = "expected"  # somebody is demanded and the day is not over
    OFF = "off"  # nobody was demanded, nobody came


class DayException(StrEnum):
    """What somebody should look at."""

    MISSING_OUT = "missing_out"
    LATE = "late"
    EARLY = "early"
    ABSENT = "absent"
    OUTSIDE_SITE = "outside_site"
    LONG_DAY = "long_day"
    UNSCHEDULED = "unscheduled"


@dataclass(frozen=True, slots=True)
class DayPolicy:
    """The organisation's choices. The planned break is taken off presences longer than `auto_break_after_minutes`
    as far as it was not taken (breaks punched and gaps between stays count); None: only punched breaks are."""

    attribution: DayAttribution = DayAttribution.START
    overtime: OvertimePolicy = field(default_factory=OvertimePolicy)
    maximum: MaximumLength = field(default_factory=MaximumLength)
    auto_break_after_minutes: int | None = 300
    meal_after_minutes: int = 240
    long_day_minutes: int = 720


@dataclass(frozen=True, slots=True)
class DayCounters:
    """What payroll reads, in days of this one date. Shares are of the day's demanded work, to four places.

    `paid` + `unpaid` = `scheduled`; a day not over yet counts as paid. `present` is 1 for whoever came, on any day.
    """

    scheduled: Decimal = _ZERO
    paid: Decimal = _ZERO
    unpaid: Decimal = _ZERO
    absent: Decimal = _ZERO
    paid_leave: Decimal = _ZERO
    unpaid_leave: Decimal = _ZERO
    present: int = 0
    late: int = 0
    early: int = 0
    meal_eligible: int = 0
    rest_day_worked: int = 0
    holiday_worked: int = 0


@dataclass(frozen=True, slots=True)
class DaySummary:
    """One person's day. Instants in UTC, amounts in seconds.

    `worked_seconds` is presence less breaks, of closed stays only; `auto_closed_seconds` the part of it that a rule
    ended. `overtime` is what was found, `counted_overtime` what approval lets count.
    """

    work_date: date
    day_type: DayType
    status: DayStatus
    is_locked: bool
    scheduled_seconds: int
    worked_seconds: int
    break_seconds: int
    late_seconds: int
    early_leave_seconds: int
    early_arrival_seconds: int
    short_seconds: int
    auto_closed_seconds: int
    overtime: Overtime
    counted_overtime: Overtime
    counters: DayCounters
    exceptions: tuple[DayException, ...]
    first_in_at: datetime | None = None
    last_out_at: datetime | None = None

    @property
    def worked_minutes(self) -> int:
        """Whole minutes worked, seconds cut off."""
        return self.worked_seconds // 60


@dataclass(frozen=True, slots=True)
class _Amounts:
    """Seconds of a day that do not depend on when one asks."""

    worked: int
    late: int
    early: int
    before: int
    overtime: Overtime


def summarise(
    stays: Iterable[Stay],
    schedule: DaySchedule,
    as_of: datetime,
    policy: DayPolicy | None = None,
    *,
    breaks: Iterable[Break] = (),
    is_locked: bool = False,
    approved_overtime_seconds: int | None = None,
) -> DaySummary:
    """The summary of `schedule.day`.

    `stays` may hold those of neighbouring days (they are needed when stays are split at midnight); `breaks` are the
    day's paid breaks that lie in no stay, which count as worked once they are over. `as_of` only decides whether an
    absence is certain and an out overdue: the time worked never depends on it, for open and unfinished stays count
    none. `approved_overtime_seconds` None: not
    decided. Raises ValueError when `as_of` has no zone.
    """
    rules = policy or DayPolicy()
    here = presence_of(stays, schedule.day, rules.attribution, breaks)
    found = _amounts_of(here, schedule, rules)
    counters = _counters(here, schedule, rules, found, is_over=in_utc(as_of) >= schedule.over_at)
    limit = (approved_overtime_seconds or 0) if rules.overtime.needs_approval else found.overtime.seconds
    return DaySummary(
        work_date=schedule.day,
        day_type=schedule.day_type,
        status=_status(here, schedule, is_over=in_utc(as_of) >= schedule.over_at),
        is_locked=is_locked,
        scheduled_seconds=schedule.required_seconds,
        worked_seconds=found.worked,
        break_seconds=here.seconds - found.worked,
        late_seconds=found.late,
        early_leave_seconds=found.early,
        early_arrival_seconds=found.before,
        short_seconds=max(0, schedule.required_seconds - found.worked) if in_utc(as_of) >= schedule.over_at else 0,
        auto_closed_seconds=min(here.auto_closed_seconds, found.worked),
        overtime=found.overtime,
        counted_overtime=found.overtime.limited_to(limit),
        counters=counters,
        exceptions=_exceptions(here, schedule, rules, counters, found.worked, in_utc(as_of)),
        first_in_at=here.first_in_at,
        last_out_at=here.last_out_at,
    )


def _amounts_of(here: DayPresence, schedule: DaySchedule, rules: DayPolicy) -> _Amounts:
    worked = max(0, here.seconds - here.paused_seconds - _untaken_break(here, schedule, rules))
    before = _before_start(here, schedule)
    unsure = here.auto_closed_seconds + before  # nobody asked for what lies before the shift
    overtime = daily_overtime(schedule.day_type, worked - unsure, schedule.normal_seconds, rules.overtime)
    return _Amounts(worked, _late(here, schedule), _early(here, schedule), before, overtime)


def _untaken_break(here: DayPresence, schedule: DaySchedule, rules: DayPolicy) -> int:
    after = rules.auto_break_after_minutes
    if after is None or here.seconds <= after * 60:
        return 0
    gaps = here.gap_seconds(schedule.starts_at, schedule.ends_at)
    return max(0, schedule.break_seconds - here.paused_seconds - gaps)


def _late(here: DayPresence, schedule: DaySchedule) -> int:
    """Seconds late, at most the length of the demanded time."""
    starts_at, ends_at = schedule.starts_at, schedule.ends_at
    if here.first_in_at is None or not schedule.is_late_counted or starts_at is None or ends_at is None:
        return 0
    late = late_by(here.first_in_at, starts_at, timedelta(seconds=schedule.grace_in_seconds))
    return min(late, seconds_between(starts_at, ends_at))


def _early(here: DayPresence, schedule: DaySchedule) -> int:
    """Seconds left early, at most the length of the demanded time; unknown (0) while a stay has no end."""
    starts_at, ends_at = schedule.starts_at, schedule.ends_at
    if here.endless or here.last_out_at is None or not schedule.is_late_counted or starts_at is None or ends_at is None:
        return 0
    early = late_by(ends_at, here.last_out_at, timedelta(seconds=schedule.grace_out_seconds))
    return min(early, seconds_between(starts_at, ends_at))


def _before_start(here: DayPresence, schedule: DaySchedule) -> int:
    """Seconds of presence before the demanded time begins."""
    if schedule.starts_at is None or schedule.is_flexible:
        return 0
    return here.seconds_before(schedule.starts_at)


def _came(here: DayPresence, schedule: DaySchedule) -> bool:
    """Whether the person came for this day: the rest of a split night is not the next day's coming if it has work."""
    return bool(here.own) or (bool(here.spans) and not schedule.required_seconds)


def _status(here: DayPresence, schedule: DaySchedule, *, is_over: bool) -> DayStatus:
    has_leave = schedule.leave_seconds > 0
    if _came(here, schedule):
        return DayStatus.PARTLY if has_leave and schedule.day_type == DayType.WORK else DayStatus.PRESENT
    if not schedule.required_seconds:
        return DayStatus.ON_LEAVE if has_leave else DayStatus.OFF
    if not is_over:
        return DayStatus.EXPECTED
    return DayStatus.PARTLY if has_leave else DayStatus.ABSENT


def _counters(
    here: DayPresence, schedule: DaySchedule, rules: DayPolicy, found: _Amounts, *, is_over: bool
) -> DayCounters:
    is_scheduled = schedule.normal_seconds > 0 and schedule.day_type in (DayType.WORK, DayType.COLLECTIVE_LEAVE)
    scheduled = _ONE if is_scheduled else _ZERO
    on_leave = schedule.leave_share if is_scheduled else _ZERO
    unpaid_leave = on_leave if schedule.leave is not None and not schedule.leave.is_paid else _ZERO
    came = int(_came(here, schedule))
    absent = scheduled - on_leave if is_over and not came else _ZERO
    return DayCounters(
        scheduled=scheduled,
        paid=scheduled - unpaid_leave - absent,
        unpaid=unpaid_leave + absent,
        absent=absent,
        paid_leave=on_leave - unpaid_leave,
        unpaid_leave=unpaid_leave,
        present=came,
        late=int(found.late > 0),
        early=int(found.early > 0),
        meal_eligible=int(found.worked >= max(1, rules.meal_after_minutes * 60)),
        rest_day_worked=came if schedule.day_type == DayType.REST else 0,
        holiday_worked=came if schedule.day_type == DayType.HOLIDAY else 0,
    )


def _exceptions(
    here: DayPresence, schedule: DaySchedule, rules: DayPolicy, counters: DayCounters, worked: int, as_of: datetime
) -> tuple[DayException, ...]:
    flags = {flag for stay in here.own for flag in stay.flags}
    overdue = any(
        stay.is_unfinished or as_of > rules.maximum.forgotten_after(stay.start_at, schedule.planned_end_at)
        for stay in here.endless
    )
    nobody_asked = schedule.day_type != DayType.WORK or (schedule.leave_seconds > 0 and not schedule.required_seconds)
    found = {
        DayException.MISSING_OUT: overdue or StayFlag.MISSING_OUT in flags,
        DayException.LATE: counters.late > 0,
        DayException.EARLY: counters.early > 0,
        DayException.ABSENT: counters.absent > 0,
        DayException.OUTSIDE_SITE: StayFlag.OUTSIDE_SITE in flags,
        DayException.LONG_DAY: worked > rules.long_day_minutes * 60,
        DayException.UNSCHEDULED: counters.present > 0 and nobody_asked,
    }
    return tuple(name for name, is_so in found.items() if is_so)
