"""Which days are closed, and the one refusal everybody gives when they are.

Corrections, imports, late sync records, leave and pay ask here before they change a day; a live punch never does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection

from hr.models import LockSource
from peoplesync.core import prepared
from peoplesync.kernel.dates import days_between
from peoplesync.kernel.errors import Conflict

_CLOSINGS = """
    SELECT lock.id, lock.employee_id, lock.first_on, lock.last_on, lock.source, lock.reason, who.email
    FROM hr_periodlock lock LEFT JOIN hr_user who ON who.id = lock.locked_by_id
    WHERE lock.released_at IS NULL AND lock.first_on <= %s AND lock.last_on >= %s
        AND (lock.employee_id IS NULL OR lock.employee_id = ANY(%s::uuid[]))
    ORDER BY lock.first_on, lock.created_at
"""
#: Advisory lock that orders closing days after changes of days that are still under way.
GATE = 0x7E0B_10C4


@dataclass(frozen=True, slots=True)
class Closing:
    """Why a day is closed: one lock as it concerns the asker. `locked_by` is the user's e-mail, None for the system."""

    lock_id: UUID
    employee_id: UUID | None
    first_on: date
    last_on: date
    source: str
    reason: str
    locked_by: str | None

    @property
    def sentence(self) -> str:
        """Who closed which days and what to do, for a person who changes what may be meant as a retro fact."""
        return self.said(has_retro=True)

    def said(self, *, has_retro: bool) -> str:
        """The same for a change of any sort; `has_retro`: whether it takes `allow_retro`."""
        who = f"by {self.locked_by}" if self.locked_by else LockSource(self.source).label.removeprefix("Locked ")
        why = f" ({self.reason})" if self.reason else ""
        whom = "for this employee" if self.employee_id else "for everybody"
        return f"{self.first_on} to {self.last_on} is locked {whom} {who}{why}. {self._advice(has_retro)}"

    def _advice(self, has_retro: bool) -> str:
        if self.source == LockSource.PAYROLL and not has_retro:
            return (
                f"Days that were paid stay closed: choose days after {self.last_on}, or ask payroll to pay the difference as "
                "a one-off salary line of the next month."
            )
        if self.source == LockSource.PAYROLL:
            return (
                "Days that were paid stay closed: ask HR to enter the change with allow_retro, and the next payroll settles "
                f"it, or choose days after {self.last_on}."
            )
        return "Ask HR or payroll to release the lock, or enter the change in an open period."


def pass_gate() -> None:
    """Promise, until the caller's transaction ends, that no days are closed beneath it.

    Take it before row locks: whoever closes days waits for all who passed, so the other order could deadlock.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [GATE])


def closings(employee_ids: Collection[UUID], first: date, last: date) -> list[Closing]:
    """Every live lock that closes a day from `first` to `last` for one of these people, in one statement."""
    return [Closing(*row) for row in prepared.rows(_CLOSINGS, [last, first, list(employee_ids)])]


def locked_days(employee_ids: Collection[UUID], first: date, last: date) -> dict[UUID, dict[date, Closing]]:
    """Per person the closed days from `first` to `last`, each with the lock that closes it; open people map to {}."""
    found: dict[UUID, dict[date, Closing]] = {employee_id: {} for employee_id in employee_ids}
    for closing in closings(employee_ids, first, last):
        days = list(days_between(max(first, closing.first_on), min(last, closing.last_on)))
        for employee_id in found if closing.employee_id is None else [closing.employee_id]:
            for day in days:
                found[employee_id].setdefault(day, closing)
    return found


def ensure_open(employee_id: UUID, days: Iterable[date], what: str, *, has_retro: bool = True) -> None:
    """Refuse to change a closed day: raises Conflict that names the lock and the way out.

    `what` names the change for the sentence ("This leave"), `has_retro` says whether it takes `allow_retro`. In a
    transaction the answer holds until it ends: a lock that comes in the same moment waits (see `pass_gate`).
    """
    asked = set(days)
    if not asked:
        return
    pass_gate()
    for closing in closings([employee_id], min(asked), max(asked)):
        hit = sorted(day for day in asked if closing.first_on <= day <= closing.last_on)
        if hit:
            said = closing.said(has_retro=has_retro)
            raise Conflict(
                f"{what} cannot change {hit[0]}: {said}", code="period_locked", errors={"period_lock": [said]}
            )
