"""Fields of act forms that choose people and places: search as you type, over what the reader may see."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin

from hr.models import Department, Employee, Leave, ScheduleAssignment, WorkSite, WorkSiteAssignment
from peoplesync.core.staff.theme import choose, choose_many


class EmployeeField(forms.ModelChoiceField):
    """One living employee."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", "Employee")
        widget = choose(Leave._meta.get_field("employee"), admin.site)
        super().__init__(queryset=Employee.objects.alive(), widget=widget, **options)


class DepartmentField(forms.ModelChoiceField):
    """One living department."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", "Department")
        widget = choose(ScheduleAssignment._meta.get_field("department"), admin.site)
        super().__init__(queryset=Department.objects.alive(), widget=widget, **options)


class _Several(forms.ModelMultipleChoiceField):
    """Any number of living rows, none included."""

    model: Any
    relation: Any

    def __init__(self, **options: Any) -> None:
        widget = choose_many(self.relation, admin.site)
        super().__init__(queryset=self.model.objects.alive(), widget=widget, required=False, **options)


class EmployeesField(_Several):
    model, relation = Employee, WorkSiteAssignment._meta.get_field("employee")


class DepartmentsField(_Several):
    model, relation = Department, WorkSiteAssignment._meta.get_field("department")


class WorkSitesField(_Several):
    model, relation = WorkSite, WorkSiteAssignment._meta.get_field("site")
