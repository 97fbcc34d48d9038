"""The benchmarks' world is made by plain SQL: a new column without a default would break it, and this is where that shows."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from attendance.models import Attendance, DaySummary, Punch
from benchmarks import world
from hr.models import Employee, Setting, User

PEOPLE, STAYS = 3, 7


def test_the_world_of_the_benchmarks_fits_the_tables(db: None) -> None:
    world.people(PEOPLE)
    world.history(STAYS, PEOPLE)
    assert Setting.objects.get().allows_several_stays_a_day, "a second run of the same day must be able to clock in"
    assert Employee.objects.count() == PEOPLE
    assert User.objects.get(pk=world.id_of("u1")).role_names == {"employee", "hr"}
    assert User.objects.get(pk=world.id_of("u2")).role_names == {"employee"}
    assert [model.objects.count() for model in (Punch, Attendance, DaySummary)] == [STAYS] * 3
    assert Attendance.objects.latest("clock_in").clock_in < timezone.now() - timedelta(days=1)


def test_history_is_made_once(db: None) -> None:
    world.people(PEOPLE)
    world.history(STAYS, PEOPLE)
    world.history(STAYS, PEOPLE)
    assert Attendance.objects.count() == STAYS
