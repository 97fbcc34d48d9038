"""Payments: that a posted payslip was paid out, and when. A row of its own, so the posted one never changes."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from payroll.models.payroll import Payroll
from peoplesync.core.models import Record


class Payment(Record):
    """One payslip paid out, once. Append-only."""

    payroll = models.OneToOneField(Payroll, on_delete=models.PROTECT, related_name="payment")
    amount = models.DecimalField(max_digits=38, decimal_places=2)
    paid_at = models.DateTimeField()
    paid_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-paid_at"]
        constraints = [models.CheckConstraint(condition=Q(amount__gte=0), name="payroll_payment_not_negative")]

    def __str__(self) -> str:
        return f"{self.paid_at:%Y-%m-%d}"
