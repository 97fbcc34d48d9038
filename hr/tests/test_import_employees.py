"""A file of employees comes in as a whole or not at all, row by row explained, and as often as one likes."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hr.models import Department, Employee
from hr.services import employee_csv, employee_import, employee_intake
from hr.tests import builders
from payroll.models import PayRate
from peoplesync.core.models import ActivityLog

pytestmark = pytest.mark.django_db
HEADER = "employee_number,first_name,last_name,email,department,hired_at,current_salary\n"
JANE = "E-1,Jane,Doe,jane@example.com,ENG,2024-02-01,8500000\n"
JOHN = "E-2,John,,,Engineering,,\n"


@pytest.fixture
def engineering() -> Department:
    builders.setting()
    return builders.department("Engineering", code="ENG")


@pytest.fixture
def load(tmp_path: Path):
    def loaded(content: str | bytes, *options: str) -> tuple[str, str]:
        path = tmp_path / "people.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        out, err = io.StringIO(), io.StringIO()
        try:
            call_command("import_employees", str(path), *options, stdout=out, stderr=err)
        except CommandError as refusal:
            refusal.told = err.getvalue()
            raise
        return out.getvalue(), err.getvalue()

    return loaded


def test_new_people_are_created_with_department_salary_and_log(engineering, load):
    out, _ = load(HEADER + JANE + JOHN)
    assert "2 created, 0 updated, 0 unchanged, 0 bad." in out
    jane = Employee.objects.get(employee_number="E-1")
    assert (jane.full_name, jane.department, jane.hired_at) == ("Jane Doe", engineering, date(2024, 2, 1))
    rate = PayRate.objects.get()
    assert (rate.employee, rate.amount, rate.valid_from) == (jane, Decimal("8500000.00"), date(2024, 2, 1))
    assert Employee.objects.get(employee_number="E-2").last_name is None
    entries = ActivityLog.objects.filter(action="employee.created")
    assert {entry.meta["employee_number"] for entry in entries} == {"E-1", "E-2"}


def test_importing_again_changes_nothing(engineering, load):
    load(HEADER + JANE + JOHN)
    before = list(Employee.objects.values()), ActivityLog.objects.count(), PayRate.objects.count()
    out, _ = load(HEADER + JANE + JOHN)
    assert "0 created, 0 updated, 2 unchanged" in out
    assert (list(Employee.objects.values()), ActivityLog.objects.count(), PayRate.objects.count()) == before


def test_known_people_are_updated_by_number_and_only_in_the_files_columns(engineering, load):
    jane = builders.employee("Jane", employee_number="E-1", phone="+6281", department=engineering)
    out, _ = load("last_name,employee_number,first_name\nRoe,E-1,Jane\n")
    assert "0 created, 1 updated" in out
    jane.refresh_from_db()
    assert (jane.last_name, jane.phone, jane.department) == ("Roe", "+6281", engineering)
    entry = ActivityLog.objects.get(action="employee.updated")
    assert entry.meta["fields"] == ["last_name"]


def test_another_first_or_last_day_computes_the_stored_days_of_that_person_again(engineering, load, monkeypatch):
    jane = builders.employee("Jane", employee_number="E-1", department=engineering)
    builders.employee("John", employee_number="E-2", department=engineering)
    told = []
    monkeypatch.setattr(employee_import, "day_facts_changed", lambda *span: told.append(span))
    load("employee_number,first_name,hired_at\nE-1,Jane,2024-03-01\nE-2,Johnny,2020-01-15\n")
    load("employee_number,first_name,ended_on\nE-1,Jane,2026-03-01\n")
    assert told == [([jane.pk], date.min, date.max)] * 2


def test_an_empty_cell_leaves_what_is_known_and_a_new_person_begins_as_active(engineering, load):
    load(
        "employee_number,first_name,last_name,phone,department,hired_at,ended_on,status,current_salary,timezone\n"
        "E-1,Jane,Doe,+6281,ENG,2024-02-01,2025-03-31,terminated,8500000,Asia/Makassar\n"
    )
    before = Employee.objects.values().get()
    header = "employee_number,first_name,last_name,phone,department,hired_at,ended_on,status,current_salary,timezone\n"
    out, _ = load(header + "E-1,Jane,,,,,,,,\nE-2,John,,,,,,,,\n")
    assert "1 created, 0 updated, 1 unchanged" in out
    assert Employee.objects.values().get(employee_number="E-1") == before
    john = Employee.objects.get(employee_number="E-2")
    assert (john.status, john.current_salary, john.department, john.timezone) == ("active", None, None, "")
    load(header + "E-1,Janet,,,,,,,,\n")
    after = Employee.objects.values().get(employee_number="E-1")
    assert after == {**before, "first_name": "Janet", "updated_at": after["updated_at"]}
    assert PayRate.objects.count() == 1


@pytest.mark.parametrize("known", [None, Decimal("8500000")])
def test_nobody_imports_her_own_pay_and_the_other_rows_may_still_be_taken(engineering, known):
    row = builders.employee("Hana", employee_number="E-7", current_salary=known)
    hana = builders.user(roles=("hr",), employee=row)
    people = "".join(f"E-{number},Person,9000000\n" for number in range(1, 10))
    content = f"employee_number,first_name,current_salary\n{people}".replace("E-7,Person", "E-7,Hana").encode()

    def taken(*, skip_bad: bool) -> employee_intake.Report:
        sheet = employee_csv.read(io.BytesIO(content), advance=lambda count: None)
        wish = employee_intake.Wish(skip_bad=skip_bad)
        return employee_intake.take_in(sheet=sheet, wish=wish, by=hana, at=timezone.now())

    why = "current_salary: Nobody changes her own pay. Ask a colleague from HR or payroll."
    refused = taken(skip_bad=False)
    assert (refused.is_kept, refused.troubles) == (False, [(8, why)])
    kept = taken(skip_bad=True)
    assert (kept.written.created, kept.troubles) == (8, [(8, why)])
    assert Employee.objects.get(employee_number="E-7").current_salary == known
    assert not PayRate.objects.filter(employee=hana.employee).exists()


def test_a_raise_counts_from_today_and_keeps_the_old_rate_for_the_days_before(engineering, load):
    load(HEADER + JANE)
    load(HEADER + JANE.replace("8500000", "9000000"))
    old, new = PayRate.objects.order_by("valid")
    assert (old.amount, old.valid_from, new.amount, new.valid_to) == (8500000, date(2024, 2, 1), 9000000, None)
    assert old.valid_to is not None
    assert (new.valid_from - old.valid_to).days == 1
    load(HEADER + JANE.replace("8500000", "9100000"))
    assert list(PayRate.objects.order_by("valid").values_list("amount", flat=True)) == [8500000, 9100000]


def test_one_bad_row_keeps_everything_out(engineering, load):
    with pytest.raises(CommandError, match=r"1 row is bad\. Nothing was written") as refused:
        load(HEADER + JANE + "E-3,,,,,,\n" + JOHN)
    assert refused.value.returncode == 1
    assert refused.value.told == "line 3: first_name: is empty. Every row needs it.\n"
    assert not Employee.objects.exists()
    assert not ActivityLog.objects.exists()


def test_bad_rows_are_skipped_where_asked(engineering, load):
    out, err = load(HEADER + JANE + "E-3,,,,,,\n" + JOHN, "--skip-bad")
    assert "2 created, 0 updated, 0 unchanged, 1 bad." in out
    assert err.startswith("line 3:")
    assert Employee.objects.count() == 2


def test_a_dry_run_counts_and_writes_nothing(engineering, load):
    out, _ = load(HEADER + JANE + JOHN, "--dry-run")
    assert out == "2 created, 0 updated, 0 unchanged, 0 bad. Nothing was written.\n"
    assert not Employee.objects.exists()


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("E-1,Jane", "has 2 cells where the header has 7"),
        (",Jane,,,,,", "employee_number: is empty"),
        ("E-1,Jane,,not-an-address,,,", "email: 'not-an-address' is not an e-mail address"),
        ("E-1,Jane,,,,2024-02-30,", "hired_at: '2024-02-30' is not a date"),
        ("E-1,Jane,,,,01/02/2024,", "hired_at: '01/02/2024' is not a date. Write it as 2026-11-22"),
        ("E-1,Jane,,,,0001-01-01,", "hired_at: '0001-01-01' is not a date"),
        ("E-1,Jane,,,,,NaN", "current_salary: 'NaN' is not an amount"),
        ("E-1,Jane,,,,,-1", "current_salary: '-1' is not an amount"),
        ("E-1,Jane,,,,,1e99", "current_salary: '1e99' is not an amount"),
        ("E-1,Jane,,,,,1.005", "current_salary: '1.005' is not an amount"),
        ("E-1,Jane,,,Nowhere,,", "department: there is no 'Nowhere'"),
        ("E-1,Jane,,x,Nowhere,,-1", "current_salary: '-1' is not an amount"),
        ("E-1,Jane,,x,Nowhere,,-1", "department: there is no 'Nowhere'"),
        ("E-1,Ja\x00ne,,,,,", "first_name: holds a control character"),
        ('E-1,"Ja\nne",,,,,', "first_name: holds a control character or a line break"),
        (f"E-1,{'x' * 151},,,,,", "first_name: is longer than 150 characters"),
        ("E-1,Jane,,,,,\nE-1,Joan,,,,,", "employee_number: 'E-1' is on line 2 already"),
    ],
)
def test_every_bad_cell_is_named_with_its_line(engineering, load, row, why):
    with pytest.raises(CommandError) as refused:
        load(HEADER + row + "\n")
    assert why in refused.value.told
    assert refused.value.told.startswith(("line 2: ", "line 3: "))
    assert not Employee.objects.exists()


@pytest.mark.parametrize(
    ("header", "row", "why"),
    [
        ("status", "retired", "status: 'retired' is unknown"),
        ("status", "terminated", "ended_on: is needed with status terminated"),
        ("timezone", "Jakarta", "timezone: 'Jakarta' is not an IANA time zone name"),
        ("hired_at,ended_on", "2024-05-01,2024-04-30", "ended_on: 2024-04-30 is before hired_at"),
        ("ended_on", "2019-12-31", "ended_on: is before the first day of employment"),
    ],
)
def test_cells_that_do_not_fit_each_other_are_refused(load, header, row, why):
    builders.employee("Jane", employee_number="E-1", hired_at=date(2020, 1, 15))
    with pytest.raises(CommandError) as refused:
        load(f"employee_number,first_name,{header}\nE-9,Fine{',' * (header.count(',') + 1)}\nE-1,Jane,{row}\n")
    assert f"line 3: {why}" in refused.value.told
    assert Employee.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (HEADER.encode("utf-16"), "Line 1 is not UTF-8 text"),
        (HEADER.encode() + "E-1,Jan\xe9,,,,,\n".encode("latin-1"), "Line 2 is not UTF-8 text"),
        (b"", "lacks employee_number, first_name"),
        (b"employee_number,name\n", "lacks first_name and has unknown columns 'name'"),
        (b"employee_number,first_name,first_name\n", "names a column twice"),
        (HEADER.encode() + b'E-1,"Jane,,,,,\n', "cannot be read as CSV"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(load, content, why):
    with pytest.raises(CommandError, match=why) as refused:
        load(content)
    assert refused.value.returncode == 2
    assert not Employee.objects.exists()


def test_a_missing_file_says_so(tmp_path):
    with pytest.raises(CommandError, match="cannot be opened: No such file") as refused:
        call_command("import_employees", str(tmp_path / "none.csv"))
    assert refused.value.returncode == 2


def test_spreadsheets_files_are_read(engineering, load):
    content = "\ufeff" + "First Name;Employee Number;Current_Salary\r\n\r\nJané;E-1;8500000.50\r\n;;\r\n"
    load(content)
    jane = Employee.objects.get()
    assert (jane.first_name, jane.current_salary) == ("Jané", Decimal("8500000.50"))


def test_what_looks_like_a_formula_stays_text(engineering, load):
    load(HEADER + '"=1+1","=HYPERLINK(""http://evil"")",@Doe,,,,\n')
    made = Employee.objects.get()
    assert (made.employee_number, made.first_name, made.last_name) == ("=1+1", '=HYPERLINK("http://evil")', "@Doe")


def test_departments_are_made_only_where_asked(load):
    builders.setting()
    content = "employee_number,first_name,department\nE-1,Jane,Sales\nE-2,John,sales\n"
    out, _ = load(content, "--create-departments")
    assert "1 department created" in out
    load(content + "E-3,,Unmade\n", "--create-departments", "--skip-bad")
    assert Department.objects.get().employees.count() == 2


def test_a_name_two_departments_share_needs_the_code(engineering, load):
    builders.department("Engineering", code="ENG2")
    with pytest.raises(CommandError) as refused:
        load(HEADER + JOHN)
    assert "is the name of 2 departments. Give its code" in refused.value.told
    load(HEADER + JANE)


def test_a_department_that_is_gone_by_then_is_told_by_its_row(engineering, load, monkeypatch):
    monkeypatch.setattr(
        employee_intake._Intake, "_known", lambda intake, text: uuid4() if text == "Gone" else engineering.pk
    )
    with pytest.raises(CommandError, match="1 row is bad") as refused:
        load(HEADER + JANE + "E-3,Joe,,,Gone,,\n")
    assert "line 3: the database refuses this row (hr_employee_department_id_" in refused.value.told


def test_more_rows_need_no_more_statements_within_a_batch(engineering, load):
    def statements(count: int, name: str) -> int:
        rows = "".join(f"{name}-{number},Jane,,,ENG,2024-02-01,8500000\n" for number in range(count))
        with CaptureQueriesContext(connection) as asked:
            load(HEADER + rows)
        return len(asked)

    assert statements(600, "B") <= statements(60, "A")


def test_batches_of_one_file_are_one_act(engineering, load, monkeypatch):
    monkeypatch.setattr(employee_import, "BATCH", 3)
    monkeypatch.setattr("hr.services.employee_intake.BATCH", 3)
    rows = "".join(f"E-{number},Jane,,,ENG,,\n" for number in range(10))
    with pytest.raises(CommandError) as refused:
        load(HEADER + rows + "E-0,Again,,,,,\n")
    assert "line 12: employee_number: 'E-0' is on line 2 already" in refused.value.told
    assert not Employee.objects.exists()
    assert "10 created" in load(HEADER + rows)[0]
