"""What all four doors owe, run over all from one table."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from threading import Barrier

import pytest
import time_machine
from django.db import connections

from attendance.adapters.registry import MOUNTS
from attendance.adapters.tests.calling import NATIVE, rows
from attendance.adapters.tests.obliged import NOON, PAST, VENDORS, Told, check_envelope, client_of_vendor, send, vendors
from attendance.models import Attendance, Punch
from attendance.services import vendor_keys
from hr.models import PeriodLock
from peoplesync.core.models import ActivityLog

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def test_the_table_names_every_mount():
    assert {vendor.name for vendor in VENDORS} == {mount.name for mount in MOUNTS}


@vendors
def test_the_path_is_verbatim_a_doubled_slash_is_one_and_nothing_redirects(vendor, cast):
    client, told = client_of_vendor(vendor, cast), vendor.come(cast, NOON)
    check_envelope(vendor, send(client, Told(told.method, told.path + "/", told.body)), 404)
    assert not Punch.objects.exists()
    doubled = "/" + told.path.replace("/", "//", 2)
    assert send(client, Told(told.method, doubled, told.body)).status_code in (200, 201)
    assert Punch.objects.count() == 1


@vendors
def test_every_refusal_is_in_the_vendors_own_envelope(vendor, cast):
    client, told = client_of_vendor(vendor, cast), vendor.come(cast, NOON)
    check_envelope(vendor, client.call("POST", told.path, raw=b"{"), vendor.statuses["malformed"])
    check_envelope(vendor, client.call("POST", told.path, raw=b"<a/>", content_type="application/xml"), 415)
    check_envelope(vendor, client.call("PATCH", told.path, {}), 405)
    check_envelope(vendor, client.call("POST", told.path, told.body, headers={}), 401)
    check_envelope(vendor, client.post("/nowhere", {}), 404)


@vendors
def test_keys_nobody_documented_are_ignored(vendor, cast):
    client, told = client_of_vendor(vendor, cast), vendor.come(cast, NOON)
    surprised = Told(told.method, told.path, {**(told.body or {}), "surprise": {"deep": [1]}}, {"limit": "9"})
    assert send(client, surprised).status_code in (200, 201)


@vendors
def test_a_resent_punch_is_one_punch_and_one_stay(vendor, cast):
    client, told = client_of_vendor(vendor, cast), vendor.come(cast, NOON)
    answers = [send(client, told) for _ in range(3)]
    assert answers[0].status_code in (200, 201)
    assert all(answer.status_code < 500 for answer in answers)
    assert (Punch.objects.count(), Attendance.objects.alive().count()) == (1, 1)


@vendors
def test_a_resent_out_ends_the_stay_once(vendor, cast, at_noon):
    client = client_of_vendor(vendor, cast)
    assert send(client, vendor.come(cast, NOON)).status_code in (200, 201)
    evening = NOON + timedelta(hours=5)
    at_noon.move_to(evening)
    answers = [send(client, vendor.go(cast, evening)) for _ in range(3)]
    assert answers[0].status_code in (200, 201) and all(answer.status_code < 500 for answer in answers)
    stay = Attendance.objects.alive().get()
    assert (stay.clock_in, stay.clock_out, Punch.objects.count()) == (NOON, evening, 2)


@pytest.mark.django_db(transaction=True)
def test_one_punch_sent_over_several_connections_at_once_is_one_punch(cast):
    """Each vendor's for a person of her own, so that one committing test holds all four."""
    people = (cast.employee, cast.colleague, cast.outsider, cast.manager)
    for vendor, person in zip(VENDORS, people, strict=True):
        theirs = replace(cast, employee=person)
        told, clients, gate = (
            vendor.come(theirs, NOON),
            [client_of_vendor(vendor, theirs) for _ in range(4)],
            Barrier(4),
        )

        def punch(client, told=told, gate=gate):
            try:
                gate.wait(timeout=30)
                return send(client, told).status_code
            finally:
                connections.close_all()

        with ThreadPoolExecutor(4) as pool:
            statuses = list(pool.map(punch, clients))
        assert {200, 201} & set(statuses) and max(statuses) < 500, (vendor.name, statuses)
        mine = {"employee_id": person.employee_id}
        assert (Punch.objects.filter(**mine).count(), Attendance.objects.filter(**mine).count()) == (1, 1), vendor.name


@vendors
def test_a_punch_is_seen_through_every_other_door_and_in_the_log(vendor, cast, client_of):
    assert send(client_of_vendor(vendor, cast), vendor.come(cast, NOON)).status_code in (200, 201)
    (seen,) = client_of(cast.employee).get("/api/v1/attendances").json()["data"]
    assert (seen["clock_in"], seen["clock_out"]) == ("2026-11-16T05:00:00Z", None)
    for other in VENDORS:
        shown = rows(send(client_of_vendor(other, cast), other.shown(cast)))
        assert other.presence(shown) == 1, other.name
    punch = Punch.objects.get()
    assert (punch.door, str(punch.evidence.observed_ip)) == (vendor.name, "127.0.0.1")
    assert ActivityLog.objects.filter(action__startswith="attendance.", user=punch.made_by_id).count() == 1


@vendors
def test_a_native_punch_is_seen_through_the_door(vendor, cast, client_of):
    assert client_of(cast.employee).post("/api/v1/attendances/clock-in", NATIVE).status_code == 201
    assert vendor.presence(rows(send(client_of_vendor(vendor, cast), vendor.shown(cast)))) == 1


@vendors
def test_a_locked_period_is_refused_in_the_vendors_words_and_a_live_punch_is_not(vendor, cast):
    client = client_of_vendor(vendor, cast)
    PeriodLock.objects.create(first_on=date(2026, 11, 1), last_on=date(2026, 11, 30), locked_by=cast.payroll)
    refused = send(client, vendor.late(cast))
    check_envelope(vendor, refused, vendor.statuses["locked"])
    assert vendor.locked in refused.content.decode()
    assert not Punch.objects.exists()
    assert send(client, vendor.come(cast, NOON)).status_code in (200, 201)


@vendors
def test_what_is_told_late_is_taken_while_the_period_is_open(vendor, cast):
    assert send(client_of_vendor(vendor, cast), vendor.late(cast)).status_code in (200, 201)
    assert str(Attendance.objects.get().work_date) == PAST


@vendors
def test_a_key_may_nothing_beyond_its_scope(vendor, cast):
    scope = vendor_keys.Scope(employee_ids=[cast.outsider.employee_id])
    narrow = client_of_vendor(vendor, cast, scope=scope)
    for told in (vendor.come(cast, NOON), vendor.late(cast)):
        check_envelope(vendor, send(narrow, told), vendor.statuses["unreached"])
    assert not Punch.objects.exists()
    send(client_of_vendor(vendor, cast), vendor.come(cast, NOON))
    assert vendor.presence(rows(send(narrow, vendor.shown(cast)))) == 0


@vendors
def test_a_key_of_one_person_punches_for_her_alone(vendor, cast):
    own = client_of_vendor(vendor, cast, employee=cast.employee.employee)
    others = replace(cast, employee=cast.colleague)
    check_envelope(vendor, send(own, vendor.come(others, NOON)), vendor.statuses["elsewhose"])
    assert send(own, vendor.come(cast, NOON)).status_code in (200, 201)
    assert Punch.objects.get().employee_id == cast.employee.employee_id


@vendors
def test_a_leaver_is_refused(vendor, cast):
    person = cast.employee.employee
    person.ended_on = date(2026, 11, 1)
    person.save()
    client = client_of_vendor(vendor, cast)
    assert 400 <= send(client, vendor.come(cast, NOON)).status_code < 500
    assert not Attendance.objects.exists()
