"""A person's own data on her staff page: taken out for her, and forgotten after she has left."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from hr.admin import employee_panels
from hr.admin.employee import EmployeeAdmin
from hr.models import Employee
from peoplesync.core.api.json import ExactJSONRenderer
from peoplesync.core.staff import rights, show
from peoplesync.core.staff.acts import Act
from peoplesync.core.staff.model_admin import Panel
from peoplesync.privacy import export, orders


class ReasonForm(forms.Form):
    reason = forms.CharField(
        max_length=255, help_text="Who asked for it, and when. It stands in the activity log beside your name."
    )


def _export(request: HttpRequest, row: Employee, values: dict[str, Any]) -> HttpResponse:
    now = timezone.now()
    document = export.of_person(number=row.employee_number, at=now, by=request.user, reason=values["reason"])
    name = f"personal-data-{row.pk}-{timezone.localdate(now)}.json"
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(ExactJSONRenderer().render(document), content_type="application/json", headers=disposition)


def _order(request: HttpRequest, row: Employee, values: dict[str, Any]) -> str:
    orders.order(employee=row, reason=values["reason"], by=request.user, at=timezone.now())
    return (
        f"The erasure of {row.employee_number} is ordered. Your operator carries it out (manage.py erase_person --ordered); "
        "until then it can be withdrawn here."
    )


def _withdraw(request: HttpRequest, row: Employee, values: dict[str, Any]) -> str:
    orders.withdraw(employee=row, by=request.user, at=timezone.now())
    return f"The erasure of {row.employee_number} is withdrawn. Nothing was erased."


def _has_left(row: Employee) -> bool:
    return row.ended_on is not None


def _ordered(request: HttpRequest, employee: Employee) -> list[Panel]:
    """The order that waits, for those who may give one."""
    if not _has_left(employee) or not rights.may(request, "employees", "erase"):
        return []
    waits = orders.waiting(employee.pk)
    if waits is None:
        return []
    said = (show.instant(waits.created_at), str(waits.user), str(waits.meta.get("reason", show.EMPTY)))
    return [Panel("Erasure of personal data is ordered", ("When", "By", "Reason"), [said])]


employee_panels.sources.insert(0, _ordered)
EmployeeAdmin.acts = (
    *EmployeeAdmin.acts,
    Act(
        name="export_personal",
        label="Personal data",
        icon="file_save",
        question="Download everything kept about this person as one JSON file: record, users, presence with positions, "
        "leave, payslips, messages, names of files? It is for her and nobody else. The download is in the activity log.",
        action="export_personal",
        run=_export,
        form=ReasonForm,
    ),
    Act(
        name="erase",
        label="Erase",
        icon="person_remove",
        question="Order that everything that says who this person was is erased? Name, contact, users, positions, photos "
        "and words go, their history and the log's included. What the law asks to keep stays under her number: payslips, "
        "the days and times they were computed from, leave days. The operator carries it out; then it cannot be undone. "
        "Backups made before still hold her.",
        action="erase",
        run=_order,
        form=ReasonForm,
        offered=lambda row: _has_left(row) and orders.waiting(row.pk) is None,
        is_dangerous=True,
    ),
    Act(
        name="keep",
        label="Withdraw the erasure",
        icon="restore",
        question="Withdraw the order? The person's data stays as it is.",
        action="erase",
        run=_withdraw,
        offered=lambda row: _has_left(row) and orders.waiting(row.pk) is not None,
    ),
)
