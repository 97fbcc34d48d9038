"""PURE. The evidence of a punch: what speaks for the person having been there, signal by signal, and one verdict.

Coordinates come in and stay Decimal. Only the distance on the sphere is computed in floating point: it is a
measurement rounded to whole metres, never money, and inputs are checked to be finite, so no NaN can come of it.
Default policy flags; rejecting is a site's or an organisation's choice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from math import asin, cos, radians, sin, sqrt
from uuid import UUID

from attendance.rules.punches import Verdict, seconds_between

#: Mean radius of the Earth in metres (IUGG).
EARTH_RADIUS_METRES = 6_371_008.8


class SignalName(StrEnum):
    """What was looked at."""

    POSITION = "position"  # whether there is one at all
    DISTANCE = "distance"  # metres to the nearest site, against its radius
    ACCURACY = "accuracy"  # metres, as the device says
    MOCK_LOCATION = "mock_location"  # the device says its position is made up
    CLOCK_SKEW = "clock_skew"  # seconds between the device's clock and ours
    TRAVEL_SPEED = "travel_speed"  # km/h since the last punch
    PHOTO = "photo"


class SitePolicy(StrEnum):
    """What a punch outside a site's circle means."""

    ALLOW = "allow"
    FLAG = "flag"
    REJECT = "reject"


_SITE_VERDICT = {
    SitePolicy.ALLOW: Verdict.ACCEPT,
    SitePolicy.FLAG: Verdict.FLAG,
    SitePolicy.REJECT: Verdict.REJECT,
}
_SEVERITY = {Verdict.ACCEPT: 0, Verdict.FLAG: 1, Verdict.REJECT: 2}


@dataclass(frozen=True, slots=True)
class Position:
    """A place by latitude and longitude in degrees (WGS 84), accuracy in metres.

    Raises ValueError when a number is not finite or not on Earth, or the accuracy is negative.
    """

    latitude: Decimal
    longitude: Decimal
    accuracy_metres: Decimal | None = None
    is_mock: bool = False

    def __post_init__(self) -> None:
        for name, value, limit in (("latitude", self.latitude, 90), ("longitude", self.longitude, 180)):
            if not value.is_finite() or abs(value) > limit:
                raise ValueError(f"{name} must be a number between -{limit} and {limit}, not {value}")
        accuracy = self.accuracy_metres
        if accuracy is not None and (not accuracy.is_finite() or accuracy < 0):
            raise ValueError(f"accuracy must be zero or more metres, not {accuracy}")


@dataclass(frozen=True, slots=True)
class Site:
    """A circle people are expected in: radius in metres, and what being outside means."""

    position: Position
    radius_metres: int
    policy: SitePolicy = SitePolicy.FLAG
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class EvidencePolicy:
    """Limits of the organisation, and what crossing them means (`verdict`; REJECT is an explicit choice)."""

    accuracy_limit_metres: int = 100
    skew_limit_seconds: int = 300
    speed_limit_kmh: int = 300
    needs_position: bool = False
    needs_photo: bool = False
    verdict: Verdict = Verdict.FLAG


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing looked at: the value found, the limit it was held against, what follows. None: nothing to measure."""

    name: SignalName
    verdict: Verdict
    value: Decimal | None = None
    limit: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """All signals of a punch and the gravest verdict among them. `distance_metres` is to `nearest`."""

    signals: tuple[Signal, ...]
    verdict: Verdict
    nearest: Site | None = None
    distance_metres: int | None = None

    @property
    def is_outside(self) -> bool:
        """Whether the punch was made outside the nearest site's circle."""
        return any(
            s.name == SignalName.DISTANCE and s.value is not None and s.value > (s.limit or 0) for s in self.signals
        )


@dataclass(frozen=True, slots=True)
class Observation:
    """What a punch brought along. `skew_seconds`: device clock minus ours, None when unknown."""

    at: datetime
    position: Position | None = None
    skew_seconds: int | None = None
    has_photo: bool = False


def distance_metres(here: Position, there: Position) -> int:
    """Great-circle distance in whole metres (haversine on a sphere: within 0.6 % of the ellipsoid).

    >>> jakarta = Position(Decimal("-6.2088"), Decimal("106.8456"))
    >>> bandung = Position(Decimal("-6.9175"), Decimal("107.6191"))
    >>> distance_metres(jakarta, bandung), distance_metres(jakarta, jakarta)
    (116237, 0)
    """
    # Floats are fine here: see the module's first lines.
    lat1, lat2 = radians(float(here.latitude)), radians(float(there.latitude))
    turn = radians(float(there.longitude - here.longitude))
    chord = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin(turn / 2) ** 2
    return round(2 * EARTH_RADIUS_METRES * asin(min(1.0, sqrt(chord))))


def nearest_site(position: Position, sites: Iterable[Site]) -> tuple[Site, int] | None:
    """The site whose circle is nearest (distance less radius) with the distance to its centre, or None without sites."""
    measured = [(site, distance_metres(position, site.position)) for site in sites]
    return min(measured, key=lambda pair: (pair[1] - pair[0].radius_metres, pair[1]), default=None)


def weigh(
    seen: Observation,
    sites: Iterable[Site] = (),
    previous: Observation | None = None,
    policy: EvidencePolicy | None = None,
) -> Evidence:
    """All signals of a punch and what follows from them.

    `sites` are those the person may use; `previous` is her last punch. A punch is outside when its distance exceeds
    the radius by more than the device's own accuracy (counted up to the accuracy limit).
    """
    limits, sites = policy or EvidencePolicy(), tuple(sites)
    found = nearest_site(seen.position, sites) if seen.position is not None else None
    signals = (
        _position(seen, sites, limits),
        *(_distance(seen.position, found, limits) if seen.position and found else ()),
        *(_device(seen.position, limits) if seen.position else ()),
        *_skew(seen, limits),
        *_speed(seen, previous, limits),
        Signal(
            SignalName.PHOTO,
            limits.verdict if limits.needs_photo and not seen.has_photo else Verdict.ACCEPT,
            Decimal(seen.has_photo),
            Decimal(limits.needs_photo),
        ),
    )
    verdict = max((signal.verdict for signal in signals), key=_SEVERITY.__getitem__)
    return Evidence(signals, verdict, *(found or (None, None)))


def _position(seen: Observation, sites: tuple[Site, ...], limits: EvidencePolicy) -> Signal:
    """Without a position no site is left unchecked for free: it means what the most lenient site says of outside."""
    verdict = Verdict.ACCEPT
    if seen.position is None:
        missing = [_SITE_VERDICT[site.policy] for site in sites]
        verdict = min(missing, key=_SEVERITY.__getitem__, default=Verdict.ACCEPT)
        if limits.needs_position:
            verdict = max(verdict, limits.verdict, key=_SEVERITY.__getitem__)
    return Signal(SignalName.POSITION, verdict, Decimal(seen.position is not None), Decimal(limits.needs_position))


def _distance(position: Position, found: tuple[Site, int], limits: EvidencePolicy) -> tuple[Signal, ...]:
    site, metres = found
    leeway = min(position.accuracy_metres or Decimal(0), Decimal(limits.accuracy_limit_metres))
    reach = site.radius_metres + leeway
    return (Signal(SignalName.DISTANCE, _over(metres > reach, _SITE_VERDICT[site.policy]), Decimal(metres), reach),)


def _device(position: Position, limits: EvidencePolicy) -> tuple[Signal, ...]:
    """What the device says of its own position."""
    mock = Signal(
        SignalName.MOCK_LOCATION, _over(position.is_mock, limits.verdict), Decimal(position.is_mock), Decimal(0)
    )
    accuracy, limit = position.accuracy_metres, Decimal(limits.accuracy_limit_metres)
    if accuracy is None:
        return (mock,)
    return (Signal(SignalName.ACCURACY, _over(accuracy > limit, limits.verdict), accuracy, limit), mock)


def _skew(seen: Observation, limits: EvidencePolicy) -> tuple[Signal, ...]:
    if seen.skew_seconds is None:
        return ()
    is_over = abs(seen.skew_seconds) > limits.skew_limit_seconds
    value, limit = Decimal(seen.skew_seconds), Decimal(limits.skew_limit_seconds)
    return (Signal(SignalName.CLOCK_SKEW, _over(is_over, limits.verdict), value, limit),)


def _speed(seen: Observation, previous: Observation | None, limits: EvidencePolicy) -> tuple[Signal, ...]:
    """Speed since the last punch, less what both devices' accuracies explain; the time is at least one second."""
    if previous is None or previous.position is None or seen.position is None:
        return ()
    blur = (seen.position.accuracy_metres or Decimal(0)) + (previous.position.accuracy_metres or Decimal(0))
    metres = max(Decimal(0), distance_metres(previous.position, seen.position) - blur)
    seconds = max(1, abs(seconds_between(previous.at, seen.at)))
    speed = (metres * 3600 / (1000 * seconds)).quantize(Decimal(1))
    limit = Decimal(limits.speed_limit_kmh)
    return (Signal(SignalName.TRAVEL_SPEED, _over(speed > limit, limits.verdict), speed, limit),)


def _over(is_over: bool, verdict: Verdict) -> Verdict:
    return verdict if is_over else Verdict.ACCEPT
