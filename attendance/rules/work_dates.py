"""PURE. Which day's work a stay is, how long a stay may last, and what becomes of one whose out never came.

Local days and midnights are read in the zone handed in; lengths are measured on instants, so a night on which the
clocks change is as long as it really was. What a day demands stands in `schedule_day`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from attendance.rules.punches import Break, EndReason, Stay, StayFlag, in_utc, seconds_between
from peoplesync.kernel.dates import ONE_DAY, at_local, days_between, local_day

#: As far as anybody may set the longest stay; what stands around a stay is looked for no further back.
LONGEST = timedelta(days=3)


class DayAttribution(StrEnum):
    """Which day a stay over midnight belongs to. START is the default: a night shift is the evening's work."""

    START = "start"
    END = "end"
    MOST_HOURS = "most_hours"
    SPLIT_AT_MIDNIGHT = "split_at_midnight"


@dataclass(frozen=True, slots=True)
class Portion:
    """The part of a stay one work date gets. Instants in UTC."""

    work_date: date
    start_at: datetime
    end_at: datetime

    @property
    def seconds(self) -> int:
        return seconds_between(self.start_at, self.end_at)


def by_local_day(start_at: datetime, end_at: datetime, zone: str) -> tuple[Portion, ...]:
    """A stretch of time cut at every local midnight of a zone, earliest first; `end_at` itself is not in it.

    >>> from datetime import UTC
    >>> [p.seconds for p in by_local_day(datetime(2025, 11, 16, 15, tzinfo=UTC), datetime(2025, 11, 16, 23, tzinfo=UTC),
    ...                                  "Asia/Jakarta")]
    [7200, 21600]
    """
    portions = []
    for day in days_between(local_day(start_at, zone), local_day(end_at, zone)):
        first = max(in_utc(start_at), at_local(day, time(0), zone))
        last = min(in_utc(end_at), at_local(day + ONE_DAY, time(0), zone))
        if first < last:
            portions.append(Portion(day, first, last))
    return tuple(portions)


def work_date_of(
    start_at: datetime, end_at: datetime | None, zone: str, attribution: DayAttribution = DayAttribution.START
) -> date:
    """The one day stored with a stay. Without an end, and when split at midnight, it is the day it began.

    An end exactly at midnight still belongs to the day before: nobody worked on the new day.
    MOST_HOURS gives a tie to the earlier day.
    """
    if end_at is None or attribution in (DayAttribution.START, DayAttribution.SPLIT_AT_MIDNIGHT):
        return local_day(start_at, zone)
    days = by_local_day(start_at, end_at, zone)
    if attribution == DayAttribution.END:
        return days[-1].work_date
    return max(days, key=lambda portion: (portion.seconds, -portion.work_date.toordinal())).work_date


def portions_of(stay: Stay, attribution: DayAttribution) -> tuple[Portion, ...]:
    """The time each work date gets from a stay; none while it has no end. The parts sum to its seconds."""
    if stay.end_at is None:
        return ()
    if attribution == DayAttribution.SPLIT_AT_MIDNIGHT:
        return by_local_day(stay.start_at, stay.end_at, stay.zone)
    return (Portion(stay.work_date, stay.start_at, stay.end_at),)


def days_given_time(stays: Iterable[Stay], attribution: DayAttribution) -> set[date]:
    """Every work date these stays belong to or give time to: split at midnight, the days they go on into too."""
    found = set()
    for stay in stays:
        found.add(stay.work_date)
        if attribution == DayAttribution.SPLIT_AT_MIDNIGHT:
            found.update(portion.work_date for portion in portions_of(stay, attribution))
    return found


def dates_giving_time(first: date, last: date, attribution: DayAttribution) -> tuple[date, date]:
    """The work dates, from and to, of all stays that may give time to the days from `first` to `last`.

    Split at midnight, time is where the clock was, whatever date a stay was stored with: another policy's, up to its
    end, or its door's own, which may be the day before its local one.
    """
    if attribution != DayAttribution.SPLIT_AT_MIDNIGHT:
        return first, last
    return first - LONGEST - ONE_DAY, last + LONGEST


@dataclass(frozen=True, slots=True)
class MaximumLength:
    """How long a stay may be open before its out counts as forgotten. Raises ValueError unless positive."""

    length: timedelta = timedelta(hours=16)

    def __post_init__(self) -> None:
        if self.length <= timedelta(0):
            raise ValueError(f"the maximum length of a stay must be positive, not {self.length}")

    def forgotten_after(self, start_at: datetime, scheduled_end_at: datetime | None = None) -> datetime:
        """The last instant at which an out still counts: a shift planned longer than the maximum may be finished."""
        limit = in_utc(start_at) + self.length
        return limit if scheduled_end_at is None else max(limit, in_utc(scheduled_end_at))


def ended(
    stay: Stay,
    at: datetime,
    attribution: DayAttribution = DayAttribution.START,
    *,
    reason: EndReason | None = None,
    flags: frozenset[StayFlag] = frozenset(),
) -> Stay:
    """The stay closed at `at`: a running break ends with it, its work date is settled by the attribution policy.

    Raises ValueError when `at` is not after its start.
    """
    end_at = in_utc(at)
    closed = replace(
        stay,
        end_at=end_at,
        is_unfinished=False,
        work_date=work_date_of(stay.start_at, end_at, stay.zone, attribution),
        breaks=tuple(_within(pause, end_at) for pause in stay.breaks if pause.start_at < end_at),
        reason=reason,
        flags=(stay.flags - {StayFlag.MISSING_OUT}) | flags,
    )
    return replace(closed, flags=closed.flags | {StayFlag.OVERNIGHT}) if closed.is_overnight else closed


def _within(pause: Break, end_at: datetime) -> Break:
    """A break of a stay that ends at `end_at`."""
    return replace(pause, end_at=end_at if pause.end_at is None else min(pause.end_at, end_at))


def as_unfinished(stay: Stay) -> Stay:
    """The stay without an end that nobody waits for any more: it blocks nobody and counts no time."""
    return replace(stay, end_at=None, is_unfinished=True, reason=None, flags=stay.flags | {StayFlag.MISSING_OUT})


def close_forgotten(
    stay: Stay,
    as_of: datetime,
    maximum: MaximumLength,
    scheduled_end_at: datetime | None = None,
    attribution: DayAttribution = DayAttribution.START,
) -> Stay | None:
    """What an open stay becomes when its out was forgotten, or None while it may still come.

    Past the maximum length it is closed at the scheduled end, or at the maximum where no schedule ends after the
    start, with reason `auto_closed` and a flag. Its time is never overtime until somebody corrects it.
    """
    if not stay.is_open:
        return None
    limit = maximum.forgotten_after(stay.start_at, scheduled_end_at)
    if in_utc(as_of) <= limit:
        return None
    planned = scheduled_end_at is not None and in_utc(scheduled_end_at) > stay.start_at
    end_at = in_utc(scheduled_end_at) if planned and scheduled_end_at is not None else limit
    return ended(stay, end_at, attribution, reason=EndReason.AUTO_CLOSED, flags=frozenset({StayFlag.MISSING_OUT}))
