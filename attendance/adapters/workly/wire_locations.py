"""PURE. Creating and changing locations, and finding an employee's near a position. Reading one is in `wire.py`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from attendance.adapters.workly.fields import Fields

LONGEST_TITLE = 100
LONGEST_ADDRESS = 255
LONGEST_IP = 39


@dataclass(frozen=True)
class LocationWrite:
    """`sent` tells an update which fields to touch: a field sent blank is cleared, one not sent stays."""

    title: str
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    radius: int | None = None
    address: str | None = None
    ipv4: str | None = None
    sent: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Nearby:
    """The position an employee's locations are ordered around, if any."""

    latitude: Decimal | None = None
    longitude: Decimal | None = None


def location_write(body: object) -> LocationWrite:
    """The body of POST and PUT. Raises ValidationFailed (422), Refused (400)."""
    read = Fields.of_body(body)
    title = read.require_text("title", at_least=1, at_most=LONGEST_TITLE)
    latitude, longitude = read.position("latitude", "longitude")
    found = LocationWrite(
        title=title,
        latitude=latitude,
        longitude=longitude,
        radius=read.integer("radius", at_least=1),
        address=read.text("address", at_most=LONGEST_ADDRESS),
        ipv4=read.text("ipv4", at_most=LONGEST_IP),
        sent=read.sent,
    )
    read.raise_any()
    return found


def nearby_query(query: Mapping[str, object]) -> Nearby:
    """`lat` and `lon`, both or neither. Raises ValidationFailed (422)."""
    read = Fields(query)
    found = Nearby(*read.position("lat", "lon"))
    read.raise_any()
    return found
