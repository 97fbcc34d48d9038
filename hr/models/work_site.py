"""Work sites: where people are expected to clock in, and what happens when they are elsewhere."""

from __future__ import annotations

import pghistory
from django.db import models

from hr.models.department import Department
from hr.models.employee import Employee
from peoplesync.core.models import SoftDeleted, SoftDeletedQuerySet, TouchedRecord


class SitePolicy(models.TextChoices):
    ALLOW = "allow", "Allow"
    FLAG = "flag", "Flag for the approver"
    REJECT = "reject", "Reject"


@pghistory.track()
class WorkSite(TouchedRecord, SoftDeleted):
    """A circle on the map with a zone. Coordinates keep every digit they were given."""

    name = models.CharField(max_length=100)
    latitude = models.DecimalField(max_digits=18, decimal_places=14, null=True, blank=True)
    longitude = models.DecimalField(max_digits=18, decimal_places=14, null=True, blank=True)
    radius_metres = models.PositiveIntegerField(default=300)
    timezone = models.CharField(max_length=64, blank=True)
    address = models.CharField(max_length=255, blank=True)
    ip_address = models.CharField(max_length=39, blank=True)
    policy = models.CharField(max_length=6, choices=SitePolicy.choices, default=SitePolicy.FLAG)
    #: Everybody may use it, without assignments.
    is_for_everyone = models.BooleanField(default=False)

    objects = SoftDeletedQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                condition=models.Q(deleted_at__isnull=True),
                name="hr_worksite_name_unique",
                violation_error_code="duplicate",
                violation_error_message="A work site with this name exists already.",
            ),
            models.CheckConstraint(
                condition=models.Q(latitude__isnull=True, longitude__isnull=True)
                | models.Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="hr_worksite_position_on_earth",
            ),
            models.CheckConstraint(
                condition=models.Q(policy__in=SitePolicy.values), name="hr_worksite_policy_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class WorkSiteAssignment(TouchedRecord):
    """Who works at a site: one employee or one department with everything below it."""

    site = models.ForeignKey(WorkSite, on_delete=models.CASCADE, related_name="assignments")
    employee = models.ForeignKey(
        Employee, null=True, blank=True, on_delete=models.CASCADE, related_name="site_assignments"
    )
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.CASCADE, related_name="site_assignments"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(employee__isnull=False, department__isnull=True)
                | models.Q(employee__isnull=True, department__isnull=False),
                name="hr_worksiteassignment_has_one_subject",
            ),
            models.UniqueConstraint(fields=["site", "employee"], name="hr_worksiteassignment_employee_once"),
            models.UniqueConstraint(fields=["site", "department"], name="hr_worksiteassignment_department_once"),
        ]

    def __str__(self) -> str:
        return f"{self.site} for {self.employee or self.department}"
