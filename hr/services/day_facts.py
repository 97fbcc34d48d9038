"""The hooks for everything in hr that changes what stands about a day: its schedule and holidays, and whether it is open.

Presence registers here to compute days again, or only to mark them. Leave has a hook of its own, beside its acts.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from peoplesync.core.hooks import Hook

#: Called in the transaction of the change with (employee ids or None for everybody, first day, last day).
#: An open end is `date.max`, an open beginning `date.min`: the listener narrows to the days it has stored.
day_facts_changed: Hook[[Collection[UUID] | None, date, date]] = Hook("hr.services.day_facts_changed")

#: The same, when days were closed or opened and nothing else about them changed: only a mark moves. A posted payroll
#: closes a month of everybody at once, so a listener marks in one statement and computes nothing.
day_locks_changed: Hook[[Collection[UUID] | None, date, date]] = Hook("hr.services.day_locks_changed")
