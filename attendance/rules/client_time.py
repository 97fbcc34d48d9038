"""PURE. Judging what a device says the time was, against when we received it. The receipt time is always kept too.

A record made without signal may be days late and still true, so lateness alone is never skew: a device's clock is only
known to be wrong by a time that lies in our future.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from attendance.rules.punches import Verdict, in_utc
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


@dataclass(frozen=True, slots=True)
class ClientTimePolicy:
    """Limits. A time up to `future_tolerance` ahead is accepted, up to `future_limit` flagged, beyond it refused.

    Older than `flag_older_than` is flagged, never refused: a phone that lay in a drawer still tells the truth, and what
    must not change any more is locked. A device clock more than `skew_limit` before ours is flagged; nobody loses a punch
    for a wrong clock.
    """

    future_tolerance: timedelta = timedelta(minutes=2)
    future_limit: timedelta = timedelta(minutes=15)
    skew_limit: timedelta = timedelta(minutes=5)
    flag_older_than: timedelta = timedelta(days=7)
    earliest_year: int = 2000


@dataclass(frozen=True, slots=True)
class TimeJudgement:
    """The verdict on a client's time with its reasons; REJECT means refused with the first reason as its code."""

    verdict: Verdict
    reasons: tuple[TimeReason, ...] = ()


@dataclass(frozen=True, slots=True)
class Tenure:
    """Days of employment in `zone`, both included; None is an open end."""

    zone: str
    first_on: date | None = None
    last_on: date | None = None


def judge_client_time(
    client_at: datetime, received_at: datetime, tenure: Tenure, policy: ClientTimePolicy | None = None
) -> TimeJudgement:
    """What to make of `client_at`, a punch's time by the device, received at `received_at` (ours).

    Refusals win over flags. A `client_at` without a zone is refused. Raises ValueError only when `received_at` has no zone.
    """
    limits = policy or ClientTimePolicy()
    received = in_utc(received_at)
    if client_at.utcoffset() is None:
        return TimeJudgement(Verdict.REJECT, (TimeReason.NO_ZONE,))
    if not limits.earliest_year <= client_at.year <= received.year + 1:
        return TimeJudgement(Verdict.REJECT, (TimeReason.ABSURD,))
    ahead = in_utc(client_at) - received
    refusals, flags = _refusals(client_at, ahead, tenure, limits), _flags(ahead, limits)
    verdict = Verdict.REJECT if refusals else Verdict.FLAG if flags else Verdict.ACCEPT
    return TimeJudgement(verdict, (*refusals, *flags))


def _refusals(client_at: datetime, ahead: timedelta, tenure: Tenure, limits: ClientTimePolicy) -> list[TimeReason]:
    day = local_day(client_at, tenure.zone)
    found = {
        TimeReason.FUTURE: ahead > limits.future_limit,
        TimeReason.BEFORE_EMPLOYMENT: tenure.first_on is not None and day < tenure.first_on,
        TimeReason.AFTER_EMPLOYMENT: tenure.last_on is not None and day > tenure.last_on,
    }
    return [reason for reason, is_so in found.items() if is_so]


def _flags(ahead: timedelta, limits: ClientTimePolicy) -> list[TimeReason]:
    found = {
        TimeReason.FUTURE: limits.future_tolerance < ahead <= limits.future_limit,
        TimeReason.TOO_OLD: -ahead > limits.flag_older_than,
        TimeReason.CLOCK_SKEW: ahead > limits.skew_limit,
    }
    return [reason for reason, is_so in found.items() if is_so]
