"""Employees as files in the admin: nothing typed runs in a spreadsheet, an import is looked at first, pay is for the entitled."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from hr.models import Employee
from peoplesync.core.models import ActivityLog

TYPED = ["=1+1", "+cmd", "-2", "@SUM(A1)", "\tTab", "＝1", "'quoted", " =late", "plain"]


def _export(client, kind):
    return client.post(reverse("admin:hr_employee_act_export"), {"kind": kind})


def _import(client, content, **more):
    sent = {"file": SimpleUploadedFile("people.csv", content), **more}
    return client.post(reverse("admin:hr_employee_act_import"), sent)


def _rows(answer):
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def _people(department):
    Employee.objects.bulk_create(
        Employee(employee_number=f"X-{at}", first_name=text, department=department) for at, text in enumerate(TYPED)
    )


def test_what_somebody_typed_is_text_in_both_files_and_comes_back_as_it_was(cast, staff):
    _people(cast.sales)
    hana = staff(cast.hr)
    exported = _export(hana, "csv")
    cells = {row["employee_number"]: row["first_name"] for row in _rows(exported)}
    for at, text in enumerate(TYPED):
        assert not cells[f"X-{at}"].startswith(tuple("=+-@\t＝")), text
    Employee.objects.filter(employee_number__startswith="X-").update(first_name="changed")
    look = _import(hana, exported.content)
    hana.post(reverse("admin:hr_employee_act_import"), {"waiting": look.context["waiting"]})
    back = Employee.objects.filter(employee_number__startswith="X-").order_by("employee_number")
    assert [one.first_name for one in back] == [text.strip() for text in TYPED]
    sheet = openpyxl.load_workbook(io.BytesIO(_export(hana, "xlsx").content)).active
    assert {cell.data_type for row in sheet.iter_rows(min_col=1, max_col=5) for cell in row} <= {"s", "n"}


def test_pay_is_in_the_file_only_for_those_who_may_read_it_and_the_export_is_logged(cast, staff):
    Employee.objects.update(current_salary=Decimal("1234567.50"))
    assert {row["current_salary"] for row in _rows(_export(staff(cast.hr), "csv"))} == {"1234567.50"}
    assert ActivityLog.objects.filter(user=cast.hr, action="employee.exported", meta__with_pay=True).exists()
    for user in (cast.manager, cast.auditor, cast.payroll):
        assert _export(staff(user), "csv").status_code == 403


def test_an_import_shows_what_it_would_do_before_it_writes(cast, staff):
    hana = staff(cast.hr)
    content = b"employee_number,first_name,department\nN-1,Nia,SAL\nN-2,Rudi,ENG\n"
    look = _import(hana, content)
    assert look.context["report"].written.created == 2
    assert not Employee.objects.filter(employee_number="N-1").exists()
    act = reverse("admin:hr_employee_act_import")
    stolen = staff(cast.superadmin).post(act, {"waiting": look.context["waiting"]})
    assert "waited too long" in stolen.content.decode()
    done = hana.post(act, {"waiting": look.context["waiting"]}, follow=True)
    assert "2 created" in done.content.decode()
    assert Employee.objects.get(employee_number="N-1").department == cast.sales


def test_a_bad_row_is_named_and_stops_the_file_unless_it_is_left_out(cast, staff):
    hana = staff(cast.hr)
    content = b"employee_number,first_name,department\nN-1,Nia,NOWHERE\nN-2,Rudi,ENG\n"
    look = _import(hana, content)
    assert "NOWHERE" in look.content.decode()
    assert "Import now" not in look.content.decode()
    look = _import(hana, content, skip_bad="on")
    hana.post(reverse("admin:hr_employee_act_import"), {"waiting": look.context["waiting"], "skip_bad": "on"})
    assert set(Employee.objects.filter(employee_number__startswith="N-").values_list("employee_number", flat=True)) == {
        "N-2"
    }


def test_a_file_that_is_none_is_refused_in_words(cast, staff):
    hana = staff(cast.hr)
    assert "lacks" in _import(hana, b"name\nNia\n").content.decode()
    assert "not UTF-8" in _import(hana, b"employee_number,first_name\n1,\xff\xfe\n").content.decode()
    assert "Choose a CSV file" in hana.post(reverse("admin:hr_employee_act_import"), {}).content.decode()
