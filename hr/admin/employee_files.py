"""Employees as files: exported with what the reader may know, imported after a look at what would happen."""

from __future__ import annotations

import io
import secrets
from typing import Any

from django import forms
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from hr.models import Employee
from hr.services import employee_csv, employee_intake, leave_endings
from peoplesync.core.services import activity
from peoplesync.core.staff import exports, rights
from peoplesync.core.staff.acts import Act
from peoplesync.core.staff.site import shown_on
from peoplesync.kernel.errors import Invalid, TooLarge
from peoplesync.kernel.roles import Scope

#: An export holds at most so many people; larger ones are an operator's, from the database.
MOST = 100_000
BYTES = 5 * 1024 * 1024
#: How long a file waits between the look and the import.
WAITS_SECONDS = 900
COLUMNS = (
    "employee_number", "first_name", "last_name", "email", "phone", "department", "hired_at", "ended_on", "status", "timezone",
)  # fmt: skip


class ExportForm(forms.Form):
    kind = forms.ChoiceField(choices=exports.FORMATS, label="Format")


class ImportForm(forms.Form):
    file = forms.FileField(
        required=False,
        label="CSV file",
        help_text=f"The first line names the columns: {', '.join(employee_csv.REQUIRED)}, and as many as you like of "
        f"{', '.join(name for name in employee_csv.KNOWN if name not in employee_csv.REQUIRED)}.",
    )
    skip_bad = forms.BooleanField(
        required=False, label="Leave out bad rows", help_text="Otherwise one bad row stops all."
    )
    creates_departments = forms.BooleanField(required=False, label="Create unknown departments")
    waiting = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)


def _export(request: HttpRequest, row: Any, values: dict[str, Any]) -> HttpResponse:
    knows_pay = rights.reach_of(request, "employees", "read_pay") is Scope.ALL
    columns = (*COLUMNS, "current_salary") if knows_pay else COLUMNS
    people = Employee.objects.alive().order_by("employee_number", "pk")
    if people.count() > MOST:
        raise TooLarge(f"An export holds at most {MOST:,} people. Ask your operator for a larger one.", code="too_many")
    fields = ["department__name" if name == "department" else name for name in columns]
    shown = people.values_list(*fields).iterator(chunk_size=2000)
    activity.record(
        action="employee.exported",
        resource_type="employee",
        resource_id=None,
        by=request.user,
        meta={"format": values["kind"], "with_pay": knows_pay},
        at=timezone.now(),
    )
    return exports.file(f"employees-{timezone.localdate()}", values["kind"], columns, shown)


def _import(request: HttpRequest, row: Any, values: dict[str, Any]) -> str | HttpResponse:
    """First the look, a dry run whose file is kept for a while; then, from that page, the import itself."""
    content = _waiting(request, values["waiting"]) if values["waiting"] else _sent(values["file"])
    is_look = not values["waiting"]
    wish = employee_intake.Wish(values["skip_bad"], is_look, values["creates_departments"])
    sheet = employee_csv.read(io.BytesIO(content), advance=lambda count: None)
    report = employee_intake.take_in(sheet=sheet, wish=wish, by=request.user, at=timezone.now())
    if not is_look and report.is_kept:
        done = report.written
        said = (
            f"{done.created} created, {done.updated} updated, {done.unchanged} unchanged, {report.bad_count} left out."
        )
        return f"{said} {leave_endings.said(done.leave_count)}".rstrip()
    token = secrets.token_urlsafe(24)
    cache.set(_key(request, token), content, WAITS_SECONDS)
    shown = {"report": report, "waiting": token, "wish": wish, "back": reverse("admin:hr_employee_changelist")}
    return shown_on(request, "What the import would do", "admin/import_look.html", shown)


def _sent(file: Any) -> bytes:
    if file is None:
        raise Invalid.field("file", "Choose a CSV file.", code="required")
    if file.size > BYTES:
        raise TooLarge("Import at most 5 MB at a time, or use manage.py import_employees.", code="too_large")
    return bytes(file.read())


def _waiting(request: HttpRequest, token: str) -> bytes:
    content = cache.get(_key(request, token))
    if content is None:
        raise Invalid("The file has waited too long. Send it again.", code="expired")
    return bytes(content)


def _key(request: HttpRequest, token: str) -> str:
    """Only who sent a file may import it."""
    return f"employee_import:{request.user.pk}:{token}"


EXPORT = Act(
    name="export",
    label="Export",
    icon="download",
    question="Export everybody? Pay is in the file if you may read it; the export is logged.",
    action="write",
    run=_export,
    form=ExportForm,
)
IMPORT = Act(
    name="import",
    label="Import",
    icon="upload",
    question="Which file? You see what it would do before anything is written. Known people are updated by their "
    "number; an empty cell leaves what is known as it is.",
    action="write",
    run=_import,
    form=ImportForm,
)
