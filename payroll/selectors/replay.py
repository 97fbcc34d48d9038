"""Computing a payslip again from its frozen facts: the same result to the last digit, or a name for what differs."""

from __future__ import annotations

from collections.abc import Iterator

from payroll.engine.compute import compute
from payroll.engine.inputs import from_json
from payroll.engine.result import Result
from payroll.models import PayrollItem, PayrollSnapshot
from peoplesync.kernel.errors import PeopleSyncError

_BATCH = 500


def again(snapshot: PayrollSnapshot) -> Result:
    """The result of the facts a snapshot holds. Raises ValueError when they cannot be read."""
    return compute(from_json(snapshot.inputs))


def differences(snapshot: PayrollSnapshot, items: list[PayrollItem]) -> str | None:
    """What differs between a payslip and its facts computed again, in words; None when nothing does."""
    try:
        result = again(snapshot)
    except (ValueError, PeopleSyncError) as unreadable:
        return f"its frozen facts cannot be read: {unreadable}"
    if result.inputs_fingerprint != snapshot.inputs_fingerprint:
        return "its frozen facts are not those it was computed from"
    if result.fingerprint() != snapshot.result_hash:
        return "computing its frozen facts again gives another result"
    now = [(line.component_id, line.kind.value, line.amount) for line in result.lines]
    stored = [(str(item.component_id), item.kind, item.amount) for item in items]
    return None if now == stored else "its lines are not those that were computed"


def all_posted(*, year: int | None = None, month: int | None = None) -> Iterator[tuple[PayrollSnapshot, str | None]]:
    """Every posted payslip's snapshot with what differs, in batches; two statements for five hundred of them."""
    rows = PayrollSnapshot.objects.filter(payroll__status="posted").order_by("pk")
    rows = rows.filter(period_year=year) if year is not None else rows
    rows = rows.filter(period_month=month) if month is not None else rows
    last = None
    while batch := list((rows.filter(pk__gt=last) if last else rows)[:_BATCH]):
        last = batch[-1].pk
        items = _items(batch)
        for snapshot in batch:
            yield snapshot, differences(snapshot, items.get(snapshot.payroll_id, []))


def _items(batch: list[PayrollSnapshot]) -> dict:
    found: dict = {}
    rows = PayrollItem.objects.filter(payroll_id__in=[row.payroll_id for row in batch])
    for item in rows.order_by("payroll_id", "position"):
        found.setdefault(item.payroll_id, []).append(item)
    return found
