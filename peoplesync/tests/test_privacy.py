"""Forgetting by policy, a person's own data as a file, and who has read her pay."""

from __future__ import annotations

import json
import stat
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from attendance.models import Attendance, DayException, DaySummary, Punch, PunchEvidence, SyncRecord, VendorId
from attendance.services import clocking, exception_notices
from attendance.tests.builders import presented
from hr.models import Employee
from hr.services import approvals, employees
from hr.tests import builders, timetable
from payroll.models import Payroll, PayrollRun, PayrollStatus
from peoplesync import celery
from peoplesync.core import storage
from peoplesync.core.models import ActivityLog, Notification, Upload, UploadStatus
from peoplesync.core.services import activity, jobs, notifications
from peoplesync.privacy import erasure, retention
from peoplesync.tests.phone import Phone

pytestmark = pytest.mark.django_db
NOW = timezone.now().replace(hour=3, minute=0, second=0, microsecond=0)


def punched(user, days_ago, location="Gate 7, Jalan Sudirman"):
    at = NOW - timedelta(days=days_ago)
    where = {
        "lat": Decimal("-6.2"),
        "lng": Decimal("106.8"),
        "location": location,
        "device_id": f"phone of {user.email}",
    }
    row = clocking.clock_in(
        employee_id=user.employee_id, punch=presented("2026-11-16 09:00", at=at, received_at=at, **where)
    )
    out = at + timedelta(hours=8)
    clocking.clock_out(employee_id=user.employee_id, punch=presented("2026-11-16 09:00", at=out, received_at=out))
    return row


@pytest.fixture
def kept_30_days(cast):
    cast.setting.punch_evidence_days = 30
    cast.setting.save()


def photo(user, stay, days_ago):
    key = f"users/{user.pk}/{stay.pk}.jpg"
    storage.write(key, b"a photo")
    return Upload.objects.create(
        owner=user, key=key, file_name="a.jpg", content_type="image/jpeg", maximum_bytes=10, status=UploadStatus.ATTACHED,
        attached_to_type="attendance", attached_to_id=stay.pk, created_at=NOW - timedelta(days=days_ago), expires_at=NOW,
    )  # fmt: skip


def test_nothing_is_forgotten_until_somebody_says_how_long_to_keep_it(cast, capsys):
    punched(cast.employee, 400)
    call_command("apply_retention")
    assert "Everything is kept" in capsys.readouterr().out
    assert PunchEvidence.objects.count() == 2


def test_old_evidence_and_photos_go_and_the_punch_the_stay_and_the_day_stay(cast, kept_30_days, capsys):
    old, new = punched(cast.employee, 40), punched(cast.employee, 5)
    gone, kept = photo(cast.employee, old, 40), photo(cast.employee, new, 5)
    before = list(DaySummary.objects.order_by("pk").values())
    call_command("apply_retention", "--dry-run")
    assert "would delete evidence of 2 punch(es) and 1 photo(s)" in capsys.readouterr().out
    assert (PunchEvidence.objects.count(), Upload.objects.count()) == (4, 2)
    call_command("apply_retention")
    assert "deleted evidence of 2 punch(es) and 1 photo(s)" in capsys.readouterr().out
    assert set(PunchEvidence.objects.values_list("punch__work_date", flat=True)) == {new.work_date}
    assert (Punch.objects.count(), Attendance.objects.alive().count()) == (4, 2)
    assert list(DaySummary.objects.order_by("pk").values()) == before
    assert list(Upload.objects.values_list("pk", flat=True)) == [kept.pk]
    assert storage.read(gone.key, at_most=10) is None
    assert storage.read(kept.key, at_most=10) == b"a photo"
    storage.delete(kept.key)
    entry = ActivityLog.objects.get(action="privacy.retention_applied")
    assert (entry.meta["evidence_count"], entry.meta["photo_count"]) == (2, 1)
    call_command("apply_retention")
    assert "deleted evidence of 0 punch(es) and 0 photo(s)" in capsys.readouterr().out
    assert ActivityLog.objects.filter(action="privacy.retention_applied").count() == 1


def test_a_run_that_was_cut_short_is_finished_by_the_next(cast, kept_30_days, monkeypatch):
    for days_ago in range(45, 39, -1):
        punched(cast.employee, days_ago)
    calls = []

    def cut(**values):
        calls.append(values)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return whole(**values)

    whole = retention.retention.forget_evidence
    monkeypatch.setattr(retention.retention, "forget_evidence", cut)
    with pytest.raises(KeyboardInterrupt):
        retention.apply(at=NOW, batch=2)
    assert PunchEvidence.objects.count() == 8
    assert retention.apply(at=NOW, batch=2).evidence_count == 8
    assert PunchEvidence.objects.count() == 0


def test_a_phone_forgets_the_position_too(cast, kept_30_days, client_of):
    row = punched(cast.employee, 40)
    phone = Phone(client_of(cast.employee)).poll()
    assert phone.state["attendances"][str(row.pk)]["location"] is not None
    touched = Attendance.objects.get(pk=row.pk).updated_at
    retention.apply(at=NOW)
    assert phone.poll().state["attendances"][str(row.pk)]["location"] is None
    assert Attendance.objects.get(pk=row.pk).updated_at > touched


def payslip(user, net=8_765_432, month=10, status=PayrollStatus.POSTED):
    run, _ = PayrollRun.objects.get_or_create(
        period_year=2026, period_month=month, counted_first_on=NOW.date(), counted_last_on=NOW.date()
    )
    return Payroll.objects.create(
        employee_id=user.employee_id, run=run, period_year=2026, period_month=month, gross_amount=net, deduction_amount=0,
        net_amount=net, generated_at=NOW, status=status,
    )  # fmt: skip


def test_an_export_holds_everything_of_the_person_and_nothing_of_others(cast, tmp_path):
    mine, theirs = cast.employee, cast.outsider
    for user in (mine, theirs):
        stay = punched(user, 5, location=f"Home of {user.email}")
        photo(user, stay, 5)
        payslip(user)
        timetable.leave(user.employee, NOW.date(), NOW.date())
        notifications.send(user_ids=[user.pk], title="Hello", message=f"To {user.email}", at=NOW)
    target = tmp_path / "ema.json"
    call_command("export_person", mine.employee.employee_number, "--output", str(target))
    text = target.read_text(encoding="utf-8")
    told = json.loads(text)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert told["profile"]["id"] == str(mine.employee_id)
    assert told["attendances"][0]["location"] == told["punches"][0]["evidence"]["location"] == f"Home of {mine.email}"
    assert [len(told[name]) for name in ("punches", "leaves", "payrolls", "notifications", "uploads", "days")] == [
        2, 1, 1, 1, 1, 1,
    ]  # fmt: skip
    assert told["payrolls"][0]["net_amount"] == 8765432
    for stranger in (theirs.email, str(theirs.pk), str(theirs.employee_id), theirs.employee.employee_number):
        assert stranger not in text
    entry = ActivityLog.objects.get(action="privacy.person_exported")
    assert entry.resource_id == mine.employee_id
    for upload in Upload.objects.all():
        storage.delete(upload.key)


def test_an_export_of_nobody_or_to_nowhere_is_refused_and_writes_nothing(cast, tmp_path):
    with pytest.raises(CommandError, match="no employee with the number NOBODY"):
        call_command("export_person", "NOBODY", "--output", str(tmp_path / "x.json"))
    with pytest.raises(CommandError, match="cannot be written"):
        call_command(
            "export_person", cast.employee.employee.employee_number, "--output", str(tmp_path / "no" / "x.json")
        )
    assert list(tmp_path.iterdir()) == []


def test_who_has_read_a_payslip_is_told_by_day_and_ones_own_reading_is_nobodys_business(cast, client_of, capsys):
    slip, other = payslip(cast.employee), payslip(cast.outsider)
    for reader in (cast.hr, cast.employee):
        assert client_of(reader).get(f"/api/v1/payrolls/{slip.pk}").status_code == 200
    assert client_of(cast.payroll).get(f"/api/v1/payrolls/{other.pk}").status_code == 200
    number, today = cast.employee.employee.employee_number, timezone.localdate()
    span = {"first": str(today - timedelta(days=1)), "last": str(today + timedelta(days=1))}
    call_command("who_read", "--employee", number, "--from", span["first"], "--to", span["last"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "1 reading(s)."
    assert cast.hr.email in lines[0] and str(slip.pk) in lines[0]
    call_command("who_read", "--employee", number, "--from", "2020-01-01", "--to", "2020-01-31")
    assert capsys.readouterr().out == "0 reading(s).\n"


def test_who_has_read_a_salary_in_the_directory_or_taken_it_away_in_a_file_is_told(cast, client_of, staff, capsys):
    Employee.objects.update(current_salary=15_000_000)
    assert client_of(cast.auditor).get("/api/v1/employees").status_code == 200
    assert client_of(cast.hr).get(f"/api/v1/employees/{cast.outsider.employee_id}").status_code == 200
    assert staff(cast.payroll).get("/admin/hr/employee/").status_code == 200
    activity.record(
        action="employee.exported", resource_type="employee", resource_id=None, by=cast.hr, meta={"with_pay": True}
    )
    number = cast.employee.employee.employee_number
    call_command(
        "who_read", "--employee", number, "--from", "2020-01-01", "--to", str(timezone.localdate() + timedelta(days=1))
    )
    lines = capsys.readouterr().out.splitlines()
    told = [tuple(line.split()[1:3]) for line in lines[:-1]]
    assert told == [(cast.auditor.email, "salary"), (cast.payroll.email, "salary"), (cast.hr.email, "export")]


def test_readings_of_nobody_or_of_days_out_of_order_are_refused(cast):
    with pytest.raises(CommandError, match="no employee"):
        call_command("who_read", "--employee", "NOBODY", "--from", "2026-01-01", "--to", "2026-01-31")
    number = cast.employee.employee.employee_number
    with pytest.raises(CommandError, match="before the first"):
        call_command("who_read", "--employee", number, "--from", "2026-02-01", "--to", "2026-01-31")
    with pytest.raises(CommandError, match="'2026-02-30' is no date; give it as 2026-11-16"):
        call_command("who_read", "--employee", number, "--from", "2026-02-30", "--to", "2026-03-31")


def leaver(cast):
    """Ema, who left: with a punch, a photo, leave, a correction, a vendor's id, messages and a posted payslip."""
    user = cast.employee
    stay = punched(user, 40)
    uploaded = photo(user, stay, 40)
    leave = timetable.leave(user.employee, NOW.date(), NOW.date(), reason="Surgery")
    leave.reason = "Surgery, then rest"
    leave.save()
    approvals.request(kind="leave", subject_id=leave.pk, employee_id=user.employee_id, by=user, at=NOW)
    VendorId.objects.create(vendor="kenjo", kind="person", external_id="5f2b", object_id=user.employee_id)
    DayException.objects.create(employee=user.employee, work_date=NOW.date(), kind="late", created_at=NOW)
    exception_notices.tell_managers(at=NOW)
    notifications.send(user_ids=[user.pk], title="Hello", message="Dear Ema", at=NOW)
    employees.update(
        employee=user.employee, changes={"last_name": "Emasdottir", "phone": "+62811999"}, by=cast.hr, at=NOW
    )
    employees.end(
        employee=user.employee, last_day=NOW.date() - timedelta(days=3), reason="Moved to Emaland", by=cast.hr, at=NOW
    )
    payslip(user)
    return user, uploaded


#: What nobody may find of her afterwards, in any table.
WORDS = ("Ema", "ema@", "Emasdottir", "+62811999", "Emaland", "Surgery", "Gate 7", "phone of ema", "5f2b")


def found_anywhere() -> set[tuple[str, str]]:
    """Table and word wherever a row still says one of the words."""
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            for word in WORDS:
                cursor.execute(f'SELECT 1 FROM "{table}" row WHERE row::text LIKE %s LIMIT 1', [f"%{word}%"])
                found |= {(table, word)} if cursor.fetchone() else set()
    return found


def test_nothing_says_who_an_erased_person_was_and_her_pay_and_times_stay(cast, capsys):
    user, uploaded = leaver(cast)
    number = user.employee.employee_number
    figures = [list(model.objects.order_by("pk").values()) for model in (Payroll, DaySummary)]
    times = list(Attendance.objects.order_by("pk").values_list("pk", "clock_in", "clock_out", "work_date"))
    version = user.token_version
    assert {word for _, word in found_anywhere()} >= set(WORDS)
    call_command("erase_person", number)
    assert "row(s) about" in capsys.readouterr().out
    assert found_anywhere() == set()
    assert storage.read(uploaded.key, at_most=10) is None
    assert [list(model.objects.order_by("pk").values()) for model in (Payroll, DaySummary)] == figures
    assert list(Attendance.objects.order_by("pk").values_list("pk", "clock_in", "clock_out", "work_date")) == times
    user.refresh_from_db()
    assert not user.is_active and user.deleted_at and user.token_version > version and not user.has_usable_password()
    assert ActivityLog.objects.get(action="employee.employment_ended").user_id == cast.hr.pk
    call_command("erase_person", number)
    assert capsys.readouterr().out.startswith(f"0 row(s) about {number} forgotten")
    assert ActivityLog.objects.filter(action="privacy.person_erased").count() == 1


def test_erasing_leaves_everybody_else_as_she_was(cast):
    leaver(cast)
    stay = punched(cast.colleague, 5)
    theirs = photo(cast.colleague, stay, 5)
    notifications.send(user_ids=[cast.colleague.pk], title="Hello", message="Emanuel is here", at=NOW)
    mine = {"employee_id": cast.colleague.employee_id}
    before = [
        list(Punch.objects.filter(**mine).values()),
        list(Notification.objects.filter(user=cast.colleague).values()),
    ]
    erasure.of_person(employee=cast.employee.employee, at=NOW)
    assert before == [
        list(Punch.objects.filter(**mine).values()), list(Notification.objects.filter(user=cast.colleague).values()),
    ]  # fmt: skip
    assert PunchEvidence.objects.filter(punch__employee_id=cast.colleague.employee_id).count() == 2
    assert storage.read(theirs.key, at_most=10) == b"a photo"
    storage.delete(theirs.key)


def test_who_shares_a_name_with_an_erased_person_keeps_hers(cast):
    for name, number in (("Ema", "Wijaya"), ("Sri Ema", None), ("Otto", "Ema")):
        other = builders.employee(name, last_name=number, department=cast.engineering)
        DayException.objects.create(employee=other, work_date=NOW.date(), kind="late", created_at=NOW)
        asked = timetable.leave(other, NOW.date(), NOW.date(), status="pending")
        approvals.request(kind="leave", subject_id=asked.pk, employee_id=other.pk, by=cast.hr, at=NOW)
    notifications.send(user_ids=[cast.hr.pk], title="Hello Ema", message="Ema is late.", at=NOW, event_key="hello:1")
    before = {row.pk: row.title for row in Notification.objects.all()}
    leaver(cast)
    erasure.of_person(employee=cast.employee.employee, at=NOW)
    assert before == dict(Notification.objects.filter(pk__in=before).values_list("pk", "title"))
    late = Notification.objects.get(event_key__startswith="exceptions:late").message
    assert late.partition(": ")[2] == "Ema Wijaya, Sri Ema, Otto Ema, Erased. Look at the exceptions of that day."


def test_a_dry_run_of_erasing_says_what_it_would_and_changes_nothing(cast, capsys):
    user, uploaded = leaver(cast)
    before, log = found_anywhere(), ActivityLog.objects.count()
    call_command("erase_person", user.employee.employee_number, "--dry-run")
    shown = capsys.readouterr().out
    assert "would be forgotten" in shown and "evidence of punches" in shown and "files" in shown
    assert (found_anywhere(), ActivityLog.objects.count()) == (before, log)
    assert storage.read(uploaded.key, at_most=10) == b"a photo"
    storage.delete(uploaded.key)


def test_nobody_is_erased_while_she_is_employed_or_while_her_pay_is_open(cast):
    number = cast.employee.employee.employee_number
    with pytest.raises(CommandError, match="still employed"):
        call_command("erase_person", number)
    _, uploaded = leaver(cast)
    storage.delete(uploaded.key)
    slip = payslip(cast.employee, status=PayrollStatus.COMPUTED, month=11)
    with pytest.raises(CommandError, match="2026-11 are not posted"):
        call_command("erase_person", number)
    slip.delete()
    with pytest.raises(CommandError, match="no employee with the number NOBODY"):
        call_command("erase_person", "NOBODY")


def test_an_answered_offline_batch_keeps_no_position(cast, client_of):
    body = {
        "employee_id": str(cast.employee.employee_id), "clock_in_client_ts": (NOW - timedelta(days=1)).isoformat(), "lat": -6.25,
        "lng": 106.75, "location": "Gate 7", "device_id": "device-abc123", "source": "mobile", "id": "client-1",
    }  # fmt: skip
    key = {"Idempotency-Key": "f47ac10b-58cc-4372-a567-0e02b2c3d479"}
    answer = client_of(cast.employee).post("/api/v1/attendances/sync", {"records": [body]}, headers=key)
    assert "Gate 7" in str(SyncRecord.objects.get().body)
    jobs.run(job_id=answer.json()["job_id"])
    assert set(SyncRecord.objects.get().body) == {"employee_id", "clock_in", "clock_out", "source"}
    assert PunchEvidence.objects.get().location == "Gate 7"


def test_forgetting_by_policy_stands_in_the_timetable():
    celery.app.loader.import_default_modules()
    tasks = {entry["task"] for entry in celery.app.conf.beat_schedule.values()}
    assert "peoplesync.apply_retention" in tasks and tasks <= set(celery.app.tasks)
