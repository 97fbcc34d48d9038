"""What of people's days is not settled yet, for whoever counts these days next: overtime and corrections that wait for a
decision, and days that wait to be computed again.
"""

from __future__ import annotations

from datetime import date
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, OuterRef, Q

from attendance.models import Correction, CorrectionStatus, DaySummary
from hr.models import ApprovalRequest, ApprovalStatus
from peoplesync.core.models import Job, JobStatus

#: The job that computes days again after a change of hr's that concerns many.
DAYS_JOB = "attendance.days"


def corrections(*spans: tuple[Any, date, date]) -> int:
    """Corrections that nobody has decided, of any of these people (ids or a query of them), first and last work dates, both
    inside: one statement.
    """
    concerned = (Q(employee_id__in=ids, work_date__range=(first, last)) for ids, first, last in spans)
    return Correction.objects.filter(reduce(or_, concerned), status=CorrectionStatus.PENDING).count()


def overtime(employee_ids: Any, first: date, last: date) -> int:
    """Days from `first` to `last`, both inside, whose overtime was asked for and is not decided."""
    asked = ApprovalRequest.objects.filter(kind="overtime", subject_id=OuterRef("pk"), status=ApprovalStatus.PENDING)
    days = DaySummary.objects.filter(work_date__range=(first, last), employee_id__in=employee_ids)
    return days.filter(Exists(asked)).count()


def days_to_compute(first: date, last: date) -> int:
    """Jobs not ended that compute days from `first` to `last` again: until then the days stored may be others."""
    jobs = Job.objects.filter(kind=DAYS_JOB, status__in=[JobStatus.QUEUED, JobStatus.PROCESSING])
    return jobs.filter(payload__first__lte=last.isoformat(), payload__last__gte=first.isoformat()).count()
