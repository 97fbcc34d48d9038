"""PURE. Judging what a device says the time was, against when we received it. The receipt time is always kept too.

A record made without signal may be days late and still true, so lateness alone is never skew; a device's clock can
be compared with ours only through its own "now" (`device_now`), or by a time that lies in our future.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from attendance.rules.punches import Verdict, in_utc, seconds_between
from peoplesync.kernel.dates import local_day


class TimeReason(StrEnum):
    """What is wrong with a client's time; codes a client and an approver can read."""

    NO_ZONE = "no_zone"
    ABSURD = "absurd_time"
    FUTURE = "future_time"
    TOO_OLD = "too_old"
    CLOCK_SKEW = "clock_skew"
    BEFORE_EMPLOYMENT = "before_employment"
    AFTER_EMPLOYMENT = "after_employment"
    LOCKED_DAY = "locked_day"


@dataclass(frozen=True, slots=True)
class ClientTimePolicy:
    """Limits. A time up to `future_tolerance` ahead is accepted, up to `future_limit` flagged, beyond it refused.

    Older than `flag_older_than` is flagged, never refused: a phone that lay in a drawer still tells the truth, and what
    must not change any more is locked. A device clock more than `skew_limit` away from ours is flagged; nobody loses a
    punch for a wrong clock.
    """

    future_tolerance: timedelta = timedelta(minutes=2)
    future_limit: timedelta = timedelta(minutes=15)
    skew_limit: timedelta = timedelta(minutes=5)
    flag_older_than: timedelta = timedelta(days=7)
    earliest_year: int = 2000


@dataclass(frozen=True, slots=True)
class TimeJudgement:
    """The verdict on a client's time with its reasons; REJECT means refused with the first reason as its code.

    `ahead_seconds` is how far the client's time lies after our receipt (negative: before).
    """

    verdict: Verdict
    reasons: tuple[TimeReason, ...] = ()
    ahead_seconds: int = 0


@dataclass(frozen=True, slots=True)
class Tenure:
    """Days of employment in `zone`, both included; None is an open end."""

    zone: str
    first_on: date | None = None
    last_on: date | None = None


def judge_client_time(
    client_at: datetime,
    received_at: datetime,
    tenure: Tenure,
    policy: ClientTimePolicy | None = None,
    *,
    device_now: datetime | None = None,
    is_locked: bool = False,
) -> TimeJudgement:
    """What to make of `client_at`, a punch's time by the device, received at `received_at` (ours).

    `device_now` is what the device's clock showed when it sent; `is_locked` says whether the punch's day is in a
    locked period. Refusals win over flags. A `client_at` or `device_now` without a zone is refused.
    Raises ValueError only when `received_at` has no zone.
    """
    limits = policy or ClientTimePolicy()
    received = in_utc(received_at)
    if client_at.utcoffset() is None or (device_now is not None and device_now.utcoffset() is None):
        return TimeJudgement(Verdict.REJECT, (TimeReason.NO_ZONE,))
    if not limits.earliest_year <= client_at.year <= received.year + 1:
        return TimeJudgement(Verdict.REJECT, (TimeReason.ABSURD,))
    ahead = in_utc(client_at) - received
    refusals = _refusals(client_at, ahead, tenure, limits, is_locked)
    skew = in_utc(device_now) - received if device_now is not None else max(ahead, timedelta(0))
    flags = _flags(ahead, skew, limits)
    verdict = Verdict.REJECT if refusals else Verdict.FLAG if flags else Verdict.ACCEPT
    return TimeJudgement(verdict, (*refusals, *flags), seconds_between(received, client_at))


def _refusals(
    client_at: datetime, ahead: timedelta, tenure: Tenure, limits: ClientTimePolicy, is_locked: bool
) -> list[TimeReason]:
    day = local_day(client_at, tenure.zone)
    found = {
        TimeReason.FUTURE: ahead > limits.future_limit,
        TimeReason.BEFORE_EMPLOYMENT: tenure.first_on is not None and day < tenure.first_on,
        TimeReason.AFTER_EMPLOYMENT: tenure.last_on is not None and day > tenure.last_on,
        TimeReason.LOCKED_DAY: is_locked,
    }
    return [reason for reason, is_so in found.items() if is_so]


def _flags(ahead: timedelta, skew: timedelta, limits: ClientTimePolicy) -> list[TimeReason]:
    found = {
        TimeReason.FUTURE: limits.future_tolerance < ahead <= limits.future_limit,
        TimeReason.TOO_OLD: -ahead > limits.flag_older_than,
        TimeReason.CLOCK_SKEW: abs(skew) > limits.skew_limit,
    }
    return [reason for reason, is_so in found.items() if is_so]
