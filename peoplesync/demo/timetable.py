"""When and where the demo works: schedules, the Indonesian holidays, the head office. All through hr's services."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange

from hr.models import Schedule, ScheduleAssignment, ScheduleKind
from hr.services import holidays, schedules, work_sites
from peoplesync.demo import organisation
from peoplesync.demo.people import PREFIX

COUNTRY = "ID"
HEAD_OFFICE = "HQ Jakarta"
LATITUDE, LONGITUDE = Decimal("-6.2087634"), Decimal("106.8455990")
RADIUS_METRES = 300
OFFICE, NIGHT, FLEXIBLE = "Office hours", "Night shift", "Flexible hours"
_WEEKDAYS = range(5)
#: Every tenth person of operations and of the branches works at night.
_NIGHT_WORKERS = """
    SELECT id FROM hr_employee
    WHERE deleted_at IS NULL AND substr(employee_number, %(digits)s)::int BETWEEN %(first)s AND %(last)s
        AND right(employee_number, 1) = '3'
        AND department_id IN (SELECT id FROM hr_department WHERE code = 'OPS' OR code LIKE 'BR%%')
    ORDER BY id
"""


def load_holidays(first: date, last: date, at: datetime) -> None:
    """The public holidays and days of collective leave of every year from `first` to the one after `last`."""
    for year in range(first.year, last.year + 2):
        holidays.load(country=COUNTRY, year=year, at=at)


def schedules_and_sites(at: datetime) -> None:
    """Office hours for everybody, flexible hours for the platform team, a night shift for whom it is assigned to."""
    office = [_day(weekday, time(8), time(17), 60) for weekday in _WEEKDAYS]
    night = [_day(weekday, time(22), time(6), 60) for weekday in _WEEKDAYS]
    flexible = [{**_day(weekday, time(7), time(20), 60), "required_minutes": 480} for weekday in _WEEKDAYS]
    schedules.create(values={"name": OFFICE, "is_default": True, "grace_in_minutes": 10}, days=office, by=None, at=at)
    schedules.create(
        values={"name": NIGHT, "kind": ScheduleKind.SHIFT, "grace_in_minutes": 10}, days=night, by=None, at=at
    )
    platform = schedules.create(values={"name": FLEXIBLE, "kind": ScheduleKind.FLEXIBLE}, days=flexible, by=None, at=at)
    schedules.assign(
        schedule=platform,
        employee_id=None,
        department_id=organisation.department_id("PLT"),
        first_on=None,
        last_on=None,
        by=None,
        at=at,
    )
    work_sites.create(
        values={
            "name": HEAD_OFFICE,
            "latitude": LATITUDE,
            "longitude": LONGITUDE,
            "radius_metres": RADIUS_METRES,
            "timezone": organisation.ZONE,
            "address": "Jalan Jenderal Sudirman, Jakarta",
            "is_for_everyone": True,
        },
        by=None,
        at=at,
    )  # fmt: skip


def _day(weekday: int, starts_at: time, ends_at: time, break_minutes: int) -> dict[str, object]:
    return {"weekday": weekday, "starts_at": starts_at, "ends_at": ends_at, "break_minutes": break_minutes}


def assign_nights(first: int, last: int, at: datetime) -> None:
    """Put the night workers among the people numbered `first` to `last` on the night shift, since ever."""
    with connection.cursor() as cursor:
        cursor.execute(_NIGHT_WORKERS, {"digits": len(PREFIX) + 1, "first": first, "last": last})
        workers = [row[0] for row in cursor.fetchall()]
    night = Schedule.objects.alive().get(name=NIGHT)
    ScheduleAssignment.objects.bulk_create(
        [
            ScheduleAssignment(schedule=night, employee_id=worker, valid=DateRange(None, None), created_at=at)
            for worker in workers
        ],
        batch_size=2000,
    )
