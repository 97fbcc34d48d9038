"""What presence does when hr changes what days ask of people: the days that have rows are computed anew, at once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.utils import timezone

from attendance.services import days


def days_changed(employee_ids: Collection[UUID] | None, first: date, last: date) -> None:
    """A schedule, holiday, zone or lock of these people (None: of everybody) changed from `first` to `last`."""
    days.compute_stored(employee_ids=employee_ids, first=first, last=last, at=timezone.now())


def leave_changed(employee_id: UUID, first: date, last: date) -> None:
    """A leave was decided, changed or taken back: its days so far."""
    days.compute_stored(employee_ids=[employee_id], first=first, last=last, at=timezone.now())
