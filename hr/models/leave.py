"""Leave: types with their policy, requests that cannot overlap, and a ledger whose sum is the balance."""

from __future__ import annotations

import pghistory
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Func, Value

from hr.models.employee import Employee
from hr.models.scoping import ScopedQuerySet
from peoplesync.core.models import Record, SoftDeleted, TouchedRecord


class LeaveStatus(models.TextChoices):
    PENDING = "pending", "Pending"
    APPROVED = "approved", "Approved"
    REJECTED = "rejected", "Rejected"


@pghistory.track()
class LeaveType(TouchedRecord):
    """A kind of leave and its policy. The contract's four codes are seeded; staff may set their terms."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=100)
    is_paid = models.BooleanField(default=True)
    #: Days come off a balance kept in the ledger.
    uses_balance = models.BooleanField(default=False)
    #: Days granted for a whole year of employment.
    yearly_days = models.DecimalField(max_digits=6, decimal_places=2, default=0)
    needs_evidence = models.BooleanField(default=False)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class LeaveQuerySet(ScopedQuerySet):
    resource = "leaves"


@pghistory.track()
class Leave(TouchedRecord, SoftDeleted):
    """One request. Pending and approved leaves of a person never share a day."""

    employee = models.ForeignKey(Employee, on_delete=models.CASCADE, related_name="leaves")
    leave_type = models.ForeignKey(
        LeaveType, on_delete=models.PROTECT, to_field="code", db_column="leave_type", related_name="leaves"
    )
    start_date = models.DateField()
    end_date = models.DateField()
    days = models.DecimalField(max_digits=6, decimal_places=2)
    status = models.CharField(max_length=50, choices=LeaveStatus.choices, default=LeaveStatus.PENDING)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.TextField(null=True, blank=True)  # noqa: DJ001 nullable by contract
    #: The balance did not cover it when it was asked for: the approver sees this.
    exceeds_balance = models.BooleanField(default=False)

    objects = LeaveQuerySet.as_manager()

    class Meta:
        ordering = ["-start_date", "-id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(status__in=LeaveStatus.values), name="hr_leave_status_is_known"),
            models.CheckConstraint(
                condition=models.Q(end_date__gte=models.F("start_date")), name="hr_leave_ends_after_it_begins"
            ),
            models.CheckConstraint(condition=models.Q(days__gt=0), name="hr_leave_takes_days"),
            ExclusionConstraint(
                name="hr_leave_no_overlap",
                expressions=[
                    ("employee", RangeOperators.EQUAL),
                    (
                        Func("start_date", "end_date", Value("[]"), function="daterange"),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=models.Q(status__in=["pending", "approved"], deleted_at__isnull=True),
                violation_error_code="overlap",
                violation_error_message="There is another leave in these days.",
            ),
        ]
        indexes = [
            models.Index(fields=["employee", "-start_date"], name="hr_leave_by_employee"),
            models.Index(fields=["status", "-start_date"], name="hr_leave_by_status"),
            models.Index(fields=["-start_date", "-id"], name="hr_leave_newest"),
        ]

    def __str__(self) -> str:
        first, last = f"{self.start_date:%-d %b %Y}", f"{self.end_date:%-d %b %Y}"
        return f"{self.leave_type_id.capitalize()} leave, {first if first == last else f'{first} to {last}'}"


class LedgerKind(models.TextChoices):
    GRANTED = "granted", "Granted"
    TAKEN = "taken", "Taken"
    RETURNED = "returned", "Returned"
    COLLECTIVE = "collective", "Collective leave"
    ADJUSTED = "adjusted", "Adjusted"


class LeaveLedgerEntry(Record):
    """One movement of one balance, in days; the balance on a date is the sum of what is effective by then. Append-only."""

    employee = models.ForeignKey(Employee, on_delete=models.CASCADE, related_name="leave_ledger")
    leave_type = models.ForeignKey(LeaveType, on_delete=models.PROTECT, related_name="ledger")
    kind = models.CharField(max_length=12, choices=LedgerKind.choices)
    days = models.DecimalField(max_digits=7, decimal_places=2)
    effective_on = models.DateField()
    leave = models.ForeignKey(Leave, null=True, blank=True, on_delete=models.PROTECT, related_name="ledger")
    #: What makes the movement itself: `grant:2026`, `leave:<id>:taken`. Writing it again changes nothing.
    natural_key = models.CharField(max_length=120)
    note = models.CharField(max_length=255, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name_plural = "leave ledger entries"
        ordering = ["effective_on", "created_at"]
        constraints = [
            models.UniqueConstraint(fields=["employee", "leave_type", "natural_key"], name="hr_leaveledgerentry_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=LedgerKind.values), name="hr_leaveledgerentry_kind_is_known"
            ),
        ]
        indexes = [models.Index(fields=["employee", "leave_type", "effective_on"], name="hr_leaveledgerentry_balance")]

    def __str__(self) -> str:
        return f"{self.kind} {self.days}"
