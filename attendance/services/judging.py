"""Weighing one live punch: who may still punch, what the evidence says, and what of it is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from attendance.models import Punch
from attendance.rules.evidence import Evidence, EvidencePolicy, Observation, Position, Signal, Site, weigh
from attendance.rules.punches import Door, PunchKind, StayFlag, Verdict, seconds_between
from attendance.selectors.ground import Ground
from attendance.services.presented import Presented
from attendance.services.rows import punch_of
from peoplesync.kernel.errors import Invalid

NO_POSITION = "Your work site only accepts punches with a position. Switch location on and try again."


@dataclass(frozen=True, slots=True)
class Judged:
    """`columns` are the punch's, `flags` the stay's."""

    columns: Mapping[str, Any]
    flags: frozenset[StayFlag]


class Rejected(Invalid):
    """A site's policy does not take the punch. `punch` is its row for the log, which nothing has stored yet."""

    def __init__(self, sentence: str, punch: Punch) -> None:
        super().__init__("Validation failed", code="outside_site", errors={"lat": [sentence]})
        self.punch = punch


def judge(ground: Ground, presented: Presented, kind: PunchKind) -> Judged:
    """What to store of a punch's evidence.

    Raises Invalid outside of the employment, and Rejected (an Invalid) where a site's policy rejects the place.
    """
    if ground.hired_on is not None and ground.today(presented.at) < ground.hired_on:
        raise Invalid(
            f"Your employment begins on {ground.hired_on}, so nothing is recorded before. Ask HR if that is wrong.",
            code="before_employment",
        )
    if ground.ended_on is not None and ground.today(presented.at) > ground.ended_on:
        raise Invalid(
            "Your employment ended before this day, so it cannot be recorded. Ask HR if that is wrong.",
            code="after_employment",
        )
    # A terminal stands where it hangs and knows no position: no site is asked for its opinion.
    sites = () if presented.door == Door.KIOSK else _sites(ground, presented)
    evidence = weigh(_seen(presented), sites, ground.previous, _limits(ground))
    if evidence.verdict == Verdict.REJECT:
        raise Rejected(refusal_of(evidence), _log_row(ground, presented, kind, evidence))
    return Judged(columns_of(evidence, presented), flags_of(evidence))


def _sites(ground: Ground, presented: Presented) -> tuple[Site, ...]:
    """The site a punch names, where it is one of hers; else all of hers."""
    return tuple(site for site in ground.sites if site.id == presented.site_id) or ground.sites


def _limits(ground: Ground) -> EvidencePolicy:
    return EvidencePolicy(skew_limit_seconds=ground.maximum_skew_seconds)


def _seen(presented: Presented) -> Observation:
    position = None
    if presented.lat is not None and presented.lng is not None:
        position = Position(
            presented.lat, presented.lng, presented.location_accuracy, is_mock=bool(presented.is_mock_location)
        )
    skew = None if presented.client_at is None else seconds_between(presented.received_at, presented.client_at)
    return Observation(presented.at, position, skew, has_photo=bool(presented.photo_url))


def refusal_of(evidence: Evidence) -> str:
    """Why a site does not take a punch, in words."""
    if evidence.is_outside:
        away = _distance(evidence.distance_metres or 0)
        return (
            f"You are {away} from your work site, and it only accepts punches on site. Go there and try again, or ask for "
            "a correction."
        )
    return NO_POSITION


def _distance(metres: int) -> str:
    """A distance as people read it.

    >>> [_distance(metres) for metres in (350, 1200, 10_917_566)]
    ['350 metres', '1.2 km', '10,918 km']
    """
    if metres < 1000:
        return f"{metres} metres"
    return f"{metres / 1000:.1f} km" if metres < 10_000 else f"{metres / 1000:,.0f} km"


def _log_row(ground: Ground, presented: Presented, kind: PunchKind, evidence: Evidence) -> Punch:
    """The rejected punch as it is logged: without the device's id of it, for the same one may come again from the site."""
    return punch_of(
        replace(presented, client_id=None),
        kind,
        employee_id=ground.employee_id,
        zone=presented.zone or ground.zone,
        work_date=presented.work_date or ground.today(presented.at, presented.zone),
        **columns_of(evidence, presented),
    )


def columns_of(evidence: Evidence, presented: Presented) -> dict[str, Any]:
    """The evidence as the punch's own columns: verdict, reasons, site and distance, nothing that says where she was."""
    nearest = evidence.nearest.id if evidence.nearest is not None else None
    return {
        "verdict": evidence.verdict.value,
        "signals": [shown(signal) for signal in evidence.signals],
        "site_id": presented.site_id or nearest,
        "distance_metres": evidence.distance_metres,
    }


def shown(signal: Signal) -> dict[str, Any]:
    """A signal as the log keeps it."""
    return {
        "name": signal.name.value,
        "verdict": signal.verdict.value,
        "value": None if signal.value is None else str(signal.value),
        "limit": None if signal.limit is None else str(signal.limit),
    }


def flags_of(evidence: Evidence) -> frozenset[StayFlag]:
    """What a punch's evidence says on the stay it bounds."""
    flags = set()
    if evidence.verdict == Verdict.FLAG:
        flags.add(StayFlag.EVIDENCE)
        if evidence.is_outside:
            flags.add(StayFlag.OUTSIDE_SITE)
        if any(signal.name == "clock_skew" and signal.verdict == Verdict.FLAG for signal in evidence.signals):
            flags.add(StayFlag.CLOCK_SKEW)
    return frozenset(flags)
