"""PURE. Geofences of a clock. Coordinates are strings on this resource only; punches carry numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from attendance.adapters import scalars
from attendance.adapters.answers import JsonObject
from attendance.adapters.connecteam.fields import Fields, Problems
from attendance.adapters.connecteam.wire import success

MOST_FENCES = 1000
MOST_JOBS = 100
SMALLEST, LARGEST = 75, 1524
#: The vendor publishes no default radius; metres.
DEFAULT_SIZE = 300
EXIT_ACTIONS = ("noAction", "sendNotification", "autoClockOut")


@dataclass(frozen=True)
class GeofenceWrite:
    """`size` is the radius in metres, `latitude` and `longitude` are degrees inside their ranges."""

    name: str
    address: str
    latitude: Decimal
    longitude: Decimal
    size: int = DEFAULT_SIZE
    job_ids: tuple[str, ...] = ()
    exit_action: str = "noAction"
    is_enabled: bool = True


@dataclass(frozen=True)
class Geofence:
    id: str
    settings: GeofenceWrite


def create_request(body: object) -> tuple[GeofenceWrite, ...]:
    """Raises Unprocessable (422) with every fault of the body."""
    problems = Problems()
    read = Fields.of_body(body, problems)
    found = tuple(_geofence(fence) for fence in read.nested_list("geofences", at_most=MOST_FENCES, required=True))
    problems.raise_any()
    return found


def _geofence(read: Fields) -> GeofenceWrite:
    location = read.require_nested("location")
    size = read.integer("fenceSize", at_least=SMALLEST, at_most=LARGEST)
    return GeofenceWrite(
        name=read.require_text("name", min_length=1),
        address=location.require_text("address"),
        latitude=_degrees(location, "latitude", 90),
        longitude=_degrees(location, "longitude", 180),
        size=DEFAULT_SIZE if size is None else size,
        job_ids=read.texts("jobIds", at_most=MOST_JOBS),
        exit_action=read.choice("onGeofenceExitAction", EXIT_ACTIONS, default="noAction"),
        is_enabled=read.boolean("isEnabled", default=True),
    )


def _degrees(read: Fields, key: str, limit: int) -> Decimal:
    """A number inside a string; an absent one is already a fault of its own."""
    faults = len(read.problems.found)
    text = read.require_text(key)
    degrees = scalars.exact(text)
    if degrees is not None and abs(degrees) <= limit:
        return degrees
    if len(read.problems.found) == faults:
        read.problems.add((*read.loc, key), f"{key} must be a number between -{limit} and {limit}", "value_error")
    return Decimal(0)


def geofences_answer(fences: Sequence[Geofence], request_id: str) -> JsonObject:
    return success({"geofences": [geofence_json(fence) for fence in fences]}, request_id)


def created_answer(fences: Sequence[Geofence], request_id: str) -> JsonObject:
    """Creating answers only ids and names, under `fenceId`; reading says `id`."""
    listed = [{"fenceId": fence.id, "name": fence.settings.name} for fence in fences]
    return success({"geofences": listed}, request_id)


def geofence_json(fence: Geofence) -> JsonObject:
    settings = fence.settings
    return {
        "id": fence.id,
        "name": settings.name,
        "isEnabled": settings.is_enabled,
        "fenceSize": settings.size,
        "jobIds": list(settings.job_ids),
        "onGeofenceExitAction": settings.exit_action,
        "location": {
            "address": settings.address,
            "latitude": scalars.plain(settings.latitude),
            "longitude": scalars.plain(settings.longitude),
        },
    }
