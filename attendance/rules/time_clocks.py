"""PURE. What a time clock asks of a clock-in: that it stands open, knows the person, and knows the job she names.

Doors look the facts up and word the refusal; the order of the questions is the same at all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ClockRefusal(StrEnum):
    """Why a clock does not take a punch."""

    CLOCK_CLOSED = "clock_closed"
    NOT_ASSIGNED = "not_assigned"
    JOB_NOT_ASSIGNED = "job_not_assigned"
    JOB_REQUIRED = "job_required"


@dataclass(frozen=True, slots=True)
class Claim:
    """A clock-in at a clock, as the facts stand. `is_job_assigned` says of the named job that it or its parent may be
    chosen there; without a named job it means nothing.
    """

    is_archived: bool = False
    is_assigned: bool = False
    requires_job: bool = False
    names_job: bool = False
    is_job_assigned: bool = False


def refusal_of(claim: Claim) -> ClockRefusal | None:
    """The first thing that stands in the way, or None. An out is always taken: nobody is kept in by a setting.

    >>> refusal_of(Claim(is_assigned=True)), refusal_of(Claim(is_assigned=True, requires_job=True)).value
    (None, 'job_required')
    """
    if not claim.is_assigned:
        return ClockRefusal.NOT_ASSIGNED
    if claim.names_job and not claim.is_job_assigned:
        return ClockRefusal.JOB_NOT_ASSIGNED
    if claim.is_archived:
        return ClockRefusal.CLOCK_CLOSED
    if claim.requires_job and not claim.names_job:
        return ClockRefusal.JOB_REQUIRED
    return None
