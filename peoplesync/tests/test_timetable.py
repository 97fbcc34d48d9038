"""Two beats started by mistake: everything on the timetable runs twice, and what it does is done once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from attendance.models import Attendance
from attendance.rules.punches import Door
from attendance.services import clocking
from attendance.services.presented import Presented
from peoplesync.celery import app
from peoplesync.core.models import Notification
from peoplesync.tests import database

pytestmark = pytest.mark.django_db


def run_everything() -> None:
    app.loader.import_default_modules()
    for entry in app.conf.beat_schedule.values():
        app.tasks[entry["task"]].apply(kwargs=entry.get("kwargs"), throw=True)


def test_what_is_scheduled_is_done_once_however_often_it_is_started(cast):
    now = timezone.now()
    began = now - timedelta(days=2)
    clocking.clock_in(
        employee_id=cast.employee.employee_id, punch=Presented(door=Door.NATIVE, at=began, received_at=began)
    )
    run_everything()
    assert Attendance.objects.get().reason == "auto_closed"
    assert Notification.objects.exists()
    once = database.contents()
    run_everything()
    assert database.changed(once) == set()
