"""Pay rates: which monthly salary was agreed with whom, from when to when."""

from __future__ import annotations

from datetime import date
from typing import Any

import pghistory
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q

from hr.models import Employee
from hr.models.scoping import ScopedQuerySet
from peoplesync.core.models import TouchedRecord
from peoplesync.kernel.dates import ONE_DAY


class RateSource(models.TextChoices):
    EMPLOYEE = "employee", "The employee's record"
    PAYROLL = "payroll", "Entered as a pay rate"
    IMPORT = "import", "Imported"


class PayRateQuerySet(ScopedQuerySet):
    resource = "pay_rates"

    def in_force(self) -> Any:
        """Rates that count: those confirmed."""
        return self.filter(is_confirmed=True)


@pghistory.track()
class PayRate(TouchedRecord):
    """A monthly salary and the days it is in force. Two confirmed ones of a person never share a day."""

    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, db_index=False, related_name="pay_rates")
    amount = models.DecimalField(max_digits=38, decimal_places=2)
    #: Days in force, `[first, last + 1)`; without an end until further notice, without a beginning since ever.
    valid = DateRangeField()
    source = models.CharField(max_length=10, choices=RateSource.choices, default=RateSource.PAYROLL)
    #: A change that waits for a second person is kept, and not paid.
    is_confirmed = models.BooleanField(default=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = PayRateQuerySet.as_manager()

    class Meta:
        ordering = ["employee_id", "valid"]
        indexes = [models.Index(fields=["employee", "valid"], name="payroll_payrate_of_employee")]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="payroll_payrate_amount_not_negative"),
            models.CheckConstraint(condition=Q(source__in=RateSource.values), name="payroll_payrate_source_is_known"),
            models.CheckConstraint(condition=Q(valid__isempty=False), name="payroll_payrate_has_days"),
            ExclusionConstraint(
                name="payroll_payrate_no_overlap",
                expressions=[("employee", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
                condition=Q(is_confirmed=True),
                violation_error_message="This employee has another pay rate in these days. End that one first.",
            ),
        ]

    def __str__(self) -> str:
        since = f"{self.valid_from:%-d %b %Y}" if self.valid_from else "the first day"
        return f"{self.employee} from {since}"

    @property
    def valid_from(self) -> date | None:
        """First day in force; None: since ever."""
        return self.valid.lower

    @property
    def valid_to(self) -> date | None:
        """Last day in force, inside it; None: until further notice."""
        return self.valid.upper - ONE_DAY if self.valid.upper else None
