"""Signals of a punch: each against its limit; by default nothing is rejected."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attendance.rules.evidence import (
    EvidencePolicy,
    Observation,
    Position,
    SignalName,
    Site,
    SitePolicy,
    distance_metres,
    nearest_site,
    weigh,
)
from attendance.rules.punches import Verdict
from attendance.rules.tests.builders import instant

NOON = instant("2025-11-17 12:00")


def place(latitude: str, longitude: str, accuracy: str | None = None, is_mock: bool = False) -> Position:
    return Position(Decimal(latitude), Decimal(longitude), Decimal(accuracy) if accuracy else None, is_mock)


OFFICE = Site(place("-6.2088", "106.8456"), 300)


def verdicts(seen: Observation, **more: Any) -> dict[SignalName, Verdict]:
    return {signal.name: signal.verdict for signal in weigh(seen, **more).signals}


@pytest.mark.parametrize(
    ("here", "there", "metres"),
    [
        (("0", "0"), ("0", "1"), 111195),
        (("0", "179.5"), ("0", "-179.5"), 111195),
        (("90", "0"), ("-90", "0"), 20015114),
        (("41.311081", "69.240562"), ("41.311081", "87.29"), 1505000),
    ],
)
def test_distances_on_the_sphere(here: tuple[str, str], there: tuple[str, str], metres: int) -> None:
    assert abs(distance_metres(place(*here), place(*there)) - metres) <= max(1, metres // 500)


def test_inside_the_circle_all_is_well() -> None:
    evidence = weigh(Observation(NOON, place("-6.2090", "106.8460", "15.3"), 2, has_photo=True), [OFFICE])
    assert evidence.verdict == Verdict.ACCEPT
    assert evidence.nearest == OFFICE
    assert not evidence.is_outside
    assert 0 < (evidence.distance_metres or 0) < 100


@pytest.mark.parametrize(
    ("policy", "verdict"),
    [(SitePolicy.ALLOW, Verdict.ACCEPT), (SitePolicy.FLAG, Verdict.FLAG), (SitePolicy.REJECT, Verdict.REJECT)],
)
def test_outside_means_what_the_site_says(policy: SitePolicy, verdict: Verdict) -> None:
    evidence = weigh(Observation(NOON, place("-6.3", "106.9")), [replace(OFFICE, policy=policy)])
    assert (evidence.verdict, evidence.is_outside) == (verdict, True)


def test_by_default_the_worst_punch_is_flagged_and_never_rejected() -> None:
    before = Observation(NOON - timedelta(minutes=5), place("52.52", "13.40"))
    seen = Observation(NOON, place("-6.3", "106.9", "5000", is_mock=True), 4000)
    evidence = weigh(seen, [OFFICE], before)
    assert evidence.verdict == Verdict.FLAG
    flagged = {signal.name for signal in evidence.signals if signal.verdict == Verdict.FLAG}
    assert flagged == set(SignalName) - {SignalName.PHOTO, SignalName.POSITION}
    assert weigh(seen, [OFFICE], before, EvidencePolicy(verdict=Verdict.REJECT)).verdict == Verdict.REJECT


def test_accuracy_explains_a_little_distance_and_no_more() -> None:
    edge = place("-6.2088", "106.84900", "80")  # about 376 m east
    assert weigh(Observation(NOON, edge), [OFFICE]).verdict == Verdict.ACCEPT
    assert weigh(Observation(NOON, replace(edge, accuracy_metres=None)), [OFFICE]).is_outside
    far = replace(edge, longitude=Decimal("106.8510"), accuracy_metres=Decimal(9999))
    assert weigh(Observation(NOON, far), [OFFICE]).is_outside


def test_the_nearest_circle_counts_not_the_nearest_centre() -> None:
    small = Site(place("0", "0.010"), 100)
    large = Site(place("0", "0.025"), 3000)
    assert nearest_site(place("0", "0"), [small, large]) == (large, 2780)
    assert nearest_site(place("0", "0"), []) is None


def test_leaving_out_the_position_is_no_way_around_a_rejecting_site() -> None:
    strict = replace(OFFICE, policy=SitePolicy.REJECT)
    assert weigh(Observation(NOON), [strict]).verdict == Verdict.REJECT
    assert weigh(Observation(NOON), [strict, replace(OFFICE, policy=SitePolicy.ALLOW)]).verdict == Verdict.ACCEPT
    assert weigh(Observation(NOON), []).verdict == Verdict.ACCEPT
    assert weigh(Observation(NOON), [], policy=EvidencePolicy(needs_position=True)).verdict == Verdict.FLAG


@pytest.mark.parametrize(("seconds", "verdict"), [(300, Verdict.ACCEPT), (-300, Verdict.ACCEPT), (-301, Verdict.FLAG)])
def test_clock_skew_is_held_against_its_limit(seconds: int, verdict: Verdict) -> None:
    assert verdicts(Observation(NOON, skew_seconds=seconds))[SignalName.CLOCK_SKEW] == verdict


def test_travel_speed_counts_from_the_last_punch_with_a_position() -> None:
    jakarta = Observation(NOON, OFFICE.position)
    for hours, verdict in ((1, Verdict.ACCEPT), (0, Verdict.FLAG)):
        bandung = Observation(NOON + timedelta(hours=hours), place("-6.9175", "107.6191"))
        assert verdicts(bandung, previous=jakarta)[SignalName.TRAVEL_SPEED] == verdict
    assert SignalName.TRAVEL_SPEED not in verdicts(jakarta, previous=Observation(NOON))


def test_a_photo_is_asked_for_by_policy() -> None:
    policy = EvidencePolicy(needs_photo=True)
    assert verdicts(Observation(NOON), policy=policy)[SignalName.PHOTO] == Verdict.FLAG
    assert verdicts(Observation(NOON, has_photo=True), policy=policy)[SignalName.PHOTO] == Verdict.ACCEPT


@pytest.mark.parametrize("number", ["NaN", "sNaN", "Infinity", "-Infinity", "90.0000001"])
def test_a_position_off_the_earth_cannot_be_made(number: str) -> None:
    with pytest.raises(ValueError, match="latitude"):
        place(number, "0")
    if number != "90.0000001":
        with pytest.raises(ValueError, match="accuracy"):
            place("0", "0", number)


degrees = st.tuples(
    st.decimals(-90, 90, allow_nan=False, places=7), st.decimals(-180, 180, allow_nan=False, places=7)
).map(lambda pair: Position(*pair))


@settings(max_examples=80, derandomize=True, deadline=None)
@given(degrees, degrees)
def test_distance_is_symmetric_and_at_most_half_the_globe(here: Position, there: Position) -> None:
    assert distance_metres(here, there) == distance_metres(there, here)
    assert 0 <= distance_metres(here, there) <= 20_015_115
