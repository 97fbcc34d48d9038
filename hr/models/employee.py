"""Employees: the person who works, whether or not she may sign in."""

from __future__ import annotations

from datetime import date
from typing import Any

import pghistory
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Upper

from hr.models.department import Department
from hr.models.scoping import ScopedQuerySet
from peoplesync.core.models import SoftDeleted, TouchedRecord


class EmployeeStatus(models.TextChoices):
    ACTIVE = "active", "Active"
    TERMINATED = "terminated", "Terminated"
    ON_LEAVE = "on_leave", "On leave"


class EmployeeQuerySet(ScopedQuerySet):
    resource = "employees"
    employee_path = ""

    def employed_on(self, day: date) -> Any:
        """Employment by its dates, never by status: people on leave are in, future hires are not."""
        begun = models.Q(hired_at__isnull=True) | models.Q(hired_at__lte=day)
        return self.alive().filter(begun & (models.Q(ended_on__isnull=True) | models.Q(ended_on__gte=day)))

    def employed_between(self, first: date, last: date) -> Any:
        """Everybody employed on at least one day from `first` to `last`."""
        begun = models.Q(hired_at__isnull=True) | models.Q(hired_at__lte=last)
        return self.alive().filter(begun & (models.Q(ended_on__isnull=True) | models.Q(ended_on__gte=first)))


@pghistory.track()
class Employee(TouchedRecord, SoftDeleted):
    """A person employed. `current_salary` is what the wire shows; what is paid comes from dated pay rates."""

    employee_number = models.CharField(max_length=50)
    first_name = models.CharField(max_length=150)
    last_name = models.CharField(max_length=150, null=True, blank=True)  # noqa: DJ001 null on the wire when unknown
    email = models.EmailField(max_length=255, null=True, blank=True)  # noqa: DJ001
    phone = models.CharField(max_length=50, null=True, blank=True)  # noqa: DJ001
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.SET_NULL, related_name="employees"
    )
    hired_at = models.DateField(null=True, blank=True)
    #: The last day of employment, inside it.
    ended_on = models.DateField(null=True, blank=True)
    end_reason = models.CharField(max_length=255, blank=True)
    status = models.CharField(max_length=50, choices=EmployeeStatus.choices, default=EmployeeStatus.ACTIVE)
    current_salary = models.DecimalField(max_digits=38, decimal_places=2, null=True, blank=True)
    #: Written by payroll through a service; deliberately no foreign key, since payroll stands above hr.
    latest_payroll_id = models.UUIDField(null=True, blank=True, editable=False)
    #: Where she works when it is not the organisation's zone.
    timezone = models.CharField(max_length=64, blank=True)

    objects = EmployeeQuerySet.as_manager()

    class Meta:
        ordering = ["employee_number", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["employee_number"],
                condition=models.Q(deleted_at__isnull=True),
                name="hr_employee_number_unique",
                violation_error_code="duplicate",
                violation_error_message="An employee with this number exists already.",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=EmployeeStatus.values), name="hr_employee_status_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(current_salary__isnull=True) | models.Q(current_salary__gte=0),
                name="hr_employee_salary_not_negative",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_on__isnull=True)
                | models.Q(hired_at__isnull=True)
                | models.Q(ended_on__gte=models.F("hired_at")),
                name="hr_employee_ends_after_hire",
            ),
        ]
        indexes = [
            models.Index(fields=["employee_number", "id"], name="hr_employee_by_number"),
            models.Index(fields=["department", "employee_number"], name="hr_employee_by_department"),
            GinIndex(
                OpClass(Upper("first_name"), name="gin_trgm_ops"),
                OpClass(Upper("last_name"), name="gin_trgm_ops"),
                OpClass(Upper("email"), name="gin_trgm_ops"),
                OpClass(Upper("employee_number"), name="gin_trgm_ops"),
                name="hr_employee_search",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.employee_number} {self.full_name}"

    @property
    def full_name(self) -> str:
        """First and last name as one string."""
        return f"{self.first_name} {self.last_name or ''}".strip()
