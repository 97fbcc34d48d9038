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


def check(*, password: str, user: User, field: str = "password") -> None:
    """Raises Invalid naming `field` when the password is short, common, all digits or like the user's address."""
    try:
        validate_password(password, user)
    except ValidationError as refusal:
        raise Invalid("Validation failed", code="weak_password", errors={field: refusal.messages}) from None


def change(*, user: User, new_password: str, by: User | None, at: datetime, field: str = "new_password") -> None:
    """Set a new password and end every session of the user, the caller's own included. Raises Invalid when it is weak."""
    check(password=new_password, user=user, field=field)
    with transaction.atomic():
        user.set_password(new_password)
        user.save(update_fields=["password", "updated_at"])
        activity.record(action="user.password_changed", resource_type="user", resource_id=user.pk, by=by, at=at)
        sessions.end_all(user=user, reason="password changed", by=by, at=at)
