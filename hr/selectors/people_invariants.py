"""What must hold about people, accounts and departments, for `manage.py doctor`. Every statement counts, none lists."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import connection
from django.db.models import Exists, OuterRef, Q

from hr.models import Department, Employee, EmployeeStatus, User, UserRole
from hr.selectors import organisation
from peoplesync.core import doctor
from peoplesync.core.doctor import Check, Finding
from peoplesync.kernel.dates import is_zone_name
from peoplesync.kernel.roles import ALL_POWERFUL

#: The timetable ends employments daily; a day more is no trouble yet.
PATIENCE = timedelta(days=2)
#: Climbs from every department that has one above it; whoever comes back to where she began is in a ring.
_RINGS = """
    WITH RECURSIVE climb AS (
        SELECT id AS origin, parent_id AS above, 1 AS depth FROM hr_department WHERE parent_id IS NOT NULL
        UNION ALL
        SELECT climb.origin, upper.parent_id, climb.depth + 1
        FROM climb JOIN hr_department upper ON upper.id = climb.above
        WHERE upper.parent_id IS NOT NULL AND climb.above <> climb.origin AND climb.depth < 100
    )
    SELECT count(DISTINCT origin) FROM climb WHERE above = origin OR depth = 100
"""


def _findings(*found: tuple[int, str, str, bool]) -> list[Finding]:
    """Of (count, what, do, is a problem) those that were found; `what` follows the number."""
    return [Finding(f"{count} {what}", do, is_problem) for count, what, do, is_problem in found if count]


def accounts(at: datetime) -> list[Finding]:
    """Whoever can sign in has a role and a job here, and somebody administers the house."""
    held = UserRole.objects.filter(user=OuterRef("pk"), deleted_at=None, role__deleted_at=None)
    live = User.objects.alive().filter(is_active=True)
    people = live.exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    found = _findings(
        (
            people.filter(~Exists(held)).count(),
            "accounts can sign in and hold no role",
            "Give each a role, or deactivate it.",
            False,
        ),
        (
            people.filter(employee__ended_on__lt=organisation.today(at)).count(),
            "accounts belong to people who have left",
            "Deactivate them unless they still need their payslips.",
            False,
        ),
    )
    powerful = held.filter(role__name__in=ALL_POWERFUL)
    if people.exists() and not people.filter(Exists(powerful)).exists():
        do = "Make somebody an administrator: manage.py create_user --email ADDRESS --roles superadmin"
        found.append(Finding("nobody who can sign in may administer the house", do))
    return found


def employees(at: datetime) -> list[Finding]:
    """Status and dates of employment say the same; who works somewhere works in a department that exists."""
    rows = Employee.objects.alive()
    leavers = Q(status=EmployeeStatus.TERMINATED)
    zones = rows.exclude(timezone="").values_list("timezone", flat=True).distinct()
    unknown = [zone for zone in zones if not is_zone_name(zone)]
    return _findings(
        (
            rows.filter(leavers, ended_on=None).count(),
            "people are terminated and have no last day",
            "Enter their last day: pay and leave follow the dates.",
            True,
        ),
        (
            rows.filter(~leavers, ended_on__lt=organisation.today(at) - PATIENCE).count(),
            "people have left by their dates and not by their status",
            "Check that beat and a worker run: they end employments daily.",
            True,
        ),
        (
            rows.filter(department__deleted_at__isnull=False).count(),
            "people are in a department that was deleted",
            "Move them to another.",
            True,
        ),
        (rows.filter(timezone__in=unknown).count(), "people have an unknown time zone", "Enter an IANA name.", True),
    )


def departments(at: datetime) -> list[Finding]:
    """The departments are a tree, and no live one hangs below a deleted one."""
    with connection.cursor() as cursor:
        cursor.execute(_RINGS)
        in_rings = int(cursor.fetchone()[0])
    orphans = Department.objects.alive().filter(parent__deleted_at__isnull=False).count()
    return _findings(
        (in_rings, "departments are above themselves", "Give one of each ring another parent, or none.", True),
        (orphans, "departments hang below a deleted one", "Give them another parent, or none.", True),
    )


#: By the words an operator reads.
CHECKS: dict[str, Check] = {
    "accounts": accounts,
    "employees": employees,
    "departments": departments,
}


def register() -> None:
    """Tell the doctor; called once Django is ready."""
    for name, check in CHECKS.items():
        doctor.register(name, check)
