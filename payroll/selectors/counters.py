"""The named counters of a window: what presence counted, and days of unpaid leave. Payroll reads nothing else of a day."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from uuid import UUID

from attendance.selectors import counters as presence
from hr.selectors import unpaid_leave
from payroll.engine.inputs import UNPAID_DAYS
from payroll.engine.window import Window


def of_window(employee_ids: Collection[UUID], window: Window) -> dict[UUID, dict[str, Decimal]]:
    """Per person every counter by its name, zero where nothing was counted; a constant number of statements.

    Unpaid days are those of approved unpaid leave in calendar days, the unit salaries are prorated in. Absence is a
    counter of its own: whether it costs pay is a component's formula, not a surprise.
    """
    found = presence.of_window(employee_ids, window.starts_on, window.ends_on)
    days = unpaid_leave.days(employee_ids, window.starts_on, window.ends_on)
    for employee_id, counted in found.items():
        counted[UNPAID_DAYS] = days.get(employee_id, Decimal(0))
    return found
