"""What presence does when hr changes what stands about days: those that have rows are computed anew, or marked, at once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from attendance.models import DaySummary
from attendance.services import days
from hr.models import PeriodLock


def days_changed(employee_ids: Collection[UUID] | None, first: date, last: date) -> None:
    """A schedule or holiday of these people (None: of everybody) changed from `first` to `last`."""
    days.compute_stored(employee_ids=employee_ids, first=first, last=last, at=timezone.now())


def leave_changed(employee_id: UUID, first: date, last: date) -> None:
    """A leave was decided, changed or taken back: its days so far."""
    days.compute_stored(employee_ids=[employee_id], first=first, last=last, at=timezone.now())


def locks_changed(employee_ids: Collection[UUID] | None, first: date, last: date) -> None:
    """Days were closed or opened and nothing else about them changed: their mark moves, in one statement."""
    concerned = Q(employee__isnull=True) | Q(employee_id=OuterRef("employee_id"))
    on = OuterRef("work_date")
    closed = Exists(PeriodLock.objects.filter(concerned, released_at=None, first_on__lte=on, last_on__gte=on))
    rows = DaySummary.objects.filter(work_date__range=(first, last))
    if employee_ids is not None:
        rows = rows.filter(employee_id__in=list(employee_ids))
    rows.update(is_locked=closed, updated_at=timezone.now())
