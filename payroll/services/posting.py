"""Post an approved run: its payslips become final, are sealed in a manifest, and the days they counted are closed."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from hr.services import period_locks
from payroll.engine import canonical
from payroll.engine.inputs import from_json
from payroll.engine.window import Window
from payroll.models import Manifest, Payroll, PayrollRun, PayrollSnapshot, PayrollStatus, RunStatus
from payroll.selectors import overtaking, readiness
from payroll.selectors.chain import MANIFEST_SEAL, SEAL
from payroll.services import clearing, period, runs
from peoplesync.core.models import new_id
from peoplesync.kernel.errors import Conflict

#: One manifest at a time, whatever the period: each holds the hash of the one before.
_CHAIN_LOCK = 0x7A48

#: Each payslip is sealed once, and one statement writes the entries with the manifest they belong to: also where
#: references are checked after each statement.
_MANIFEST = f"""
    WITH entry AS (
        INSERT INTO payroll_manifestentry (manifest_id, position, payroll_id, hash)
        SELECT %(id)s, row_number() OVER (ORDER BY payroll.employee_id, payroll.id), payroll.id, {SEAL}
        FROM payroll_payroll payroll JOIN payroll_payrollsnapshot snapshot ON snapshot.payroll_id = payroll.id
        WHERE payroll.run_id = %(run)s AND payroll.status = 'posted'
        RETURNING position, hash
    )
    INSERT INTO payroll_manifest (id, created_at, run_id, number, previous_hash, entry_count, hash)
    SELECT %(id)s, %(at)s, %(run)s, %(number)s, %(previous)s, count(entry.hash),
        {MANIFEST_SEAL.format(number="%(number)s::int", previous="%(previous)s::text", run="%(run)s::uuid")}
    FROM entry
    RETURNING hash
"""  # noqa: S608 our own constants; values are bound


@transaction.atomic
def post(*, run: PayrollRun, acknowledgement: str = "", by: Any, at: datetime) -> PayrollRun:
    """Make the payslips of an approved run final and close the days they counted; the salary's other days stay open.

    Raises Forbidden for whoever started the run, where a second person is needed; Conflict in another state, when nothing
    is left to post, or when something came in the way since it was approved (see `clearing`). That is asked at leisure
    first and again with the gate closed, then only of people whose facts were written meanwhile: what is decided in the
    same moment is either in the payslips or refused, and nobody's change waits while thousands are computed again.
    """
    row = period.locked(run)
    runs.require(row, RunStatus.APPROVED, "posted")
    has_second = runs.check_second_person(row, by)
    posted = Payroll.objects.filter(run=row, status=PayrollStatus.APPROVED)
    if not posted.exists():
        raise Conflict(f"This run holds no payslips. {overtaking.advice(row)}", code="empty")
    before = readiness.look(row)
    clearing.clear(run=row, acknowledgement=acknowledgement, act="posted", at=at, looked=before)
    posted.update(status=PayrollStatus.POSTED)
    manifest, counted = _seal(row, at), _counted_days(row)
    period_locks.close_gate()
    clearing.clear(
        run=row, acknowledgement=acknowledgement, act="posted", at=at, looked=readiness.look_again(row, before)
    )
    row.save(update_fields=["acknowledgement", "acknowledged"])
    period.refresh_totals(year=row.period_year, month=row.period_month, kind=row.kind)
    row.refresh_from_db()
    row.status, row.posted_by, row.posted_at = RunStatus.POSTED, by, at
    row.save(update_fields=["status", "posted_by", "posted_at", "updated_at"])
    _close(counted, row, by, at)
    runs.log(
        "payroll_run.posted",
        row,
        by,
        at,
        second_person=has_second,
        acknowledgement=acknowledgement.strip(),
        manifest=manifest,
    )
    return row


def _counted_days(run: PayrollRun) -> dict[Window, list[UUID]]:
    """Whose payslips counted which days: the run's, and a leaver's to her last. Only the frozen facts of who counted other
    days are read.
    """
    usual = Window(run.counted_first_on, run.counted_last_on)
    snapshots = PayrollSnapshot.objects.filter(payroll__run=run, payroll__status=PayrollStatus.POSTED)
    snapshots = snapshots.order_by("employee_id")
    as_usual = Q(inputs__contains=f'"counted":{canonical.text(usual)}')
    counted = {usual: list(snapshots.filter(as_usual).values_list("employee_id", flat=True))}
    for employee_id, frozen in snapshots.exclude(as_usual).values_list("employee_id", "inputs"):
        counted.setdefault(from_json(frozen).counted, []).append(employee_id)
    return counted


def _close(counted: dict[Window, list[UUID]], run: PayrollRun, by: Any, at: datetime) -> None:
    for days, employee_ids in counted.items():
        if employee_ids:
            period_locks.lock_many(
                employee_ids=employee_ids,
                first_on=days.starts_on,
                last_on=days.ends_on,
                source_id=run.pk,
                reason=f"Payroll of {run.period_year}-{run.period_month:02} is posted",
                by=by,
                at=at,
            )


def _seal(run: PayrollRun, at: datetime) -> str:
    """Write the run's manifest, with an entry per payslip in the order of employee ids; its hash."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CHAIN_LOCK])
        last = Manifest.objects.order_by("-number").first()
        number, previous = (last.number + 1, last.hash) if last else (1, "")
        bound: dict[str, Any] = {"id": new_id(), "run": run.pk, "number": number, "previous": previous, "at": at}
        cursor.execute(_MANIFEST, bound)
        return str(cursor.fetchone()[0])
