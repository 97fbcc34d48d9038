"""The organisation moves to another time zone: what is recorded stays on its day, what comes is counted in the new one."""

from __future__ import annotations

from datetime import date

import pytest

from attendance.models import Attendance, DaySummary
from attendance.services import clocking, days
from attendance.tests.builders import at, presented

pytestmark = pytest.mark.django_db


def clock(employee_id, start, end):
    clocking.clock_in(employee_id=employee_id, punch=presented(start))
    return clocking.clock_out(employee_id=employee_id, punch=presented(end))


def test_days_that_were_recorded_stay_where_they_were(cast, client_of):
    person = cast.employee.employee_id
    clock(person, "2026-11-17 01:00", "2026-11-17 06:00")  # still the 16th in UTC
    answer = client_of(cast.superadmin).put("/api/v1/settings", {"timezone": "UTC"})
    assert (answer.status_code, answer.json()["timezone"]) == (200, "UTC")
    days.compute(days={person: {date(2026, 11, 16), date(2026, 11, 17)}}, at=at("2026-11-18 00:00"))
    stay = Attendance.objects.get()
    assert (stay.work_date, stay.timezone) == (date(2026, 11, 17), "Asia/Jakarta")
    worked = dict(DaySummary.objects.filter(employee_id=person).values_list("work_date", "worked_seconds"))
    assert (worked[date(2026, 11, 17)], worked.get(date(2026, 11, 16), 0)) == (5 * 3600, 0)
    later = clock(person, "2026-11-19 01:00", "2026-11-19 06:00")
    assert (later.work_date, later.timezone) == (date(2026, 11, 18), "UTC")
