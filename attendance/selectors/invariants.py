"""What must always hold about presence, for `manage.py doctor`: recent days only, so that it stays quick on years of them."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q

from attendance.models import Attendance, DaySummary
from attendance.models.vendor_key import VendorKey
from peoplesync.core import doctor
from peoplesync.core.doctor import Check, Finding

#: How far back days are looked at; older ones are mostly paid and closed.
RECENT = timedelta(days=35)
#: The longest a stay may be open by any setting, and a day for the timetable to close it.
FORGOTTEN_AFTER = timedelta(hours=72 + 24)


def forgotten(at: datetime) -> list[Finding]:
    """No stay is open for longer than any setting allows: the timetable closes them."""
    count = Attendance.objects.open().filter(clock_in__lt=at - FORGOTTEN_AFTER).count()
    do = "Check that beat and a worker run: they close what was forgotten every few minutes."
    return [Finding(f"{count} stays have been open for days", do)] if count else []


def days(at: datetime) -> list[Finding]:
    """Every recent stay has its day, and the day knows of it."""
    summed = DaySummary.objects.filter(employee=OuterRef("employee"), work_date=OuterRef("work_date"))
    recent = Attendance.objects.alive().filter(work_date__gt=(at - RECENT).date())
    count = recent.filter(~Exists(summed.filter(first_in_at__lte=OuterRef("clock_in")))).count()
    do = "Compute these days again: any correction of one does, or a change of its schedule."
    return [Finding(f"{count} recent stays are missing in their day", do)] if count else []


def punches(at: datetime) -> list[Finding]:
    """A stay begins and ends where the punches that bound it say, unless a correction or a rule moved it."""
    recent = Attendance.objects.alive().filter(work_date__gt=(at - RECENT).date())
    strangers = ~Q(in_punch__employee=F("employee")) | ~Q(out_punch__employee=F("employee"))
    count = recent.filter(strangers, in_punch__isnull=False, out_punch__isnull=False).count()
    do = "Compare with a backup: nothing in the house writes such a row."
    return [Finding(f"{count} recent stays are bound by somebody else's punches", do)] if count else []


def keys(at: datetime) -> list[Finding]:
    """Vendors' keys act as somebody who exists and stand for people who are still here."""
    live = VendorKey.objects.filter(revoked_at=None)
    dead = live.filter(Q(acts_as__is_active=False) | Q(acts_as__deleted_at__isnull=False)).count()
    left = live.filter(employee__ended_on__lt=at.date()).count()
    found = []
    if dead:
        found.append(Finding(f"{dead} vendors' keys act as an account that is off", "Revoke them and issue others."))
    if left:
        found.append(Finding(f"{left} vendors' keys stand for people who have left", "Revoke them.", is_problem=False))
    return found


#: By the words an operator reads.
CHECKS: dict[str, Check] = {
    "forgotten stays": forgotten,
    "days of stays": days,
    "punches of stays": punches,
    "vendors' keys": keys,
}


def register() -> None:
    """Tell the doctor; called once Django is ready."""
    for name, check in CHECKS.items():
        doctor.register(name, check)
