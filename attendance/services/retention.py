"""Forgetting what speaks for a punch: position, photo, device, addresses. The punch, its stay and its day stay."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from attendance.models import Attendance, Punch, PunchEvidence
from attendance.selectors.evidence import due

#: Stays a phone still shows are marked as changed, so that it forgets the position too.
ON_PHONES = timedelta(days=63)


@transaction.atomic
def forget_evidence(*, before: date, at: datetime, at_most: int) -> int:
    """Delete the evidence of at most so many punches of work dates before a day, oldest first; how many there were."""
    found = list(due(before).order_by("pk").values_list("pk", flat=True)[:at_most])
    _mark_stays(found, at)
    PunchEvidence.objects.filter(pk__in=found).delete()
    return len(found)


def _mark_stays(punch_ids: list[UUID], at: datetime) -> None:
    recent = Punch.objects.filter(pk__in=punch_ids, at__gte=at - ON_PHONES)
    people = set(recent.values_list("employee_id", flat=True))
    if people:
        shown = Attendance.objects.filter(employee_id__in=people, clock_in__gte=at - ON_PHONES)
        shown.filter(in_punch_id__in=punch_ids).update(updated_at=at)
