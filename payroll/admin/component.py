"""Salary components for staff; and the country packs the organisation may choose."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpRequest
from django.utils import timezone

from hr.admin import organisation
from payroll.models import SalaryComponent
from payroll.packs.registry import PACKS
from payroll.services import components
from peoplesync.core.staff import show
from peoplesync.core.staff.acts import Act
from peoplesync.core.staff.model_admin import ModelAdmin, register
from peoplesync.core.staff.theme import ChoicesDropdownFilter, display

for _name in PACKS:
    if _name not in dict(organisation.packs):
        organisation.packs.append((_name, _name.capitalize()))


def _delete(request: HttpRequest, row: SalaryComponent, values: dict[str, Any]) -> str:
    components.delete(component=row, by=request.user, at=timezone.now())
    return f"{row} is deleted."


@register(SalaryComponent)
class SalaryComponentAdmin(ModelAdmin):
    """The named lines payslips are made of."""

    resource = "salary_components"
    write_action = "write"
    section, icon, position = "Pay", "list_alt", 40
    list_display = ("name", "type", "shown_default", "code", "is_prorated")
    list_filter = (("type", ChoicesDropdownFilter), "is_prorated")
    search_fields = ("name", "code")
    search_help_text = "A name or a code"
    fields = ("name", "type", "default_amount", "code", "is_prorated")
    acts: ClassVar[tuple[Act, ...]] = (
        Act(
            name="delete",
            label="Delete",
            icon="delete",
            question="Delete this component? One that is on payslips or assigned to people stays.",
            action="write",
            run=_delete,
            offered=lambda row: not row.is_basic,
            is_dangerous=True,
        ),
    )

    @display(description="Default amount", ordering="default_amount")
    def shown_default(self, row: SalaryComponent) -> str:
        return show.money(row.default_amount)

    def create(self, request: HttpRequest, values: dict[str, Any]) -> SalaryComponent:
        return components.create(**values, by=request.user, at=self.now())

    def change(self, request: HttpRequest, row: SalaryComponent, values: dict[str, Any]) -> SalaryComponent:
        return components.update(component=row, changes=values, by=request.user, at=self.now())  # type: ignore[arg-type]
