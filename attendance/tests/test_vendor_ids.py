"""Ids under which vendors' clients know our rows: set one by one or from a file, each in its vendor's shape, each once."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from attendance.models import BreakKind, TimeClock, VendorId, WorkJob
from attendance.selectors import vendor_ids as reads
from attendance.services import vendor_id_import, vendor_ids
from attendance.services.vendor_ids import Naming
from hr.models import WorkSite
from peoplesync.core.models import ActivityLog
from peoplesync.kernel.errors import Conflict, Invalid

pytestmark = pytest.mark.django_db
HEADER = "vendor,kind,record,external_id"


@pytest.fixture
def places(cast):
    """One row of every kind an id can stand for beside the people."""
    site = WorkSite.objects.create(name="Head office")
    job = WorkJob.objects.create(name="Stocktaking", code="STOCK")
    clock = TimeClock.objects.create(name="Gate")
    lunch = BreakKind.objects.create(time_clock=clock, name="Lunch")
    return {"site": site, "job": job, "clock": clock, "break": lunch}


def take_in(*lines, **more):
    content = "\n".join([HEADER, *lines]).encode()
    return vendor_id_import.take_in(file=io.BytesIO(content), by=None, at=timezone.now(), **more)


def named(vendor, kind):
    return dict(VendorId.objects.filter(vendor=vendor, kind=kind).values_list("external_id", "object_id"))


def test_a_file_names_people_places_and_jobs_at_once(cast, places):
    ema = cast.employee.employee
    lines = [
        f"connecteam,person,{ema.employee_number},9170357",
        f"Kenjo,Person,{ema.employee_number},60A2DB290DA29E126A18789A",
        "goodday,site,Head office,Ofc001",
        "connecteam,job,STOCK,job-123",
        "connecteam,clock,Gate,12345",
        "connecteam,break,Gate: Lunch,lunch-1",
        f"kenjo,department,{cast.engineering.name},{'d' * 24}",
    ]
    report = take_in(*lines)
    assert (report.changed_count, report.bad_count, report.troubles) == (7, 0, [])
    assert named("kenjo", "person") == {"60a2db290da29e126a18789a": ema.pk}
    assert named("connecteam", "break") == {"lunch-1": places["break"].pk}
    assert ActivityLog.objects.filter(action="vendor_id.set").count() == 7
    again = take_in(*lines)
    assert (again.changed_count, again.known_count) == (0, 7)
    assert ActivityLog.objects.filter(action="vendor_id.set").count() == 7


def test_each_bad_row_is_told_by_its_line_and_nothing_is_written(cast, places):
    WorkJob.objects.bulk_create([WorkJob(name="Twin"), WorkJob(name="Twin")])
    number = cast.employee.employee.employee_number
    vendor_ids.ensure_one(vendor="connecteam", kind="clock", object_id=places["clock"].pk)
    VendorId.objects.filter(kind="clock").update(external_id="12345")
    other = TimeClock.objects.create(name="Yard")
    report = take_in(
        f"workly,person,{number},78666",
        "peoplehub,person,E-1,1",
        "goodday,schedule,Early,Abcd1",
        f"workly,person,{number},078",
        "workly,person,Nobody,7",
        "connecteam,job,Twin,job-1",
        f"workly,person,{number},78667",
        "workly,site,Head office",
        f"connecteam,clock,{other.name},12345",
    )
    assert [line for line, _ in report.troubles] == [3, 4, 5, 6, 7, 8, 9, 10]
    words = [
        "Give one of goodday", "no ids of 'schedule'", "a whole number from 1 up", "of no person", "more than one job",
        "repeats line 2", "has 3 cells", "belongs to another clock",
    ]  # fmt: skip
    for (_, why), word in zip(report.troubles, words, strict=True):
        assert word in why
    assert VendorId.objects.count() == 1 and not ActivityLog.objects.filter(action="vendor_id.set").exists()


def test_two_people_may_change_places_in_one_file(cast):
    one, other = cast.employee.employee, cast.outsider.employee
    for person, external_id in ((one, "7"), (other, "8")):
        take_in(f"workly,person,{person.employee_number},{external_id}")
    swapped = [f"workly,person,{one.employee_number},8", f"workly,person,{other.employee_number},7"]
    assert take_in(*swapped, is_dry_run=True).changed_count == 2
    assert named("workly", "person") == {"7": one.pk, "8": other.pk}
    assert take_in(*swapped).bad_count == 0
    assert named("workly", "person") == {"8": one.pk, "7": other.pk}


def test_a_thousand_rows_cost_a_constant_number_of_statements(cast, django_assert_max_num_queries):
    WorkJob.objects.bulk_create(WorkJob(name=f"Job {number}") for number in range(900))
    with django_assert_max_num_queries(14):
        report = take_in(*(f"connecteam,job,Job {number},job-{number}" for number in range(900)))
    assert report.changed_count == 900


def test_setting_an_id_again_changes_nothing_and_keeps_the_switch(cast):
    now, person = timezone.now(), cast.employee.employee_id
    told = {"vendor": "kenjo", "kind": "person", "object_id": person, "by": cast.hr, "at": now}
    row = vendor_ids.set_id(external_id="A" * 24, **told)
    assert row.external_id == "a" * 24
    vendor_ids.switch(row=row, is_tracked=False, by=cast.hr, at=now)
    vendor_ids.switch(row=row, is_tracked=False, by=cast.hr, at=now)
    assert vendor_ids.set_id(external_id="a" * 24, **told).pk == row.pk
    assert not vendor_ids.set_id(external_id="b" * 24, **told).is_tracked
    logged = ActivityLog.objects.filter(user=cast.hr, resource_id=person).values_list("action", flat=True)
    assert sorted(logged) == ["vendor_id.set", "vendor_id.set", "vendor_id.tracking_changed"]


def test_only_kenjo_s_people_can_be_switched_off(cast):
    vendor_ids.ensure_one(vendor="workly", kind="person", object_id=cast.employee.employee_id)
    row = VendorId.objects.get()
    with pytest.raises(Invalid):
        vendor_ids.switch(row=row, is_tracked=False, by=cast.hr, at=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        VendorId.objects.update(is_tracked=False)


def test_an_id_that_is_taken_meanwhile_is_refused_by_the_constraint(cast):
    naming = Naming("workly", "person", cast.employee.employee_id, "7")
    vendor_ids.set_many(named=[naming], by=None, at=timezone.now())
    others = [Naming("workly", "person", cast.outsider.employee_id, "7")]
    with pytest.raises(Conflict):
        vendor_ids.set_many(named=others, by=None, at=timezone.now())
    assert reads.object_id(vendor="workly", kind="person", external_id="7") == cast.employee.employee_id


def test_the_command_tells_what_it_did_and_ends_with_a_status(cast, tmp_path, capsys):
    number = cast.employee.employee.employee_number
    path = tmp_path / "ids.csv"
    path.write_text(f"{HEADER}\nworkly,person,{number},78666\n")
    call_command("import_vendor_ids", str(path), "--dry-run")
    assert "1 set, 0 known. Nothing was written." in capsys.readouterr().out
    assert not VendorId.objects.exists()
    call_command("import_vendor_ids", str(path))
    assert named("workly", "person") == {"78666": cast.employee.employee_id}
    path.write_text(f"{HEADER}\nworkly,person,{number},x\n")
    with pytest.raises(CommandError, match=r"1 bad\. Nothing was written") as refused:
        call_command("import_vendor_ids", str(path))
    assert refused.value.returncode == 1 and "line 2: 'x' is not an id" in capsys.readouterr().err
    for content, words in ((b"a,b\n", "lacks vendor"), (b"\xff", "not UTF-8")):
        path.write_bytes(content)
        with pytest.raises(CommandError, match=words) as refused:
            call_command("import_vendor_ids", str(path))
        assert refused.value.returncode == 2
