"""Punches that are refused: outside of a strict site they stay in the log, outside of the employment they do not."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
import time_machine

from attendance.models import Attendance, Punch
from attendance.rules.punches import Door, PunchKind
from attendance.services import clocking, events
from attendance.tests.builders import at, presented
from hr.models import WorkSite
from peoplesync.core.models import ActivityLog
from peoplesync.kernel.errors import Invalid

IN = "/api/v1/attendances/clock-in"
HERE = {"lat": -6.2088, "lng": 106.8456, "location": "Office"}
AWAY = {"lat": -6.9, "lng": 107.6, "location": "Elsewhere"}


@pytest.fixture
def strict(cast):
    return WorkSite.objects.create(
        name="HQ", latitude="-6.2088", longitude="106.8456", radius_metres=200, policy="reject", is_for_everyone=True
    )


def _says_what_to_do(sentence):
    return sentence.startswith("You are 113 km from your work site") and "ask for a correction" in sentence


@pytest.mark.django_db
@pytest.mark.parametrize("headers", [{}, {"HTTP_IDEMPOTENCY_KEY": str(uuid4())}])
def test_a_rejected_punch_is_refused_and_stays_in_the_log(cast, client_of, strict, headers):
    with time_machine.travel(at("2026-11-16 08:55"), tick=False):
        answer = client_of(cast.employee).post(IN, AWAY, **headers)
        assert answer.status_code == 400 and _says_what_to_do(answer.json()["errors"]["lat"][0])
        punch = Punch.objects.get()
        assert (punch.verdict, punch.kind, punch.site_id) == ("reject", "in", strict.pk)
        assert punch.distance_metres > 100_000
        assert {signal["name"] for signal in punch.signals if signal["verdict"] == "reject"} == {"distance"}
        assert ActivityLog.objects.get(action="attendance.punch_rejected").resource_id == punch.pk
        assert not Attendance.objects.exists()
        assert client_of(cast.employee).post(IN, HERE, **headers).status_code == 201
    assert Punch.objects.counting().count() == 1


@pytest.mark.django_db(transaction=True)
def test_it_is_committed_although_the_act_is_taken_back(cast, client_of, strict):
    key = {"HTTP_IDEMPOTENCY_KEY": str(uuid4())}
    assert client_of(cast.employee).post(IN, AWAY, **key).status_code == 400
    assert Punch.objects.get().verdict == "reject"


@pytest.mark.django_db
def test_a_rejected_event_does_not_count_and_its_client_may_send_it_again(cast, strict):
    away = presented("2026-11-16 09:00", Door.WORKLY, lat=Decimal("-7.2"), lng=Decimal("106.8456"), client_id="e1")
    with pytest.raises(Invalid):
        events.record(employee_id=cast.employee.employee_id, kind=PunchKind.IN, punch=away)
    here = presented("2026-11-16 09:00", Door.WORKLY, lat=Decimal("-6.2088"), lng=Decimal("106.8456"), client_id="e1")
    assert events.record(employee_id=cast.employee.employee_id, kind=PunchKind.IN, punch=here).is_new
    assert Punch.objects.count() == 2 and Punch.objects.counting().get().client_id == "e1"


@pytest.mark.django_db
def test_nobody_clocks_in_before_her_first_day(cast):
    person = cast.employee.employee
    person.hired_at = date(2026, 11, 17)
    person.save()
    with pytest.raises(Invalid) as refused:
        clocking.clock_in(employee_id=person.pk, punch=presented("2026-11-16 23:59"))
    assert refused.value.code == "before_employment"
    assert not Punch.objects.exists()
    clocking.clock_in(employee_id=person.pk, punch=presented("2026-11-17 00:00"))
