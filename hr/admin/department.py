"""Departments: a tree, shown with its parents; created and changed through the service, retired by an act."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.admin.views.main import ORDER_VAR
from django.db.models.expressions import RawSQL
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from hr.models import Department, Employee
from hr.services import departments
from peoplesync.core.staff.acts import Act
from peoplesync.core.staff.model_admin import ChangeList, Link, ModelAdmin, Panel, register
from peoplesync.core.staff.theme import display

INDENT = "\N{NO-BREAK SPACE}" * 4
_PEOPLE = "(SELECT count(*) FROM hr_employee e WHERE e.department_id = hr_department.id AND e.deleted_at IS NULL)"
#: Names from the root down to the department; ordered by it, a list is a tree.
_WAY = """(
    WITH RECURSIVE up AS (
        SELECT d.name, d.parent_id, 0 AS steps FROM hr_department d WHERE d.id = hr_department.id
        UNION ALL SELECT d.name, d.parent_id, up.steps + 1 FROM hr_department d JOIN up ON d.id = up.parent_id
    )
    SELECT array_agg(up.name::text ORDER BY up.steps DESC) FROM up
)"""


def _delete(request: HttpRequest, row: Department, values: dict[str, Any]) -> str:
    departments.delete(department=row, by=request.user, at=timezone.now())
    return f"{row} is gone from every list. Its people and sub-departments stay, without it."


class Tree(ChangeList):
    """Each department below its parent, unless a column is chosen to sort by."""

    def get_ordering(self, request: HttpRequest, queryset: Any) -> list[str]:
        return list(super().get_ordering(request, queryset)) if self.params.get(ORDER_VAR) else ["way", "pk"]


@register(Department)
class DepartmentAdmin(ModelAdmin):
    """The organisation's departments."""

    resource = "departments"
    write_action = "write"
    section, icon, position = "People", "account_tree", 20
    list_display = ("placed", "code", "parent", "people")
    list_select_related = ("parent",)
    search_fields = ("name", "code")
    search_help_text = "A name or a code"
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
        rows = self.rows(request).annotate(people_count=RawSQL(_PEOPLE, []), way=RawSQL(_WAY, []))  # noqa: S611 constants
        return rows.order_by("name", "pk")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return Tree

    @display(description="Name")
    def placed(self, row: Any) -> str:
        """Its name, set in by how deep it lies."""
        depth = len(row.way) - 1
        return f"{INDENT * (depth - 1)}└ {row.name}" if depth else str(row.name)

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
