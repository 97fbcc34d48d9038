"""Whatever happens and however often a phone asks, its copy is what the full lists say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from attendance.models import Attendance
from attendance.rules.punches import Door
from attendance.services import clocking, pairs
from attendance.tests.builders import presented
from hr.models import Leave, LeaveStatus
from hr.services import organisation, work_sites
from hr.tests import builders, timetable
from peoplesync.core.models import Notification
from peoplesync.core.services import notifications
from peoplesync.kernel.errors import PeopleSyncError
from peoplesync.tests.phone import Phone

ACTS = ("punch", "record", "void", "ask_leave", "decide_leave", "withdraw_leave", "tell", "read", "site", "settings")
LISTS = {"attendances": "/api/v1/attendances", "leaves": "/api/v1/leaves", "notifications": "/api/v1/notifications"}


class Life:
    """One employee to whom things happen; `at` is her clock."""

    def __init__(self, cast) -> None:
        self.cast = cast
        self.person = builders.employee("Rita", department=cast.engineering)
        self.user = builders.user(roles=("employee",), employee=self.person)
        self.at = datetime.now(UTC).replace(hour=1, minute=0, second=0, microsecond=0) - timedelta(days=20)

    def happen(self, act: str) -> None:
        self.at += timedelta(hours=7)
        try:
            getattr(self, act)()
        except PeopleSyncError:
            return  # what the rules refuse changes nothing, which is a case too

    def _punch(self, **values):
        return presented("2026-11-16 09:00", at=self.at, received_at=self.at, made_by=self.user, **values)

    def punch(self):
        clocking.toggle(employee_id=self.person.pk, punch=self._punch())

    def record(self):
        end = presented("2026-11-16 09:00", door=Door.ADMIN, at=self.at + timedelta(hours=3), received_at=self.at)
        pairs.record(employee_id=self.person.pk, punch=self._punch(door=Door.ADMIN), out=end, allow_retro=True)

    def void(self):
        found = Attendance.objects.alive().filter(employee=self.person).order_by("clock_in").first()
        if found is not None:
            pairs.void(attendance_id=found.pk, by=self._punch(), reason="Wrong", allow_retro=True)

    def ask_leave(self):
        day = self.at.date() + timedelta(days=30)
        if not Leave.objects.alive().filter(employee=self.person, start_date=day).exists():
            timetable.leave(self.person, day, day, status=LeaveStatus.PENDING)

    def decide_leave(self):
        Leave.objects.filter(employee=self.person, status="pending").update(status="rejected")

    def withdraw_leave(self):
        Leave.objects.filter(employee=self.person).update(deleted_at=self.at)

    def tell(self):
        notifications.send(user_ids=[self.user.pk], title="Hello", message=str(self.at), at=self.at)

    def read(self):
        notifications.mark_all_read(user_id=self.user.pk)
        Notification.objects.filter(user=self.user, created_at__lt=self.at - timedelta(days=3)).update(
            deleted_at=self.at
        )

    def site(self):
        values = {"name": f"Site {self.at.isoformat()} {self.person.pk}"}
        work_sites.create(values=values, employee_ids=[self.person.pk], by=None, at=self.at)

    def settings(self):
        changes = {"payroll_cutoff_day": 1 + self.at.hour}
        organisation.update(changes=changes, by=self.cast.hr, at=self.at)


def listed(client, path):
    found, page = {}, 1
    while rows := client.get(path, {"page": page, "per_page": 100}).json()["data"]:
        found.update({row["id"]: row for row in rows})
        page += 1
    return found


@pytest.mark.django_db(transaction=True)
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    happenings=st.lists(st.lists(st.sampled_from(ACTS), max_size=4), min_size=1, max_size=6),
    limit=st.sampled_from([1, 2, 5, None]),
    during=st.lists(st.sampled_from(ACTS), max_size=4),
)
def test_cursors_replayed_in_pages_while_things_happen_reach_the_state_of_the_full_lists(
    cast, client_of, happenings, limit, during
):
    life = Life(cast)
    client = client_of(life.user)
    phone = Phone(client, limit=limit).poll()
    waiting = iter(during)
    for acts in happenings:
        for act in acts:
            life.happen(act)
        phone.poll(between=lambda: [life.happen(act) for act in [next(waiting, None)] if act])
    phone.poll()
    assert phone.state == Phone(client).poll().state
    for name, path in LISTS.items():
        assert phone.state[name] == listed(client, path), name
