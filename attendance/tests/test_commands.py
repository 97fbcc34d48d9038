"""Attendance's commands: closing what was forgotten, computing days anew, terminals' files; each may run again."""

from __future__ import annotations

import io
from datetime import date

import pytest
import time_machine
from django.core.management import CommandError, call_command

from attendance.models import Attendance, DaySummary, Punch
from attendance.services import clocking
from attendance.tests.builders import at, presented, wall
from hr.models import Employee, WorkSite
from hr.services import period_locks

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 16)


@pytest.fixture(autouse=True)
def later():
    with time_machine.travel(at("2026-11-20 12:00"), tick=False):
        yield


def said(name, *options):
    out = io.StringIO()
    call_command(name, *options, stdout=out, stderr=io.StringIO())
    return out.getvalue().strip()


def numbered(user, number):
    Employee.objects.filter(pk=user.employee_id).update(employee_number=number)


def test_close_attendance_settles_forgotten_stays_and_finds_none_the_second_time(cast):
    for user in (cast.employee, cast.outsider):
        clocking.clock_in(employee_id=user.employee_id, punch=presented("2026-11-16 09:00"))
    assert said("close_attendance", "--dry-run") == "2 open attendance(s) are longer than allowed. Nothing was written."
    assert Attendance.objects.open().count() == 2
    out = io.StringIO()
    call_command("close_attendance", stdout=out)
    assert out.getvalue() == "2 forgotten attendance(s) settled.\n"
    assert not Attendance.objects.open().exists()
    assert said("close_attendance") == "0 forgotten attendance(s) settled."


def test_recompute_days_mends_rows_and_fills_gaps_but_leaves_closed_days(cast):
    person = cast.employee.employee_id
    clocking.clock_in(employee_id=person, punch=presented("2026-11-16 09:30"))
    DaySummary.objects.update(late_seconds=0, exceptions=[])
    numbered(cast.employee, "E-1")
    span = ("--from", "2026-11-13", "--to", "2026-11-30")
    would = "8 day(s) would be computed. Nothing was written."
    assert said("recompute_days", *span, "--employee", "E-1", "--dry-run") == would
    assert DaySummary.objects.count() == 1
    assert said("recompute_days", *span, "--employee", "E-1") == "8 day(s) computed."
    day = DaySummary.objects.get(employee=person, work_date=DAY)
    assert (day.late_seconds, day.exceptions) == (1800, ["missing_out", "late"])
    assert DaySummary.objects.get(work_date=date(2026, 11, 17)).status == "absent"
    assert said("recompute_days", *span, "--employee", "E-1") == "8 day(s) computed."
    assert DaySummary.objects.filter(employee=person).count() == 8
    period_locks.lock(employee_id=None, first_on=DAY, last_on=DAY, reason="", by=cast.hr, at=at("2026-11-20 11:00"))
    assert said("recompute_days", *span, "--employee", "E-1") == "7 day(s) computed."
    assert said("recompute_days", *span, "--employee", "E-1", "--with-locked") == "8 day(s) computed."


def test_recompute_days_computes_everybody_without_days_outside_of_employment(cast):
    Employee.objects.filter(pk=cast.employee.employee_id).update(hired_at=date(2026, 11, 17))
    call_command("recompute_days", "--from", "2026-11-16", "--to", "2026-11-17", stdout=io.StringIO())
    assert DaySummary.objects.count() == 2 * Employee.objects.count() - 1


@pytest.mark.parametrize(
    "options",
    [
        ("--from", "2026-11-17", "--to", "2026-11-16"),
        ("--from", "yesterday", "--to", "2026-11-16"),
        ("--from", "2026-11-16", "--to", "2026-11-16", "--employee", "nobody"),
    ],
)
def test_recompute_days_refuses_what_it_cannot_do(cast, options):
    with pytest.raises(CommandError):
        said("recompute_days", *options)
    assert not DaySummary.objects.exists()


@pytest.fixture
def load(cast, tmp_path):
    numbered(cast.employee, "E-1")
    numbered(cast.colleague, "E-2")
    path = tmp_path / "punches.csv"

    def loaded(text, *options):
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        out, err = io.StringIO(), io.StringIO()
        try:
            call_command("import_punches", str(path), *options, stdout=out, stderr=err)
        except CommandError as refusal:
            refusal.told = err.getvalue()
            raise
        return out.getvalue().strip()

    return loaded


def stays():
    rows = Attendance.objects.alive().order_by("employee__employee_number", "clock_in")
    return [(wall(row.clock_in), wall(row.clock_out)) for row in rows]


FILE = """employee_number,timestamp
E-1,2026-11-16 08:01:10
E-1,2026-11-16 12:00
E-1,2026-11-16 12:30
E-1,2026-11-16 17:05:00
E-2,2026-11-16T09:00:00+09:00
E-2,2026-11-16T08:00:00Z
"""


def test_without_kinds_a_day_is_from_its_first_punch_to_its_last(cast, load):
    assert load(FILE) == "6 new, 0 known, 0 bad."
    assert stays() == [("11-16 08:01", "11-16 17:05"), ("11-16 07:00", "11-16 15:00")]
    assert set(DaySummary.objects.values_list("policy", flat=True)) == {"first_last"}
    assert set(Punch.objects.values_list("door", "kind")) == {("kiosk", "toggle")}


def test_the_same_file_again_makes_no_new_punch_whatever_the_order_of_its_rows(cast, load):
    load(FILE)
    before = stays()
    header, *rows = FILE.splitlines()
    assert load("\n".join([header, *reversed(rows), rows[0]])) == "0 new, 7 known, 0 bad."
    assert (Punch.objects.count(), stays()) == (6, before)


def test_kinds_are_kept_and_columns_may_come_in_any_order(cast, load):
    text = "\ufeffkind;timestamp;employee_number\nIN;2026-11-16 08:00;E-1\nout;2026-11-16 17:00;E-1\n;2026-11-17 08:00;E-1\n"
    assert load(text) == "3 new, 0 known, 0 bad."
    assert sorted(Punch.objects.values_list("kind", flat=True)) == ["in", "out", "toggle"]
    assert stays() == [("11-16 08:00", "11-16 17:00"), ("11-17 08:00", None)]


def test_a_row_of_another_length_is_told_and_columns_of_the_terminals_own_are_passed_over(cast, load):
    text = "Employee Number,timestamp,serial\nE-1,2026-11-16 08:00,A7\nE-1,2026-11-16 17:00\n"
    with pytest.raises(CommandError) as refused:
        load(text)
    assert "3" in refused.value.told and "has 2 cells where the header has 3" in refused.value.told
    with pytest.raises(CommandError, match="1 new, 0 known, 1 bad"):
        load(text, "--skip-bad")
    assert stays() == [("11-16 08:00", None)]


def test_bad_rows_are_told_by_their_number_and_nothing_is_written(cast, load):
    bad = FILE + "E-9,2026-11-16 08:00\nE-1,yesterday\n,2026-11-16 08:00\nE-1,2026-11-21 08:00\n"
    with pytest.raises(CommandError) as refused:
        load(bad)
    assert refused.value.returncode == 1 and "Nothing was written" in str(refused.value)
    assert [line.split(":")[0] for line in refused.value.told.splitlines()] == [
        "line 8",
        "line 9",
        "line 10",
        "line 11",
    ]
    assert not Punch.objects.exists()
    with pytest.raises(CommandError) as skipped:
        load(bad, "--skip-bad")
    assert "6 new, 0 known, 4 bad." in str(skipped.value)
    assert Punch.objects.count() == 6


def test_a_dry_run_writes_nothing(cast, load):
    assert load(FILE, "--dry-run") == "6 new, 0 known, 0 bad. Nothing was written."
    assert not Punch.objects.exists()


def test_a_closed_day_and_the_time_before_employment_are_refused_row_by_row(cast, load):
    Employee.objects.filter(pk=cast.colleague.employee_id).update(hired_at=date(2026, 11, 17))
    period_locks.lock(employee_id=None, first_on=DAY, last_on=DAY, reason="paid", by=cast.hr, at=at("2026-11-20 11:00"))
    with pytest.raises(CommandError) as refused:
        load("employee_number,timestamp\nE-1,2026-11-16 08:00\nE-1,2026-11-17 08:00\nE-2,2026-11-16 08:00\n")
    told = refused.value.told.splitlines()
    assert told[0].startswith("line 2: This punch cannot change 2026-11-16") and told[1].startswith("line 4: ")
    assert Punch.objects.get().work_date == date(2026, 11, 17)


def test_a_terminal_is_asked_for_no_position(cast, load):
    WorkSite.objects.create(
        name="HQ", latitude="-6.2088", longitude="106.8456", radius_metres=200, policy="reject", is_for_everyone=True
    )
    assert load(FILE) == "6 new, 0 known, 0 bad."


@pytest.mark.parametrize("text", ["name,when\nE-1,x\n", b"employee_number,timestamp\nE-1,\xff\n", ""])
def test_a_file_that_is_not_understood_is_refused(cast, load, text):
    with pytest.raises(CommandError) as refused:
        load(text)
    assert refused.value.returncode == 2


def test_a_file_that_is_not_there_is_said_to_be_so(cast):
    with pytest.raises(CommandError, match="cannot be opened"):
        said("import_punches", "/nowhere/punches.csv")
