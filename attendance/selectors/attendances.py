"""Stays as lists show them: whose, of which days, newest first."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from attendance.models import Attendance


def visible(user: Any) -> Any:
    """The stays this user may read, with what the wire shows, in one statement."""
    return Attendance.objects.alive().visible_to(user).for_the_wire()


def may_read_files(user: Any, attendance_id: UUID) -> bool:
    """Whether somebody may see the photo that belongs to a stay: whoever may read the stay."""
    return bool(Attendance.objects.alive().visible_to(user).filter(pk=attendance_id).exists())
