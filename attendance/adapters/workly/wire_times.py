"""PURE. What a day was planned as and what it became: the `scheduled` and `actual` objects of accounts and reports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from attendance.adapters.answers import JsonObject
from attendance.adapters.workly.wire import event_text
from peoplesync.kernel.dates import zone

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Scheduled:
    """A planned day; instants are aware and `end_at` may lie on the next day. Production time in minutes."""

    report_on: date
    is_work_day: bool
    production_minutes: int | None = None
    start_at: datetime | None = None
    end_at: datetime | None = None
    schedule_id: int | None = None
    timeoff_id: int | None = None


@dataclass(frozen=True)
class Actual:
    """The first in and the last out of a day, aware instants; `authorised_minutes` lie within the schedule."""

    first_in_at: datetime | None = None
    last_out_at: datetime | None = None
    authorised_minutes: int = 0
    work_minutes: int = 0
    last_event: str | None = None


def hours(minutes: int | None) -> str | None:
    """`HH:MM`, or None for no value.

    >>> hours(377), hours(0), hours(None), hours(-150)
    ('06:17', '00:00', None, '-02:30')
    """
    if minutes is None:
        return None
    whole, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else ''}{whole:02d}:{rest:02d}"


def scheduled_json(scheduled: Scheduled, zone_name: str) -> JsonObject:
    """Start and end as full date-times in the account's zone."""
    return {
        "report_date": scheduled.report_on.isoformat(),
        "is_work_day": scheduled.is_work_day,
        "production_time": hours(scheduled.production_minutes),
        "start_time": None if scheduled.start_at is None else event_text(scheduled.start_at, zone_name),
        "end_time": None if scheduled.end_at is None else event_text(scheduled.end_at, zone_name),
        "schedule_id": scheduled.schedule_id,
        "timeoff_id": scheduled.timeoff_id,
    }


def actual_json(actual: Actual, scheduled: Scheduled, zone_name: str) -> JsonObject:
    """Lateness is told on days off too, and null where there is none."""
    came, went = actual.first_in_at, actual.last_out_at
    return {
        "first_in": _clock(came, zone_name),
        "last_out": _clock(went, zone_name),
        "late_in": _past(scheduled.start_at, came),
        "early_in": _short_of(scheduled.start_at, came),
        "early_out": _short_of(scheduled.end_at, went),
        "late_out": _past(scheduled.end_at, went),
        "authorized_time": hours(actual.authorised_minutes),
        "work_time": hours(actual.work_minutes),
        "last_event": actual.last_event,
    }


def _clock(at: datetime | None, zone_name: str) -> str | None:
    return None if at is None else at.astimezone(zone(zone_name)).strftime("%H:%M")


def _past(planned: datetime | None, punched: datetime | None) -> str | None:
    """How long after the plan, or None. The punch counts as the minute shown, so that clock and difference agree."""
    if planned is None or punched is None:
        return None
    minutes = (punched.replace(second=0, microsecond=0) - planned) // _MINUTE
    return hours(minutes) if minutes > 0 else None


def _short_of(planned: datetime | None, punched: datetime | None) -> str | None:
    """How long before the plan, or None."""
    if planned is None or punched is None:
        return None
    minutes = (planned - punched.replace(second=0, microsecond=0)) // _MINUTE
    return hours(minutes) if minutes > 0 else None
