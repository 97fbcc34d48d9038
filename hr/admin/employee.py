"""Employees for staff: the directory, hiring and changing through services, pay only for those who may know it.

Pay, the end of employment and removal are acts with questions of their own, not fields of the form.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from hr.admin import employee_files, employee_panels, leave_acts
from hr.models import Employee, EmployeeStatus
from hr.services import employees, leave_endings, pay_reading
from peoplesync.core.staff import show
from peoplesync.core.staff.acts import Act
from peoplesync.core.staff.model_admin import Link, ModelAdmin, Panel, link_to, register
from peoplesync.core.staff.site import Figure
from peoplesync.core.staff.theme import AutocompleteSelectFilter, ChoicesDropdownFilter, display

#: What the search box asks for before it looks for people, and how many it shows.
LEAST_TYPED, FOUND = 3, 8


class SalaryForm(forms.Form):
    current_salary = forms.DecimalField(
        label="Salary a month",
        min_value=0,
        max_digits=38,
        decimal_places=2,
        help_text="It counts from today. The first one counts from the day of hire, and until a payslip that pays it is "
        "approved the next one puts it right from the same day.",
    )


def _salary_form(model_admin: Any, request: HttpRequest, row: Employee) -> type[forms.Form]:
    """What she earns now stands in the question; that it was read is logged as on her page."""
    model_admin.shown_to(request, [row])

    class HerSalaryForm(SalaryForm):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            field = self.fields["current_salary"]
            field.help_text = f"Now {show.money(row.current_salary)}. {field.help_text}"

    return HerSalaryForm


class EndForm(forms.Form):
    last_day = forms.DateField(label="Last day", help_text="It is still worked and paid.")
    reason = forms.CharField(max_length=255)


def _set_salary(request: HttpRequest, row: Employee, values: dict[str, Any]) -> str:
    employees.update(
        employee=row, changes={"current_salary": values["current_salary"]}, by=request.user, at=timezone.now()
    )
    return f"{row.full_name} earns {show.money(values['current_salary'])} a month."


def _end(request: HttpRequest, row: Employee, values: dict[str, Any]) -> str:
    last_day = values["last_day"]
    count = leave_endings.beyond(employee_id=row.pk, last_day=last_day).count()
    employees.end(employee=row, last_day=last_day, reason=values["reason"], by=request.user, at=timezone.now())
    said = f"The employment of {row.full_name} ends on {show.day(last_day)}."
    return f"{said} {leave_endings.said(count)}".rstrip()


def _delete(request: HttpRequest, row: Employee, values: dict[str, Any]) -> str:
    employees.delete(employee=row, by=request.user, at=timezone.now())
    return f"{row.full_name} is gone from every list."


@register(Employee)
class EmployeeAdmin(ModelAdmin):
    """The people."""

    resource = "employees"
    write_action = "write"
    section, icon, position = "People", "badge", 10
    list_display = ("number", "name", "department", "shown_status", "email", "first_day", "current_salary")
    list_display_links = ("number", "name")
    list_filter = (("status", ChoicesDropdownFilter), ("department", AutocompleteSelectFilter))
    list_select_related = ("department",)
    search_fields = ("first_name", "last_name", "email", "employee_number")
    search_help_text = "A name, a number or an e-mail address"
    autocomplete_fields = ("department",)
    private: ClassVar[dict[str, str]] = {
        "current_salary": "read_pay",
        "pay": "read_pay",
        "latest_payroll_id": "read_pay",
    }
    fields = (
        "employee_number", "first_name", "last_name", "email", "phone", "department", "hired_at", "status", "pay",
        "ended_on", "end_reason", "timezone",
    )  # fmt: skip
    labels: ClassVar[dict[str, str]] = {
        "hired_at": "First day", "ended_on": "Last day", "end_reason": "Reason for leaving", "timezone": "Own time zone",
    }  # fmt: skip
    helps: ClassVar[dict[str, str]] = {
        "hired_at": "Presence and pay begin on this day.",
        "department": "Its schedule counts for every open day. Who moves from a day on is first given the old schedule as "
        "her own until then.",
        "employee_number": "As on contracts and payslips. It is never changed and never given again.",
    }
    list_acts: ClassVar[tuple[Act, ...]] = (employee_files.EXPORT, employee_files.IMPORT)
    acts: ClassVar[tuple[Act, ...]] = (
        Act(
            name="salary",
            label="Change pay",
            icon="payments",
            question="Change the salary of this person? It is kept in the activity log.",
            action="write_pay",
            run=_set_salary,
            form=_salary_form,
        ),
        *leave_acts.ON_A_PERSON,
        Act(
            name="end",
            label="End employment",
            icon="person_off",
            question="End this employment? Pay follows the last day; approved leave after it is taken back or shortened.",
            action="write",
            run=_end,
            form=EndForm,
            offered=lambda row: row.ended_on is None,
            is_dangerous=True,
        ),
        Act(
            name="delete",
            label="Delete",
            icon="delete",
            question="Take this person out of every list? This is for rows made by mistake; whoever leaves is ended instead.",
            action="write",
            run=_delete,
            is_dangerous=True,
        ),
    )

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return ["pay" if name == "current_salary" else name for name in super().get_list_display(request)]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        always = ("pay", "ended_on", "end_reason", "timezone")
        if obj is None:
            return always
        return (*always, "employee_number", *(["hired_at"] if obj.hired_at else []))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        hidden = {"pay", "ended_on", "end_reason", "timezone"}
        if obj is not None:
            hidden = {name for name in ("ended_on", "end_reason", "timezone") if not getattr(obj, name)}
        return [name for name in self.fields if name not in hidden and self.knows(request, name, obj)]

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """One indexed search over names, number and address."""
        for word in search_term.split()[:5]:
            queryset = queryset.filter(employee_panels.mentions(word))
        return queryset, False

    def create(self, request: HttpRequest, values: dict[str, Any]) -> Employee:
        department = values.pop("department")
        return employees.hire(**values, department_id=department and department.pk, by=request.user, at=self.now())

    def change(self, request: HttpRequest, row: Employee, values: dict[str, Any]) -> Employee:
        changes = dict(values)
        if "department" in changes:
            department = changes.pop("department")
            changes["department_id"] = department and department.pk
        return employees.update(employee=row, changes=changes, by=request.user, at=self.now())

    def shown_to(self, request: HttpRequest, rows: list[Any]) -> None:
        pay_reading.salaries(people=rows, by=request.user, at=self.now())

    def panels(self, request: HttpRequest, row: Employee) -> list[Panel]:
        return employee_panels.of(self, request, row)

    def summary(self, request: HttpRequest, row: Employee) -> list[tuple[str, str]]:
        return [("Employee", str(row)), ("Department", str(row.department or show.EMPTY))]

    @display(description="Number", ordering="employee_number")
    def number(self, row: Employee) -> str:
        return row.employee_number

    @display(description="Name", ordering="first_name")
    def name(self, row: Employee) -> str:
        return row.full_name

    @display(description="Status", label={"Active": "success", "Terminated": "danger", "On leave": "warning"})
    def shown_status(self, row: Employee) -> str:
        return EmployeeStatus(row.status).label

    @display(description="First day", ordering="hired_at")
    def first_day(self, row: Employee) -> str:
        return show.day(row.hired_at)

    @display(description="Salary", ordering="current_salary")
    def pay(self, row: Employee) -> str:
        return show.money(row.current_salary)


def _active(request: HttpRequest) -> str:
    return f"{Employee.objects.alive().filter(status=EmployeeStatus.ACTIVE).count():,}"


def _find(request: HttpRequest, term: str) -> list[tuple[str, Link]]:
    """People for the search box, the first few; shorter words than the index knows would read everybody."""
    page = admin.site.get_model_admin(Employee)
    if len(term) < LEAST_TYPED or not page.has_view_permission(request):
        return []
    found, _ = page.get_search_results(request, page.rows(request), term)
    people = found.select_related("department").order_by("employee_number")[:FOUND]
    return [(str(row.department or "Employee"), Link(str(row), link_to(row))) for row in people]


admin.site.finders.append(_find)


def _list() -> str:
    return reverse("admin:hr_employee_changelist")


admin.site.figure(Figure("Active employees", "badge", "employees", "read", _list, _active, position=10))
