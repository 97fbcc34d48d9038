"""Salary assignments: one employee's own amount or formula for a component."""

from __future__ import annotations

from datetime import date

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q

from hr.models import Employee
from hr.models.scoping import ScopedQuerySet
from payroll.models.component import SalaryComponent
from payroll.models.kind import PayrollKind
from peoplesync.core.models import TouchedRecord
from peoplesync.kernel.dates import ONE_DAY


class SalaryAssignmentQuerySet(ScopedQuerySet):
    resource = "salary_assignments"


@pghistory.track()
class SalaryAssignment(TouchedRecord):
    """An amount or a formula in force on some days; on any day at most one per employee, component and kind."""

    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, db_index=False, related_name="salary_assignments")
    component = models.ForeignKey(SalaryComponent, on_delete=models.PROTECT, related_name="assignments")
    kind = models.CharField(max_length=12, choices=PayrollKind.choices, default=PayrollKind.REGULAR)
    amount = models.DecimalField(max_digits=38, decimal_places=2, null=True, blank=True)
    formula = models.CharField(max_length=500, blank=True)
    #: Days in force, `[first, last + 1)`; an open end is until further notice.
    valid = DateRangeField()

    objects = SalaryAssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["employee_id", "valid", "id"]
        indexes = [models.Index(fields=["employee", "valid", "id"], name="payroll_assignment_of_employee")]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__isnull=False, formula="") | (Q(amount__isnull=True) & ~Q(formula="")),
                name="payroll_salaryassignment_amount_or_formula",
                violation_error_message="Give either an amount or a formula.",
            ),
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gte=0),
                name="payroll_salaryassignment_amount_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=PayrollKind.values), name="payroll_salaryassignment_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(valid__isempty=False, valid__startswith__isnull=False),
                name="payroll_salaryassignment_has_days",
            ),
            ExclusionConstraint(
                name="payroll_salaryassignment_no_overlap",
                expressions=[
                    ("employee", RangeOperators.EQUAL),
                    ("component", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                violation_error_message="This component is assigned already in these days. End that assignment first.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.component} for {self.employee}"

    @property
    def valid_from(self) -> date:
        """First day in force."""
        return self.valid.lower

    @property
    def valid_to(self) -> date | None:
        """Last day in force, inside it; None: until further notice."""
        return self.valid.upper - ONE_DAY if self.valid.upper else None
