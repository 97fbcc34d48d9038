"""Reads of the id mapping: theirs to ours and back, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Subquery

from attendance.models.vendor_id import VendorId


def object_id(*, vendor: str, kind: str, external_id: str) -> UUID | None:
    """Our row's id behind a vendor's id."""
    found = VendorId.objects.filter(vendor=vendor, kind=kind, external_id=external_id)
    return found.values_list("object_id", flat=True).first()


def object_ids(*, vendor: str, kind: str, external_ids: Iterable[str]) -> dict[str, UUID]:
    """Vendor's id -> our row's id, for those that are known."""
    found = VendorId.objects.filter(vendor=vendor, kind=kind, external_id__in=list(external_ids))
    return dict(found.values_list("external_id", "object_id"))


def known(*, vendor: str, kind: str, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Our row's id -> vendor's id, for rows that have one already."""
    found = VendorId.objects.filter(vendor=vendor, kind=kind, object_id__in=list(ids))
    return dict(found.values_list("object_id", "external_id"))


def with_object_id(rows: Any, *, vendor: str, kind: str, external_id: str) -> Any:
    """Those of `rows` whose vendor's id this is: the lookup joins the caller's own statement."""
    named = VendorId.objects.filter(vendor=vendor, kind=kind, external_id=external_id)
    return rows.filter(pk=Subquery(named.values("object_id")))


def annotated(rows: Any, *, vendor: str, kind: str, path: str = "pk", name: str = "external_id") -> Any:
    """`rows` with their vendor's id as `name`, null where none was assigned yet."""
    mine = VendorId.objects.filter(vendor=vendor, kind=kind, object_id=OuterRef(path))
    return rows.annotate(**{name: Subquery(mine.values("external_id"))})
