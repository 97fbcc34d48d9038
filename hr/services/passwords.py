"""Passwords: the rules they must meet, and changing one."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from hr.models import User
from hr.services import sessions
from peoplesync.core.services import activity
from peoplesync.kernel.errors import Invalid

CHANGED_MEANWHILE = (
    "The password was changed a moment ago. Sign in with the new one; if it was not you, ask your administrator."
)


def check(*, password: str, user: User, field: str = "password") -> None:
    """Raises Invalid naming `field` when the password is short, common, all digits or like the user's address."""
    try:
        validate_password(password, user)
    except ValidationError as refusal:
        raise Invalid("Validation failed", code="weak_password", errors={field: refusal.messages}) from None


def change(
    *,
    user: User,
    new_password: str,
    by: User | None,
    at: datetime,
    field: str = "new_password",
    instead_of: str | None = None,
) -> None:
    """Set a new password and end every session of the user, the caller's own included. Raises Invalid when it is weak.

    `instead_of` is the hash that the old password was checked against, where it had to be known: whoever knows a
    password only until it is changed does not change it again.
    """
    check(password=new_password, user=user, field=field)
    with transaction.atomic():
        now = User.objects.select_for_update(no_key=True).values_list("password", flat=True).get(pk=user.pk)
        if instead_of is not None and now != instead_of:
            raise Invalid.field("current_password", CHANGED_MEANWHILE, code="changed_meanwhile")
        user.set_password(new_password)
        user.save(update_fields=["password", "updated_at"])
        activity.record(action="user.password_changed", resource_type="user", resource_id=user.pk, by=by, at=at)
        sessions.end_all(user=user, reason="password changed", by=by, at=at)
