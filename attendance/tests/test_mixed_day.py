"""The worked day of mixed doors in docs/attendance.md, line by line."""

from __future__ import annotations

import pytest

from attendance.models import Attendance, Punch
from attendance.rules.punches import Door, PunchKind
from attendance.services import clocking, events
from attendance.tests.builders import presented, wall
from peoplesync.kernel.errors import Conflict

pytestmark = pytest.mark.django_db


def test_a_day_that_began_at_a_terminal_is_read_from_first_to_last(cast):
    who = cast.employee.employee_id

    def stay():
        row = Attendance.objects.alive().get()
        return wall(row.clock_in)[-5:], (wall(row.clock_out) or "open")[-5:]

    def event(kind, text, door=Door.WORKLY, **more):
        events.record(employee_id=who, kind=kind, punch=presented(text, door=door, **more))
        return stay()

    assert event(PunchKind.IN, "2026-11-16 08:00") == ("08:00", "open")
    assert event(PunchKind.OUT, "2026-11-16 12:00") == ("08:00", "12:00")
    answer = clocking.clock_in(employee_id=who, punch=presented("2026-11-16 13:00"))
    assert wall(answer.clock_in) == "11-16 08:00"
    assert stay() == ("08:00", "12:00")
    clocking.clock_out(employee_id=who, punch=presented("2026-11-16 17:00"))
    assert stay() == ("08:00", "17:00")
    late = presented("2026-11-16 18:00").at
    assert event(PunchKind.OUT, "2026-11-16 16:30", received_at=late) == ("08:00", "17:00")
    assert Punch.objects.count() == 5


def test_an_out_on_a_day_of_events_without_any_in_is_refused(cast):
    who = cast.employee.employee_id
    events.record(employee_id=who, kind=PunchKind.OUT, punch=presented("2026-11-16 08:00", door=Door.WORKLY))
    with pytest.raises(Conflict) as refused:
        clocking.clock_out(employee_id=who, punch=presented("2026-11-16 12:00"))
    assert refused.value.code == "not_clocked_in"
