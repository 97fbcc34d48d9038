"""Gives our rows ids in a vendor's shape: made once and kept, or set by HR so devices keep the ids they hold."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from attendance.adapters import ids
from attendance.models.vendor_id import VendorId
from attendance.models.vendor_key import Vendor
from attendance.selectors import vendor_ids
from peoplesync.core.services import activity
from peoplesync.kernel.errors import Conflict, Invalid

_ROUNDS = 5
_CHUNK = 1000

_MAKERS: dict[str, Callable[[bytes], str]] = {
    Vendor.GOODDAY: ids.make_goodday_id,
    Vendor.KENJO: ids.make_kenjo_id,
    Vendor.WORKLY: lambda randomness: str(ids.make_number_id(randomness)),
    Vendor.CONNECTEAM: lambda randomness: str(ids.make_number_id(randomness)),
}
#: Connecteam's jobs, shifts and breaks are strings; its people and clocks are numbers.
_OPAQUE_KINDS = frozenset({"job", "shift", "break"})


def ensure(*, vendor: str, kind: str, object_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Our row's id -> vendor's id for all of `object_ids`; those without one get one, a statement per thousand.

    Two callers in the same moment agree: the constraint keeps the first id, and both read it back.
    """
    wanted = list(dict.fromkeys(object_ids))
    found: dict[UUID, str] = {}
    for start in range(0, len(wanted), _CHUNK):
        found |= _ensure_chunk(vendor, kind, wanted[start : start + _CHUNK])
    return found


def _ensure_chunk(vendor: str, kind: str, wanted: list[UUID]) -> dict[UUID, str]:
    found = vendor_ids.known(vendor=vendor, kind=kind, ids=wanted)
    for _ in range(_ROUNDS):
        missing = [one for one in wanted if one not in found]
        if not missing:
            return found
        VendorId.objects.bulk_create(
            [VendorId(vendor=vendor, kind=kind, object_id=one, external_id=make(vendor, kind)) for one in missing],
            ignore_conflicts=True,
        )
        found = vendor_ids.known(vendor=vendor, kind=kind, ids=wanted)
    raise RuntimeError(f"no free {vendor} {kind} ids were found in {_ROUNDS} rounds")


def ensure_one(*, vendor: str, kind: str, object_id: UUID) -> str:
    """As `ensure`, for one row."""
    return ensure(vendor=vendor, kind=kind, object_ids=[object_id])[object_id]


def make(vendor: str, kind: str) -> str:
    """A fresh id in the vendor's shape; the caller's constraint says whether it is free."""
    randomness = secrets.token_bytes(ids.RANDOM_BYTES)
    if vendor == Vendor.CONNECTEAM and kind in _OPAQUE_KINDS:
        return ids.make_kenjo_id(randomness)
    return _MAKERS[vendor](randomness)


def is_wellformed(vendor: str, kind: str, external_id: str) -> bool:
    """Whether an id has the shape the vendor's clients can read."""
    if vendor == Vendor.GOODDAY:
        return ids.is_goodday_id(external_id)
    if vendor == Vendor.KENJO:
        return ids.is_kenjo_id(external_id)
    if vendor == Vendor.CONNECTEAM and kind in _OPAQUE_KINDS:
        return ids.is_opaque_id(external_id)
    return ids.read_number_id(external_id) is not None


def set_id(*, vendor: str, kind: str, object_id: UUID, external_id: str, by: Any, at: datetime) -> VendorId:
    """Name a row as the organisation's devices already do, replacing the id it had.

    Raises Invalid when the id has the wrong shape, Conflict when it belongs to something else.
    """
    if not is_wellformed(vendor, kind, external_id):
        raise Invalid.field(
            "external_id", f"{external_id!r} is not an id that {vendor} clients can read.", code="shape"
        )
    try:
        with transaction.atomic():
            row, _ = VendorId.objects.update_or_create(
                vendor=vendor,
                kind=kind,
                object_id=object_id,
                defaults={"external_id": external_id, "is_set_by_hand": True},
            )
            activity.record(
                action="vendor_id.set",
                resource_type=kind,
                resource_id=object_id,
                by=by,
                meta={"vendor": vendor, "external_id": external_id},
                at=at,
            )
    except IntegrityError as taken:
        raise Conflict(f"The {vendor} id {external_id} belongs to something else already.", code="id_taken") from taken
    return row


def set_many(*, vendor: str, kind: str, named: Mapping[UUID, str], by: Any, at: datetime) -> int:
    """Import ids: all or none. Raises as `set_id`, naming the first that fails."""
    with transaction.atomic():
        for one, external_id in named.items():
            set_id(vendor=vendor, kind=kind, object_id=one, external_id=external_id, by=by, at=at)
    return len(named)
