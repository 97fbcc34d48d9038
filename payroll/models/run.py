"""Payroll runs: one computation of a month for a scope of people, its state, and what it found."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from hr.models import Department, Employee
from payroll.models.kind import PayrollKind
from peoplesync.core.models import Job, Record, TouchedRecord


class RunStatus(models.TextChoices):
    COMPUTING = "computing", "Being computed"
    FAILED = "failed", "Stopped"
    COMPUTED = "computed", "Computed"
    APPROVED = "approved", "Approved"
    POSTED = "posted", "Posted"
    PAID = "paid", "Paid"
    CANCELLED = "cancelled", "Cancelled"


def _by() -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )


class PayrollRun(TouchedRecord):
    """A month, computed for everybody or for a part of the organisation.

    Payslips belong to the latest run that computed them. Counts and totals are of the payslips that belong to it now.
    """

    period_year = models.PositiveSmallIntegerField()
    period_month = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=PayrollKind.choices, default=PayrollKind.REGULAR)
    status = models.CharField(max_length=10, choices=RunStatus.choices, default=RunStatus.COMPUTING)
    #: Only this department's people, and only these people; empty: everybody.
    department = models.ForeignKey(Department, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    employee_ids = ArrayField(models.UUIDField(), null=True, blank=True)
    #: The days whose overtime, meals and unpaid days are counted, both inside. Posting closes them.
    counted_first_on = models.DateField()
    counted_last_on = models.DateField()
    job = models.OneToOneField(Job, null=True, on_delete=models.SET_NULL, related_name="+")
    payroll_count = models.PositiveIntegerField(default=0)
    refused_count = models.PositiveIntegerField(default=0)
    skipped_count = models.PositiveIntegerField(default=0)
    outlier_count = models.PositiveIntegerField(default=0)
    #: Wider than a payslip's amounts: no number of people, however paid, outgrows them.
    gross_total = models.DecimalField(max_digits=60, decimal_places=2, default=0)
    net_total = models.DecimalField(max_digits=60, decimal_places=2, default=0)
    created_by = _by()
    #: Facts written from this moment on may not be in its payslips (see `selectors.touched`); empty: any facts may not.
    facts_as_of = models.JSONField(null=True, blank=True, editable=False)
    computed_at = models.DateTimeField(null=True, blank=True)
    approved_by = _by()
    approved_at = models.DateTimeField(null=True, blank=True)
    #: Why the run goes on although something stands in its way, in the words of who approved or posted it.
    acknowledgement = models.TextField(blank=True)
    #: What she took on with it: the points' codes with whom they were about, or how many there were.
    acknowledged = models.JSONField(default=dict, blank=True, editable=False)
    posted_by = _by()
    posted_at = models.DateTimeField(null=True, blank=True)
    paid_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-period_year", "-period_month", "-created_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=RunStatus.values), name="payroll_payrollrun_status_is_known"),
            models.CheckConstraint(condition=Q(kind__in=PayrollKind.values), name="payroll_payrollrun_kind_is_known"),
            models.CheckConstraint(condition=Q(period_month__range=(1, 12)), name="payroll_payrollrun_month_exists"),
            models.CheckConstraint(
                condition=Q(counted_last_on__gte=models.F("counted_first_on")),
                name="payroll_payrollrun_window_in_order",
            ),
        ]
        indexes = [
            models.Index(
                fields=["-period_year", "-period_month", "-created_at", "-id"], name="payroll_payrollrun_newest"
            )
        ]

    def __str__(self) -> str:
        return f"{date(self.period_year, self.period_month, 1):%B %Y}, {self.get_kind_display().lower()}"


class FindingLevel(models.TextChoices):
    #: Cannot be paid until somebody puts it right.
    REFUSED = "refused", "Refused"
    #: Rightly without a payslip in this run.
    SKIPPED = "skipped", "Skipped"
    #: Has a posted payslip already, which stays.
    POSTED = "posted", "Posted before"
    #: A later run computed the payslip in the meantime.
    OVERTAKEN = "overtaken", "Computed by a later run"


class RunFinding(Record):
    """Why somebody in a run's scope has no payslip from it. Warnings about payslips stand on the payslips."""

    run = models.ForeignKey(PayrollRun, on_delete=models.CASCADE, related_name="findings")
    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+")
    level = models.CharField(max_length=10, choices=FindingLevel.choices)
    code = models.CharField(max_length=60)
    message = models.TextField()
    #: The id of what it is about, when it is about one thing.
    subject = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["level", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(level__in=FindingLevel.values), name="payroll_runfinding_level_is_known")
        ]
        indexes = [models.Index(fields=["run", "employee"], name="payroll_runfinding_of_run")]

    def __str__(self) -> str:
        return self.message
