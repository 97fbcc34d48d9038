"""Why each line of a payslip has its amount, in sentences, from what was stored with it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from payroll.engine import canonical, explain
from payroll.engine.result import Line, Reason
from payroll.engine.result import LineKind as Kind
from payroll.models import PayrollItem


def sentences(payroll_ids: Collection[UUID]) -> dict[UUID, list[str]]:
    """Per payslip one sentence for each of its lines, in one statement."""
    found: dict[UUID, list[str]] = defaultdict(list)
    rows = PayrollItem.objects.filter(payroll_id__in=list(payroll_ids)).order_by("payroll_id", "position")
    for item in rows:
        found[item.payroll_id].append(explain.sentence(line(item)))
    return dict(found)


def line(item: PayrollItem) -> Line:
    """A stored line as the engine made it."""
    return Line(
        component_id=str(item.component_id),
        name=item.component_name,
        kind=Kind(item.kind),
        amount=item.amount,
        note=item.note or "",
        reason=canonical.read(Reason, json.dumps(item.reason)),
    )
