"""What people earn: dated pay rates and assigned components. Both are set and ended by acts, never edited in place."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest
from django.utils import timezone

from hr.admin.choices import EmployeeField
from payroll.models import PayRate, PayrollKind, SalaryAssignment, SalaryComponent
from payroll.services import assignments, rates, reading
from peoplesync.core.staff import show
from peoplesync.core.staff.acts import Act
from peoplesync.core.staff.model_admin import ModelAdmin, register
from peoplesync.core.staff.theme import ChoicesDropdownFilter, RelatedDropdownFilter, display
from peoplesync.kernel.dates import ONE_DAY

PEOPLE = ("employee__first_name", "employee__last_name", "employee__employee_number")


def _meant() -> forms.BooleanField:
    return forms.BooleanField(
        label="Also for closed or paid days",
        required=False,
        help_text="Posted payslips stay as they are; what is still to be computed uses this.",
    )


class RateForm(forms.Form):
    employee = EmployeeField()
    amount = forms.DecimalField(label="Salary a month", min_value=0, max_digits=38, decimal_places=2)
    valid_from = forms.DateField(label="From", required=False, help_text="Leave empty for: since ever.")
    allow_retro = _meant()


def _set_rate(request: HttpRequest, row: Any, values: dict[str, Any]) -> str:
    employee = values.pop("employee")
    rates.set_from(employee_id=employee.pk, **values, by=request.user, at=timezone.now())
    since = f"from {show.day(values['valid_from'])}" if values["valid_from"] else "since ever"
    return f"{employee.full_name} earns {show.money(values['amount'])} a month {since}."


def _from(valid: Any) -> str:
    return show.day(valid.lower) if valid.lower else "always"


def _to(valid: Any) -> str:
    """The last day; ranges in the database end before their upper bound."""
    return show.day(valid.upper - ONE_DAY) if valid.upper else "open"


@register(PayRate)
class PayRateAdmin(ModelAdmin):
    """Salaries and the days they are in force. Who reads them is logged."""

    resource = "pay_rates"
    section, icon, position = "Pay", "price_change", 50
    list_display = ("employee", "shown_amount", "first", "last", "source", "is_confirmed", "entered_by")
    list_filter = (("source", ChoicesDropdownFilter), "is_confirmed")
    list_select_related = ("employee", "entered_by")
    search_fields = PEOPLE
    search_help_text = "A name or an employee number"
    fields = ("employee", "shown_amount", "first", "last", "source", "is_confirmed", "entered_by")
    list_acts: ClassVar[tuple[Act, ...]] = (
        Act(
            name="set",
            label="Set a pay rate",
            icon="price_change",
            question="Whose salary, how much, and from when? A rate in force that day ends the day before.",
            action="write",
            run=_set_rate,
            form=RateForm,
        ),
    )

    def shown_to(self, request: HttpRequest, rows: list[Any]) -> None:
        reading.rates(rows=rows, by=request.user, at=self.now())

    @display(description="Salary a month", ordering="amount")
    def shown_amount(self, row: PayRate) -> str:
        return show.money(row.amount)

    @display(description="From", ordering="valid")
    def first(self, row: PayRate) -> str:
        return _from(row.valid)

    @display(description="To")
    def last(self, row: PayRate) -> str:
        return _to(row.valid)


class AssignForm(forms.Form):
    employee = EmployeeField()
    component = forms.ModelChoiceField(queryset=SalaryComponent.objects.alive())
    kind = forms.ChoiceField(choices=PayrollKind.choices, initial=PayrollKind.REGULAR)
    amount = forms.DecimalField(min_value=0, max_digits=38, decimal_places=2, required=False)
    formula = forms.CharField(
        max_length=500, required=False, help_text="Instead of an amount, for example basic * 0.05."
    )
    valid_from = forms.DateField(label="From")
    valid_to = forms.DateField(label="Last day", required=False)
    allow_retro = _meant()


class EndForm(forms.Form):
    last_day = forms.DateField(label="Last day")
    allow_retro = _meant()


def _assign(request: HttpRequest, row: Any, values: dict[str, Any]) -> str:
    employee, component = values.pop("employee"), values.pop("component")
    assignments.assign(employee_id=employee.pk, component_id=component.pk, **values, by=request.user, at=timezone.now())
    return f"{component} is assigned to {employee.full_name}."


def _end(request: HttpRequest, row: SalaryAssignment, values: dict[str, Any]) -> str:
    assignments.end(assignment=row, **values, by=request.user, at=timezone.now())
    return f"Ended on {values['last_day']:%-d %B %Y}."


@register(SalaryAssignment)
class SalaryAssignmentAdmin(ModelAdmin):
    """One person's own amount or formula of a component. Who reads them is logged."""

    resource = "salary_assignments"
    section, icon, position = "Pay", "assignment_ind", 60
    list_display = ("employee", "component", "value", "first", "last", "kind")
    list_filter = (("component", RelatedDropdownFilter), ("kind", ChoicesDropdownFilter))
    list_select_related = ("employee", "component")
    search_fields = PEOPLE
    search_help_text = "A name or an employee number"
    fields = ("employee", "component", "value", "first", "last", "kind")
    list_acts: ClassVar[tuple[Act, ...]] = (
        Act(
            name="assign",
            label="Assign a component",
            icon="assignment_ind",
            question="Who gets which component, and from when to when?",
            action="write",
            run=_assign,
            form=AssignForm,
        ),
    )
    acts: ClassVar[tuple[Act, ...]] = (
        Act(
            name="end",
            label="End",
            icon="event_busy",
            question="On which day does this assignment end?",
            action="write",
            run=_end,
            form=EndForm,
            is_dangerous=True,
        ),
    )

    def shown_to(self, request: HttpRequest, rows: list[Any]) -> None:
        reading.assignments(rows=rows, by=request.user, at=self.now())

    @display(description="Amount or formula")
    def value(self, row: SalaryAssignment) -> str:
        return row.formula or show.money(row.amount)

    @display(description="From", ordering="valid")
    def first(self, row: SalaryAssignment) -> str:
        return _from(row.valid)

    @display(description="To")
    def last(self, row: SalaryAssignment) -> str:
        return _to(row.valid)
