"""What of people's days still waits for a decision: overtime and corrections, for whoever counts these days next."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef

from attendance.models import Correction, CorrectionStatus, DaySummary
from hr.models import ApprovalRequest, ApprovalStatus


def corrections(employee_ids: Any, first: date, last: date) -> int:
    """Corrections of work dates from `first` to `last`, both inside, that nobody has decided; ids or a query of them."""
    waiting = Correction.objects.filter(status=CorrectionStatus.PENDING, work_date__range=(first, last))
    return waiting.filter(employee_id__in=employee_ids).count()


def overtime(employee_ids: Any, first: date, last: date) -> int:
    """Days from `first` to `last`, both inside, whose overtime was asked for and is not decided."""
    asked = ApprovalRequest.objects.filter(kind="overtime", subject_id=OuterRef("pk"), status=ApprovalStatus.PENDING)
    days = DaySummary.objects.filter(work_date__range=(first, last), employee_id__in=employee_ids)
    return days.filter(Exists(asked)).count()
