"""One hook for everything in hr that changes what a day asks of people: schedules, holidays, locks, work sites' zones.

Presence registers here to compute the days again. Leave has a hook of its own, beside its acts.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from peoplesync.core.hooks import Hook

#: Called in the transaction of the change with (employee ids or None for everybody, first day, last day).
#: An open end is `date.max`, an open beginning `date.min`: the listener narrows to the days it has stored.
day_facts_changed: Hook[[Collection[UUID] | None, date, date]] = Hook("hr.services.day_facts_changed")
