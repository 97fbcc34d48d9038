"""Reads of vendors' keys: who holds this secret, and whom does the key reach?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from attendance.models.vendor_key import VendorKey, VendorToken, digest
from hr.models import Employee
from hr.models.scoping import subtrees


def by_secret(*, vendor: str, secret: str) -> VendorKey | None:
    """The live key of a secret, in one statement, with the user it acts as."""
    live = VendorKey.objects.select_related("acts_as", "employee").filter(revoked_at=None)
    return live.filter(vendor=vendor, secret_hash=digest(secret), acts_as__is_active=True).first()


def by_client(*, vendor: str, client_id: str, secret: str) -> VendorKey | None:
    """The live key of an OAuth client pair."""
    key = by_secret(vendor=vendor, secret=secret)
    return key if key is not None and key.client_id == client_id else None


def by_token(*, vendor: str, token: str, at: datetime, is_refresh: bool = False) -> VendorToken | None:
    """The live token with its live key, in one statement."""
    live = VendorToken.objects.select_related("key__acts_as", "key__employee").filter(
        revoked_at=None, key__revoked_at=None, key__acts_as__is_active=True, expires_at__gt=at
    )
    return live.filter(key__vendor=vendor, token_hash=digest(token), is_refresh=is_refresh).first()


def people(key: VendorKey) -> QuerySet[Employee]:
    """The employees a key reaches; everybody alive when its scope names nobody."""
    alive = Employee.objects.alive()
    if key.employee_id is not None:
        return alive.filter(pk=key.employee_id)
    named = Q()
    if key.employee_ids:
        named |= Q(pk__in=key.employee_ids)
    if key.department_ids:
        named |= Q(department_id__in=subtrees(key.department_ids))
    return alive.filter(named) if named else alive


def reached(key: VendorKey, rows: Any) -> Any:
    """Those of `rows` (stays, days) that belong to people a key reaches."""
    return rows.filter(employee__in=people(key))


def sites(key: VendorKey, rows: Any) -> Any:
    """Those of `rows` (work sites) that a key reaches."""
    return rows.filter(pk__in=key.site_ids) if key.site_ids else rows
