"""Telling managers of exceptions: in bulk and after the fact, so that no punch waits for it; each exception once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from attendance.models import DayException
from attendance.rules.day_summary import DayException as Kind
from hr.selectors import approvers
from peoplesync.core.services import notifications
from peoplesync.core.services.notifications import Note

#: Exceptions of one transaction.
CHUNK = 2000
#: Older days are only listed: an import of last year tells nobody.
RECENT = timedelta(days=7)
#: Names written out in one message.
NAMED = 5
_WORDS = {
    Kind.MISSING_OUT.value: "No clock-out",
    Kind.LATE.value: "Late",
    Kind.EARLY.value: "Left early",
    Kind.ABSENT.value: "Absent without leave",
    Kind.OUTSIDE_SITE.value: "Outside the work site",
    Kind.LONG_DAY.value: "Long day",
    Kind.UNSCHEDULED.value: "Worked unscheduled",
}


def tell_managers(*, at: datetime) -> int:
    """Tell the nearest managers of every open exception they have not heard of; the number of exceptions told."""
    told = 0
    while True:
        with transaction.atomic():
            rows = _claim()
            _tell([row for row in rows if at.date() - row.work_date <= RECENT], at)
            DayException.objects.filter(pk__in=[row.pk for row in rows]).update(notified_at=at)
        told += len(rows)
        if len(rows) < CHUNK:
            return told


def _claim() -> list[DayException]:
    """The oldest that nobody was told of; those another worker is telling are skipped."""
    waiting = DayException.objects.filter(notified_at=None, resolved_at=None).select_related("employee")
    return list(waiting.select_for_update(skip_locked=True, of=("self",)).order_by("id")[:CHUNK])


def topic(kind: str, day: date) -> str:
    """What messages about one kind of trouble on one day are known by: their event keys begin so."""
    return f"exceptions:{kind}:{day}"


def _tell(rows: Sequence[DayException], at: datetime) -> None:
    managers = approvers.nearest_of({row.employee_id for row in rows})
    grouped: dict[tuple[UUID, date, str], list[DayException]] = defaultdict(list)
    for row in rows:
        for user_id in managers.get(row.employee_id, ()):
            grouped[user_id, row.work_date, row.kind].append(row)
    notifications.send_all(notes=_notes(grouped), at=at)


def _notes(grouped: dict[tuple[UUID, date, str], list[DayException]]) -> Iterator[Note]:
    """One message per manager, day and kind: after a storm a hundred people are late at once."""
    for (user_id, day, kind), rows in grouped.items():
        who = [row.employee.full_name for row in rows]
        more = f" and {len(who) - NAMED} more" if len(who) > NAMED else ""
        subject = who[0] if len(who) == 1 else f"{len(who)} people"
        yield Note(
            user_id,
            f"{_WORDS.get(kind, kind)}: {subject}, {day}",
            f"{_WORDS.get(kind, kind)} on {day}: {', '.join(who[:NAMED])}{more}. Look at the exceptions of that day.",
            f"{topic(kind, day)}:{rows[0].pk}",
        )
