"""What became of the records of a batch, as it is now: a stay may have been displaced or taken back since its answer."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When

from attendance.models import Attendance, Punch, SyncRecord, SyncState

#: Nothing was answered yet.
PENDING = "pending"


def answers(job_id: str) -> Any:
    """The records of a batch in their order. `stay_id` is the stay that stands for a record now, `status` what it came to.

    Both are as the same record would be answered if it were sent again: `is_voided`, its stay was taken back, is a
    duplicate; one whose stay went because another offline record that begins earlier came later is a conflict.
    """
    again = Attendance.objects.alive().filter(
        employee=OuterRef("attendance__employee"), clock_in=OuterRef("attendance__clock_in")
    )
    voids = Punch.objects.filter(supersedes=OuterRef("attendance__in_punch"), is_void=True)
    is_gone = Q(attendance__deleted_at__isnull=False)
    rows = SyncRecord.objects.filter(job=job_id).annotate(
        stay_id=Case(When(is_gone, then=Subquery(again.values("pk")[:1])), default=F("attendance")),
        is_voided=Case(When(is_gone, then=Exists(voids)), default=Value(False)),
    )
    is_displaced = is_gone & Q(state__in=[SyncState.CREATED, SyncState.DUPLICATE], stay_id=None, is_voided=False)
    return rows.annotate(
        status=Case(
            When(state="", then=Value(PENDING)),
            When(is_gone & Q(is_voided=True), then=Value(SyncState.DUPLICATE.value)),
            When(is_displaced, then=Value(SyncState.CONFLICT.value)),
            default=F("state"),
        )
    )
