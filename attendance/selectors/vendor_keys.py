"""Reads of vendors' keys: who holds this secret, and whom does the key reach?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import Q, QuerySet

from attendance.models.vendor_key import VendorKey, VendorToken, digest
from hr.models import Employee, User
from hr.models.scoping import SUBTREE_SQL, subtrees
from peoplesync.core import prepared

#: Whether a key reaches the employee `e`, for statements that every punch pays for; bind `reach_of(key)`.
REACHED_SQL = f"""(%(everybody)s::bool OR e.id = ANY(%(employees)s::uuid[]) OR e.department_id IN (
    {SUBTREE_SQL.replace("%s", "%(departments)s::uuid[]")}))"""


def by_secret(*, vendor: str, secret: str) -> VendorKey | None:
    """The live key of a secret, in one statement, with the user it acts as."""
    row = prepared.first_row(_key_sql(), [vendor, digest(secret)])
    return _key(row) if row is not None else None


def _key(row: Sequence[Any]) -> VendorKey:
    key, of_user = prepared.built(VendorKey, row)
    key.acts_as, _ = prepared.built(User, of_user)
    return key


@lru_cache(maxsize=1)
def _key_sql() -> str:
    return f"""
        SELECT {prepared.columns(VendorKey, "k")}, {prepared.columns(User, "u")}
        FROM attendance_vendorkey k JOIN hr_user u ON u.id = k.acts_as_id
        WHERE k.vendor = %s AND k.secret_hash = %s AND k.revoked_at IS NULL AND u.is_active AND u.deleted_at IS NULL
        """  # noqa: S608 column names are our models'; values are bound


def by_client(*, vendor: str, client_id: str, secret: str) -> VendorKey | None:
    """The live key of an OAuth client pair."""
    key = by_secret(vendor=vendor, secret=secret)
    return key if key is not None and key.client_id == client_id else None


def by_token(*, vendor: str, token: str, at: datetime, is_refresh: bool = False) -> VendorToken | None:
    """The live token with its live key, in one statement."""
    row = prepared.first_row(_token_sql(), [digest(token), vendor, at, is_refresh])
    if row is None:
        return None
    found, of_key = prepared.built(VendorToken, row)
    found.key = _key(of_key)
    return found


@lru_cache(maxsize=1)
def _token_sql() -> str:
    return f"""
        SELECT {prepared.columns(VendorToken, "t")}, {prepared.columns(VendorKey, "k")}, {prepared.columns(User, "u")}
        FROM attendance_vendortoken t JOIN attendance_vendorkey k ON k.id = t.key_id JOIN hr_user u ON u.id = k.acts_as_id
        WHERE t.token_hash = %s AND k.vendor = %s AND t.expires_at > %s AND t.is_refresh = %s
            AND t.revoked_at IS NULL AND k.revoked_at IS NULL AND u.is_active AND u.deleted_at IS NULL
        """  # noqa: S608 column names are our models'; values are bound


def reach_of(key: VendorKey) -> dict[str, Any]:
    """What `REACHED_SQL` binds: the same people as `people` finds."""
    if key.employee_id is not None:
        return {"everybody": False, "employees": [key.employee_id], "departments": []}
    named = bool(key.employee_ids or key.department_ids)
    return {"everybody": not named, "employees": key.employee_ids, "departments": key.department_ids}


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
