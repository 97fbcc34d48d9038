"""The log of who read whose pay: everybody but the person herself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from peoplesync.core.services import activity


def payrolls(*, rows: Iterable[Any], by: Any, at: datetime) -> None:
    """Log that these payslips were shown to `by`; her own are hers to read. One statement."""
    _log("payroll", ((row.pk, row.employee_id) for row in rows), by, at)


def rates(*, rows: Iterable[Any], by: Any, at: datetime) -> None:
    """Log that these pay rates were shown to `by`."""
    _log("pay_rate", ((row.pk, row.employee_id) for row in rows), by, at)


def assignments(*, rows: Iterable[Any], by: Any, at: datetime) -> None:
    """Log that these assignments' amounts and formulas were shown to `by`."""
    _log("salary_assignment", ((row.pk, row.employee_id) for row in rows), by, at)


def _log(what: str, shown: Iterable[tuple[UUID, UUID]], by: Any, at: datetime) -> None:
    entries = [
        activity.entry(
            action=f"{what}.read", resource_type=what, resource_id=pk, by=by, meta={"employee_id": employee_id}, at=at
        )
        for pk, employee_id in shown
        if employee_id != by.employee_id
    ]
    if entries:
        activity.record_many(entries)
