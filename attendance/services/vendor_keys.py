"""Keys of the foreign clocking APIs: issued once in the clear, kept hashed, rotated, revoked, exchanged for tokens."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Q

from attendance.models.vendor_key import Vendor, VendorKey, VendorToken, digest
from attendance.selectors import vendor_keys
from hr.models import Employee, User
from peoplesync.core.services import activity
from peoplesync.kernel.errors import Invalid, Unauthenticated

#: How often the moment of last use is written at most.
USE_IS_WRITTEN_EVERY = timedelta(minutes=1)
#: How long a token that ran out is told from one that never was: Workly's clients renew after the first only.
EXPIRED_KEPT_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Scope:
    """Whom a key reaches: nothing named is the whole organisation."""

    employee_ids: Sequence[UUID] = ()
    department_ids: Sequence[UUID] = ()
    site_ids: Sequence[UUID] = ()


@dataclass(frozen=True, slots=True)
class Issued:
    """A fresh key and its secrets, seen this once."""

    key: VendorKey
    secret: str
    password: str

    def credentials(self) -> dict[str, str]:
        """Exactly what a client of the vendor needs, under the vendor's own names."""
        if self.key.vendor == Vendor.CONNECTEAM:
            return {"X-API-KEY": self.secret}
        if self.key.vendor == Vendor.GOODDAY:
            return {"gd-api-token": self.secret}
        if self.key.vendor == Vendor.KENJO:
            return {"apiKey": self.secret}
        return {
            "client_id": self.key.client_id,
            "client_secret": self.secret,
            "username": self.key.username,
            "password": self.password,
        }


def issue(
    *,
    vendor: str,
    name: str,
    by: Any,
    at: datetime,
    employee: Employee | None = None,
    scope: Scope = Scope(),
) -> Issued:
    """Make a new key. With an employee it stands for her alone; else it acts for everybody in `scope`.

    Raises Invalid for an unknown vendor, and for one person beside a wider reach.
    """
    if vendor not in Vendor.values:
        raise Invalid.field("vendor", f"Choose one of: {', '.join(Vendor.values)}.", code="unknown_vendor")
    if employee is not None and (scope.employee_ids or scope.department_ids):
        raise Invalid.field(
            "employee", "A key for one person reaches nobody else. Name either her or a scope.", code="two_reaches"
        )
    secret, password = secrets.token_hex(16), secrets.token_urlsafe(24)
    client_id = secrets.token_hex(12)
    is_password_vendor = vendor == Vendor.WORKLY
    with transaction.atomic():
        key = VendorKey.objects.create(
            vendor=vendor,
            name=name[:100],
            client_id=client_id,
            secret_hash=digest(secret),
            hint=secret[-4:],
            username=f"api-{client_id[:8]}@{vendor}.invalid" if is_password_vendor else "",
            password_hash=digest(password) if is_password_vendor else "",
            acts_as=_acting_user(vendor, employee),
            employee=employee,
            employee_ids=list(scope.employee_ids),
            department_ids=list(scope.department_ids),
            site_ids=list(scope.site_ids),
            issued_by=by,
            created_at=at,
        )
        _log("issued", key, by, at)
    return Issued(key, secret, password if is_password_vendor else "")


def _acting_user(vendor: str, employee: Employee | None) -> User:
    """The employee's own user, or the vendor's service user: live, without a password, without roles."""
    own = User.objects.alive().filter(employee=employee, is_active=True).first() if employee else None
    if own is not None:
        return own
    address, unusable = f"{vendor}@service.invalid", make_password(None)
    return User.objects.alive().get_or_create(email=address, defaults={"password": unusable})[0]


def rotate(*, key: VendorKey, by: Any, at: datetime) -> Issued:
    """Replace the secrets; the old ones and every token made with them stop working at once. Raises Invalid when revoked."""
    secret, password = secrets.token_hex(16), secrets.token_urlsafe(24)
    with transaction.atomic():
        locked = VendorKey.objects.select_for_update().get(pk=key.pk)
        if locked.revoked_at:
            raise Invalid("This key was revoked. Issue a new one.", code="revoked")
        locked.secret_hash, locked.hint = digest(secret), secret[-4:]
        if locked.username:
            locked.password_hash = digest(password)
        locked.save()
        VendorToken.objects.filter(key=locked, revoked_at=None).update(revoked_at=at)
        _log("rotated", locked, by, at)
    return Issued(locked, secret, password if locked.username else "")


def rescope(*, key: VendorKey, scope: Scope, by: Any, at: datetime) -> None:
    """Let a key reach others from its next call on; its secret stays. Raises Invalid for one person's or a revoked key."""
    with transaction.atomic():
        locked = VendorKey.objects.select_for_update().get(pk=key.pk)
        if locked.revoked_at or locked.employee_id:
            raise Invalid("The reach of this key cannot change. Issue a new one.", code="fixed_reach")
        reach = {name: sorted(getattr(scope, name), key=str) for name in ("employee_ids", "department_ids", "site_ids")}
        if any(sorted(getattr(locked, name), key=str) != ids for name, ids in reach.items()):
            VendorKey.objects.filter(pk=locked.pk).update(**reach, updated_at=at)
            _log("rescoped", locked, by, at, **reach)


def revoke(*, key: VendorKey, by: Any, at: datetime) -> None:
    """End a key and its tokens at once; doing it again changes nothing."""
    with transaction.atomic():
        if VendorKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=at, updated_at=at):
            VendorToken.objects.filter(key=key, revoked_at=None).update(revoked_at=at)
            _log("revoked", key, by, at)


def _log(verb: str, key: VendorKey, by: Any, at: datetime, **more: Any) -> None:
    meta = {"vendor": key.vendor, "name": key.name, "hint": key.hint, **more}
    activity.record(
        action=f"vendor_key.{verb}", resource_type="vendor_key", resource_id=key.pk, by=by, meta=meta, at=at
    )


def used(*, key: VendorKey, at: datetime) -> None:
    """Note that the key was used, at most once a minute."""
    if key.last_used_at is None or at - key.last_used_at >= USE_IS_WRITTEN_EVERY:
        stale = Q(last_used_at=None) | Q(last_used_at__lte=at - USE_IS_WRITTEN_EVERY)
        VendorKey.objects.filter(stale, pk=key.pk).update(last_used_at=at)


def exchange(
    *, key: VendorKey, token: str, lifetime: timedelta, at: datetime, is_refresh: bool = False, scope: str = ""
) -> VendorToken:
    """Keep a token that a door has made for this key.

    Raises Unauthenticated when the key was rotated or revoked since it was read: its tokens are gone then, and one made
    a moment later must not outlive them.
    """
    with transaction.atomic():
        same = VendorKey.objects.filter(pk=key.pk, secret_hash=key.secret_hash, revoked_at=None)
        if same.select_for_update(no_key=True).first() is None:
            raise Unauthenticated("This key was replaced or revoked. Use the new one.", code="invalid_key")
        return VendorToken.objects.create(
            key=key,
            token_hash=digest(token),
            is_refresh=is_refresh,
            scope=scope,
            created_at=at,
            expires_at=at + lifetime,
        )


def take_refresh(*, vendor: str, token: str, at: datetime) -> VendorKey | None:
    """Use a refresh token up and return its key; None when it is unknown, expired or was used before."""
    found = vendor_keys.by_token(vendor=vendor, token=token, at=at, is_refresh=True)
    if found is None or not VendorToken.objects.filter(pk=found.pk, revoked_at=None).update(revoked_at=at):
        return None
    return found.key


def end_token(*, token: VendorToken, at: datetime) -> None:
    """Log out: this token stops working, the key does not."""
    VendorToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=at)


def sweep(*, at: datetime) -> int:
    """Forget tokens that expired longer ago than `EXPIRED_KEPT_FOR`; the number of rows forgotten."""
    return VendorToken.objects.filter(expires_at__lt=at - EXPIRED_KEPT_FOR).delete()[0]
