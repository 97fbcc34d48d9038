"""Departments: a tree, shown with its parents; created and changed through the service, retired by an act."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Count, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from hr.models import Department, Employee
from hr.services import departments
from peoplesync.core.staff.acts import Act
from peoplesync.core.staff.model_admin import Link, ModelAdmin, Panel, register
from peoplesync.core.staff.theme import display


def _delete(request: HttpRequest, row: Department, values: dict[str, Any]) -> str:
    departments.delete(department=row, by=request.user, at=timezone.now())
    return f"{row} is gone from every list. Its people and sub-departments stay, without it."


@register(Department)
class DepartmentAdmin(ModelAdmin):
    """The organisation's departments."""

    resource = "departments"
    write_action = "write"
    section, icon, position = "People", "account_tree", 20
    list_display = ("name", "code", "parent", "people")
    list_select_related = ("parent",)
    search_fields = ("name", "code")
    autocomplete_fields = ("parent",)
    fields = ("name", "code", "parent")
    acts: ClassVar[tuple[Act, ...]] = (
        Act(
            name="delete",
            label="Delete",
            icon="delete",
            question="Take this department out of every list? Its people and sub-departments stay, without it.",
            action="write",
            run=_delete,
            is_dangerous=True,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        living = Count("employees", filter=Q(employees__deleted_at=None))
        return super().get_queryset(request).annotate(people_count=living)

    @display(description="People")
    def people(self, row: Any) -> str:
        return f"{row.people_count:,}"

    def create(self, request: HttpRequest, values: dict[str, Any]) -> Department:
        parent = values.pop("parent")
        return departments.create(**values, parent_id=parent and parent.pk, by=request.user, at=self.now())

    def change(self, request: HttpRequest, row: Department, values: dict[str, Any]) -> Department:
        changes = {("parent_id" if name == "parent" else name): value for name, value in values.items()}
        if changes.get("parent_id"):
            changes["parent_id"] = changes["parent_id"].pk
        return departments.update(department=row, changes=changes, by=request.user, at=self.now())

    def panels(self, request: HttpRequest, row: Department) -> list[Panel]:
        below = [
            (Link(str(one), reverse("admin:hr_department_change", args=[one.pk])),) for one in row.children.alive()
        ]
        people = Employee.objects.alive().filter(department=row)[:50]
        cells = [
            (Link(str(one), reverse("admin:hr_employee_change", args=[one.pk])), one.get_status_display())
            for one in people
        ]
        return [
            Panel("Sub-departments", ("Name",), below, "None."),
            Panel("People (the first 50)", ("Name", "Status"), cells),
        ]
