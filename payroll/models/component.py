"""Salary components: the named lines a payslip is made of."""

from __future__ import annotations

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from payroll.engine.inputs import BASIC
from peoplesync.core.models import SoftDeleted, SoftDeletedQuerySet, TouchedRecord

#: The name under which the wire knows the seeded component of the salary itself.
BASIC_NAME = "Basic Salary"


class ComponentType(models.TextChoices):
    FIXED = "fixed", "Fixed earning"
    VARIABLE = "variable", "Variable earning"
    DEDUCTION = "deduction", "Deduction"


@pghistory.track()
class SalaryComponent(TouchedRecord, SoftDeleted):
    """An earning or a deduction. Names are free; formulas, packs and the engine know a component by its `code`."""

    name = models.CharField(max_length=150)
    type = models.CharField(max_length=50, choices=ComponentType.choices)
    #: Paid to everybody who has nothing assigned, when above zero.
    default_amount = models.DecimalField(max_digits=38, decimal_places=2, default=0)
    #: What formulas call it; `basic` is the salary, `unpaid` the deduction for unpaid days.
    code = models.CharField(max_length=40, blank=True)
    #: A part of a month pays a part of the amount.
    is_prorated = models.BooleanField(default=False)
    #: The named sums it feeds, for country packs.
    bases = ArrayField(models.CharField(max_length=40), default=list, blank=True)

    objects = SoftDeletedQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(type__in=ComponentType.values), name="payroll_salarycomponent_type_is_known"
            ),
            models.CheckConstraint(
                condition=Q(default_amount__gte=0), name="payroll_salarycomponent_default_not_negative"
            ),
            models.UniqueConstraint(
                fields=["code"],
                condition=Q(deleted_at__isnull=True) & ~Q(code=""),
                name="payroll_salarycomponent_code_unique",
                violation_error_code="duplicate",
                violation_error_message="Another component has this code.",
            ),
            models.CheckConstraint(
                condition=~Q(code=BASIC) | Q(type=ComponentType.FIXED, deleted_at__isnull=True),
                name="payroll_salarycomponent_basic_stays_fixed",
                violation_error_message="The salary's own component stays a fixed earning and cannot be deleted.",
            ),
        ]
        indexes = [
            models.Index(
                fields=["created_at", "id"],
                condition=Q(deleted_at__isnull=True),
                name="payroll_salarycomponent_order",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_basic(self) -> bool:
        """Whether it is the salary's own component, paid from pay rates and never from its default amount."""
        return self.code == BASIC
