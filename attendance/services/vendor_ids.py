"""Gives our rows ids in a vendor's shape: made once and kept, or set by HR so devices keep the ids they hold."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from attendance.adapters import ids
from attendance.models.vendor_id import KINDS, IdKind, VendorId
from attendance.models.vendor_key import Vendor
from attendance.selectors import vendor_ids
from peoplesync.core.models import ActivityLog
from peoplesync.core.services import activity
from peoplesync.kernel.errors import Conflict, Invalid

_ROUNDS = 5
_CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Shape:
    """What ids look like: made from random bytes, recognised, and said in words."""

    make: Callable[[bytes], str]
    is_one: Callable[[str], bool]
    words: str


_NUMBER = Shape(
    lambda randomness: str(ids.make_number_id(randomness)),
    lambda text: ids.read_number_id(text) is not None,
    "a whole number from 1 up",
)
_OPAQUE = Shape(ids.make_kenjo_id, ids.is_opaque_id, "1 to 64 letters, digits and . _ ~ -")
_SHAPES = {
    Vendor.GOODDAY.value: Shape(ids.make_goodday_id, ids.is_goodday_id, "4 to 24 letters and digits"),
    Vendor.KENJO.value: Shape(ids.make_kenjo_id, ids.is_kenjo_id, "24 hexadecimal digits"),
    Vendor.WORKLY.value: _NUMBER,
    Vendor.CONNECTEAM.value: _NUMBER,
}
#: Connecteam's jobs and breaks are strings; its people and clocks are numbers.
_OWN_SHAPES = {(Vendor.CONNECTEAM.value, kind.value): _OPAQUE for kind in (IdKind.JOB, IdKind.BREAK)}


def shape_of(vendor: str, kind: str) -> Shape:
    """The shape of a vendor's ids for rows of a kind."""
    return _OWN_SHAPES.get((str(vendor), str(kind)), _SHAPES[vendor])


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
    return shape_of(vendor, kind).make(secrets.token_bytes(ids.RANDOM_BYTES))


def is_wellformed(vendor: str, kind: str, external_id: str) -> bool:
    """Whether an id has the shape the vendor's clients can read."""
    return shape_of(vendor, kind).is_one(external_id)


def normal(vendor: str, external_id: str) -> str:
    """An id as it is stored: clients write Kenjo's hexadecimal digits in either case."""
    stripped = external_id.strip()
    return stripped.lower() if vendor == Vendor.KENJO else stripped


@dataclass(frozen=True, slots=True)
class Naming:
    """A row and the id a vendor's clients shall know it by."""

    vendor: str
    kind: str
    object_id: UUID
    external_id: str

    def trouble(self) -> str:
        """Why these clients could not use it, empty when they can."""
        if self.vendor not in KINDS:
            return f"vendor is {self.vendor!r}. Give one of {', '.join(Vendor.values)}."
        if self.kind not in KINDS[self.vendor]:
            return f"{self.vendor} has no ids of {self.kind!r}. Give one of {', '.join(KINDS[self.vendor])}."
        if not is_wellformed(self.vendor, self.kind, self.external_id):
            words = shape_of(self.vendor, self.kind).words
            return f"{self.external_id!r} is not an id that {self.vendor} clients can read: {words}."
        return ""


def set_id(*, vendor: str, kind: str, object_id: UUID, external_id: str, by: Any, at: datetime) -> VendorId:
    """Name a row as the organisation's devices already do, replacing the id it had.

    Raises Invalid when the id has the wrong shape, Conflict when it belongs to something else.
    """
    naming = Naming(vendor, kind, object_id, normal(vendor, external_id))
    if why := naming.trouble():
        raise Invalid.field("external_id", why, code="shape")
    set_many(named=[naming], by=by, at=at)
    return VendorId.objects.get(vendor=vendor, kind=kind, object_id=object_id)


def set_many(*, named: Sequence[Naming], by: Any, at: datetime) -> int:
    """Name many rows, all or none; the number that was named otherwise before. Ids may change places among them.

    Their shapes are the caller's to check. Raises Conflict when an id belongs to something else.
    """
    try:
        with transaction.atomic():
            held = _held(named)
            changed = [one for one in named if not _is_held(one, held.get(_row_of(one)))]
            VendorId.objects.filter(pk__in=[held[_row_of(one)].pk for one in changed if _row_of(one) in held]).delete()
            VendorId.objects.bulk_create([_set(one, held.get(_row_of(one)), at) for one in changed], batch_size=_CHUNK)
            activity.record_many(_entry(one, by, at) for one in changed)
    except IntegrityError as taken:
        words = f"The {named[0].vendor} id {named[0].external_id}" if len(named) == 1 else "One of these ids"
        raise Conflict(f"{words} belongs to something else already.", code="id_taken") from taken
    return len(changed)


_Row = tuple[str, str, UUID]


def _row_of(naming: Naming) -> _Row:
    return naming.vendor, naming.kind, naming.object_id


def _held(named: Sequence[Naming]) -> dict[_Row, VendorId]:
    """What these rows are called now, locked against another change."""
    found: dict[_Row, VendorId] = {}
    for start in range(0, len(named), _CHUNK):
        rows = VendorId.objects.filter(object_id__in=[one.object_id for one in named[start : start + _CHUNK]])
        found |= {(row.vendor, row.kind, row.object_id): row for row in rows.order_by("pk").select_for_update()}
    return found


def _is_held(naming: Naming, row: VendorId | None) -> bool:
    return row is not None and row.external_id == naming.external_id and row.is_set_by_hand


def _set(naming: Naming, before: VendorId | None, at: datetime) -> VendorId:
    return VendorId(
        vendor=naming.vendor,
        kind=naming.kind,
        object_id=naming.object_id,
        external_id=naming.external_id,
        is_set_by_hand=True,
        is_tracked=before.is_tracked if before else True,
        created_at=before.created_at if before else at,
    )


def _entry(naming: Naming, by: Any, at: datetime) -> ActivityLog:
    meta = {"vendor": naming.vendor, "external_id": naming.external_id}
    return activity.entry(
        action="vendor_id.set", resource_type=naming.kind, resource_id=naming.object_id, by=by, meta=meta, at=at
    )


def switch(*, row: VendorId, is_tracked: bool, by: Any, at: datetime) -> None:
    """Let Kenjo's door record an employee's time, or not any more. Raises Invalid for any other kind of id."""
    if (row.vendor, row.kind) != (Vendor.KENJO, IdKind.PERSON):
        raise Invalid("Only employees have this switch, and only at Kenjo's door.", code="no_switch")
    with transaction.atomic():
        stale = VendorId.objects.filter(pk=row.pk).exclude(is_tracked=is_tracked)
        if stale.update(is_tracked=is_tracked, updated_at=at):
            activity.record(
                action="vendor_id.tracking_changed",
                resource_type=row.kind,
                resource_id=row.object_id,
                by=by,
                meta={"vendor": row.vendor, "is_tracked": is_tracked},
                at=at,
            )
