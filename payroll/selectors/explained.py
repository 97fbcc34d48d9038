"""Why each line of a payslip has its amount, in sentences, from what was stored with it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import JSONField
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from attendance.selectors import counters as presence
from payroll.engine import canonical, explain
from payroll.engine.explain import Counted
from payroll.engine.inputs import UNPAID_DAYS
from payroll.engine.result import Line, Reason
from payroll.engine.result import LineKind as Kind
from payroll.engine.window import Window
from payroll.models import PayrollItem

_NAMES = frozenset({*presence.NAMES, UNPAID_DAYS})


def sentences(payroll_ids: Collection[UUID]) -> dict[UUID, list[str]]:
    """Per payslip one sentence for each of its lines, in one statement."""
    found: dict[UUID, list[str]] = defaultdict(list)
    rows = PayrollItem.objects.filter(payroll_id__in=list(payroll_ids)).order_by("payroll_id", "position")
    rows = rows.alias(facts=Cast("payroll__snapshot__inputs", JSONField()))
    rows = rows.annotate(counted_from=KT("facts__counted__starts_on"), counted_to=KT("facts__counted__ends_on"))
    for item in rows:
        found[item.payroll_id].append(explain.sentence(line(item), _counted(item)))
    return dict(found)


def _counted(item: Any) -> Counted | None:
    """The days its payslip counted: a leaver's may be others than the run's."""
    if item.counted_from is None:
        return None
    return Counted(_NAMES, Window(date.fromisoformat(item.counted_from), date.fromisoformat(item.counted_to)))


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
