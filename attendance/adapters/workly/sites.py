"""Work sites as Workly's locations: shown with how many people use them, listed, made, changed and deleted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.core.cache import cache
from redis.exceptions import RedisError

from attendance.adapters.workly import wire
from attendance.adapters.workly.errors import Refused
from attendance.adapters.workly.messages import Code
from attendance.adapters.workly.people import VENDOR, Place
from attendance.adapters.workly.wire_locations import LocationWrite, Nearby
from attendance.models.vendor_id import IdKind
from attendance.models.vendor_key import VendorKey
from attendance.rules.evidence import Position, distance_metres
from attendance.selectors import vendor_ids as known
from attendance.selectors import vendor_keys
from attendance.services import vendor_ids
from hr.models import WorkSite
from hr.selectors import work_sites

#: Heads are counted anew this often at most: a punch shows them, and counting a large site costs more than a punch.
COUNTS_KEPT_SECONDS = 300


def counts(site_ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many people use each site, at most five minutes old."""
    names = {f"workly-heads:{site_id}": site_id for site_id in site_ids}
    try:
        kept = {names[name]: int(count) for name, count in cache.get_many(names).items()}
        missing = [site_id for site_id in names.values() if site_id not in kept]
        fresh = work_sites.people_counts(missing) if missing else {}
        cache.set_many({f"workly-heads:{site_id}": count for site_id, count in fresh.items()}, COUNTS_KEPT_SECONDS)
    except RedisError:
        return work_sites.people_counts(names.values())
    return kept | fresh


def punched(place: Place, number: int) -> wire.Location:
    """The location of a punch, from the columns that came with its person."""
    return wire.Location(
        number, place.name, place.latitude, place.longitude, place.radius_metres, place.address or None,
        counts([place.id])[place.id],
    )  # fmt: skip


def shown(sites: Sequence[WorkSite]) -> list[wire.Location]:
    """Sites as locations, three statements however many. No device is tied to a place here, so none is counted."""
    numbers = vendor_ids.ensure(vendor=VENDOR, kind=IdKind.SITE.value, object_ids=[site.pk for site in sites])
    heads = counts(site.pk for site in sites)
    return [
        wire.Location(
            int(numbers[site.pk]), site.name, site.latitude, site.longitude, site.radius_metres, site.address or None,
            heads[site.pk],
        )
        for site in sites
    ]  # fmt: skip


def reached(key: VendorKey) -> Any:
    return vendor_keys.sites(key, WorkSite.objects.alive())


def one(key: VendorKey, number: int) -> WorkSite:
    """The reached site of this number. Raises Refused (404, 3000)."""
    rows = known.with_object_id(reached(key), vendor=VENDOR, kind=IdKind.SITE.value, external_id=str(number))
    found: WorkSite | None = rows.first()
    if found is None:
        raise Refused(Code.NOT_FOUND)
    return found


def of_person(key: VendorKey, employee_id: UUID, near: Nearby) -> list[wire.Location]:
    """Where somebody may punch: by name, or the nearest first."""
    rows = list(vendor_keys.sites(key, work_sites.sites_of(employee_id)).order_by("name", "id"))
    if near.latitude is not None and near.longitude is not None:
        here = Position(near.latitude, near.longitude)
        rows.sort(key=lambda site: _metres(here, site))
    return shown(rows)


def _metres(here: Position, site: WorkSite) -> float:
    if site.latitude is None or site.longitude is None:
        return float("inf")
    return distance_metres(here, Position(site.latitude, site.longitude))


def values_of(sent: LocationWrite, *, is_new: bool) -> dict[str, Any]:
    """The columns a body sets; one that was sent blank is cleared, one that was not sent stays."""
    values: dict[str, Any] = {"name": sent.title}
    columns: dict[str, tuple[str, Any]] = {
        "latitude": ("latitude", sent.latitude),
        "longitude": ("longitude", sent.longitude),
        "address": ("address", sent.address or ""),
        "ipv4": ("ip_address", sent.ipv4 or ""),
    }
    values |= {column: value for name, (column, value) in columns.items() if is_new or name in sent.sent}
    if sent.radius is not None:
        values["radius_metres"] = sent.radius
    return values
