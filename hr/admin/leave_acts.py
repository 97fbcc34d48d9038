"""How HR moves balances of leave: a year granted, to everybody or to one person, and a movement by hand with its reason."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

from django import forms
from django.http import HttpRequest, HttpResponseRedirect
from django.utils import timezone

from hr.admin.choices import EmployeeField
from hr.models import Employee, LeaveType
from hr.selectors import leave_balances
from hr.services import leave_grants, leave_ledger
from hr.services.leave_grants import Settled
from peoplesync.core.staff import show
from peoplesync.core.staff.acts import Act
from peoplesync.core.staff.naming import link_to
from peoplesync.kernel.words import counted

POLICY = "leave_policy"


class AdjustForm(forms.Form):
    leave_type = forms.ModelChoiceField(queryset=LeaveType.objects.filter(uses_balance=True), to_field_name="code")
    days = forms.DecimalField(max_digits=6, decimal_places=2, help_text="Negative numbers take days away.")
    effective_on = forms.DateField(label="From", initial=timezone.localdate)
    note = forms.CharField(label="Why", max_length=255)
    #: The same form sent twice moves the balance once.
    key = forms.CharField(initial=uuid4, max_length=64, widget=forms.HiddenInput)


class AdjustSomebodyForm(AdjustForm):
    employee = EmployeeField()
    field_order = ("employee",)


def _adjust_form(model_admin: Any, request: HttpRequest, row: Employee) -> type[forms.Form]:
    """What she has now stands beside the kinds."""
    today = timezone.localdate()
    has = _balances(row, today)

    class AdjustHersForm(AdjustForm):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            self.fields["leave_type"].help_text = f"On {show.day(today)} she has {has}."

    return AdjustHersForm


def _balances(employee: Employee, on: date) -> str:
    found = leave_balances.balances([employee.pk], on)[employee.pk]
    return ", ".join(f"{counted(one.balance, 'day')} of {one.leave_type} leave" for one in found)


def _adjust(request: HttpRequest, row: Any, values: dict[str, Any]) -> str:
    employee = values.pop("employee", row)
    entry = leave_ledger.adjust(employee=employee, **values, by=request.user, at=timezone.now())
    left = leave_balances.balance(employee.pk, entry.leave_type.code, entry.effective_on)
    kind, balance = entry.leave_type.name.lower(), counted(left.balance, "day")
    return f"{employee.full_name} has {balance} of {kind} leave on {show.day(entry.effective_on)}."


def _grant_form(model_admin: Any, request: HttpRequest, row: Employee | None) -> type[forms.Form]:
    """This year and the next, each with what granting it would add now."""
    this = timezone.localdate().year
    choices = [(year, f"{year}: {_would_add(year, row)}") for year in (this, this + 1)]

    class GrantForm(forms.Form):
        year = forms.TypedChoiceField(coerce=int, choices=choices, initial=this)

    return GrantForm


def _would_add(year: int, employee: Employee | None) -> str:
    due = leave_ledger.grant_year(year=year, employee=employee, at=timezone.now(), is_dry_run=True)
    if not due.count:
        return "nothing left to grant"
    whose = "" if employee else f" to {counted(due.count, 'balance')}"
    return f"{counted(due.days, 'day')}{whose}"


def _grant(request: HttpRequest, row: Employee | None, values: dict[str, Any]) -> Any:
    year = values["year"]
    done = leave_grants.settle(year=year, employee=row, by=request.user, at=timezone.now())
    if not isinstance(done, Settled):
        return HttpResponseRedirect(link_to(done))
    if row is None:
        return f"{year}: {done}."
    return f"{year}: {done}. {row.full_name} has {_balances(row, date(year, 12, 31))} until the end of {year}."


_MONTHS = "a twelfth of the yearly days for each month employed, less the collective leave of the year"
ON_THE_LEDGER: tuple[Act, ...] = (
    Act(
        name="grant",
        label="Grant a year",
        icon="event_repeat",
        question=f"Grant everybody her leave of which year? It is {_MONTHS}. Who has it already is passed over.",
        action="write",
        resource=POLICY,
        run=_grant,
        form=_grant_form,
    ),
    Act(
        name="adjust",
        label="Adjust a balance",
        icon="exposure",
        question="Whose balance moves, by how many days, and why? Movements are never changed; another one corrects them.",
        action="write",
        resource=POLICY,
        run=_adjust,
        form=AdjustSomebodyForm,
    ),
)
ON_A_PERSON: tuple[Act, ...] = (
    Act(
        name="grant_leave",
        label="Grant leave",
        icon="event_repeat",
        question=f"Grant this person her leave of which year? It is {_MONTHS}. What she has of it stays as it is.",
        action="write",
        resource=POLICY,
        run=_grant,
        form=_grant_form,
        is_by_panel=True,
    ),
    Act(
        name="adjust_leave",
        label="Adjust leave",
        icon="exposure",
        question="By how many days does her balance move, and why? Movements are never changed; another one corrects them.",
        action="write",
        resource=POLICY,
        run=_adjust,
        form=_adjust_form,
        is_by_panel=True,
    ),
)
