"""Approvals: one engine for everything a second person decides (leave, corrections, overtime, sensitive changes, runs)."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from hr.models.employee import Employee
from hr.models.scoping import ScopedQuerySet
from peoplesync.core.models import Record, TouchedRecord


class ApprovalStatus(models.TextChoices):
    PENDING = "pending", "Pending"
    APPROVED = "approved", "Approved"
    REJECTED = "rejected", "Rejected"
    CANCELLED = "cancelled", "Cancelled"


class ApprovalRequest(TouchedRecord):
    """Something waits for a decision. `kind` names the registered subject (`leave`, `correction` ...)."""

    kind = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    employee = models.ForeignKey(Employee, null=True, on_delete=models.CASCADE, related_name="approval_requests")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=ApprovalStatus.choices, default=ApprovalStatus.PENDING)
    #: How many different people must approve before it is approved.
    required_approvals = models.PositiveSmallIntegerField(default=1)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject_id"],
                condition=models.Q(status="pending"),
                name="hr_approvalrequest_one_pending_per_subject",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=ApprovalStatus.values), name="hr_approvalrequest_status_is_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["kind", "created_at"], condition=models.Q(status="pending"), name="hr_approvalrequest_inbox"
            ),
            models.Index(fields=["kind", "subject_id"], name="hr_approvalrequest_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.kind.capitalize()}, {self.status}"


class ApprovalDecision(Record):
    """What one person decided. Never changed; a person decides once per request."""

    request = models.ForeignKey(ApprovalRequest, on_delete=models.CASCADE, related_name="decisions")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    is_approval = models.BooleanField()
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(fields=["request", "decided_by"], name="hr_approvaldecision_one_per_person")
        ]

    def __str__(self) -> str:
        return "approved" if self.is_approval else "rejected"
