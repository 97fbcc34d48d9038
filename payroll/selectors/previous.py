"""The payslip before: what a month's payslip is compared with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import connection

from payroll.engine.result import LineKind
from payroll.engine.variance import OutlierRule
from peoplesync.kernel.money import CENT

#: What stands out: a change of a fifth, in the net or in any line.
RULE = OutlierRule(percent=Decimal(20), amount=CENT)

# Months are compared as one number: compared as a pair, they lure the planner into walking everybody's payslips.
_ITEMS = """
    SELECT before.employee_id, item.component_id, item.component_name, item.kind, item.amount
    FROM unnest(%s::uuid[]) AS given (id)
    CROSS JOIN LATERAL (
        SELECT id, employee_id FROM payroll_payroll
        WHERE employee_id = given.id AND kind = %s AND status IN ('approved', 'posted')
            AND period_year * 12 + period_month < %s
        ORDER BY period_year DESC, period_month DESC, sequence DESC LIMIT 1
    ) before
    JOIN payroll_payrollitem item ON item.payroll_id = before.id
"""


@dataclass(frozen=True, slots=True)
class PastItem:
    """A line of an earlier payslip, as comparisons read it."""

    component_id: str
    name: str
    kind: LineKind
    amount: Decimal


def items(employee_ids: Collection[UUID], *, year: int, month: int, kind: str) -> dict[UUID, list[PastItem]]:
    """The lines of each one's last approved or posted payslip of this kind before the month; one statement.

    Who has none is missing.
    """
    found: dict[UUID, list[PastItem]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_ITEMS, [list(employee_ids), kind, year * 12 + month])
        for employee_id, component_id, name, line_kind, amount in cursor.fetchall():
            found[employee_id].append(PastItem(str(component_id), name, LineKind(line_kind), amount))
    return dict(found)
