"""What must be true after any fault: the history of calls, and the promises it is held against.

An operation is `done` when it was answered with success, `refused` when it was answered with 4xx, and `unknown` when the
answer broke off or was 5xx. What is done is there once; what is refused is not there; what is unknown is there at most once.
Each operation carries a mark of its own in a field that is stored, by which its effect is found.
"""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Count, Q, Sum

from attendance.models import Attendance, PunchEvidence, SyncRecord
from hr.models import Employee
from payroll.models import Payroll, PayrollItem, PayrollSnapshot
from payroll.selectors import chain
from peoplesync.core.models import ActivityLog, Job, Notification

DONE, REFUSED, UNKNOWN = "done", "refused", "unknown"
TERMINAL = {"completed", "failed"}


@dataclass(frozen=True)
class Operation:
    """One call and what came of it. `body` is the answer's."""

    kind: str
    mark: str
    outcome: str
    body: Any = None


@dataclass
class History:
    """Written by many threads at once."""

    operations: list[Operation] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, operation: Operation) -> None:
        with self._lock:
            self.operations.append(operation)

    @property
    def done_count(self) -> int:
        return sum(one.outcome == DONE for one in self.operations)

    def of(self, kind: str, outcome: str | None = None) -> list[Operation]:
        return [one for one in self.operations if one.kind == kind and outcome in (None, one.outcome)]


def outcome_of(status: int | None) -> str:
    """How a call ended; None: the connection broke."""
    if status is None or status >= 500:
        return UNKNOWN
    return DONE if status < 400 else REFUSED


class Watch:
    """Looks at every job again and again: progress never falls, never exceeds its total, and an end is an end."""

    def __init__(self) -> None:
        self.last: dict[str, tuple[int, str, Any]] = {}
        self.wrong: list[str] = []

    def look(self) -> bool:
        """True when every job has ended."""
        is_over = True
        for pk, processed, total, status, result in Job.objects.values_list(
            "pk", "processed", "total", "status", "result"
        ):
            before = self.last.get(pk)
            if processed > total or (before and processed < before[0]):
                self.wrong.append(f"{pk}: {before} then {processed}/{total}")
            if before and before[1] in TERMINAL and (status, result) != before[1:]:
                self.wrong.append(f"{pk} ended twice: {before} then {status}")
            self.last[pk] = (processed, status, result)
            is_over = is_over and status in TERMINAL
        return is_over


def check(history: History, watch: Watch) -> None:
    """Fails with everything that is not as it must be."""
    wrong = [*watch.wrong, *_clock_ins(history), *_batches(history), *_runs(history), *_payslips(), *_told()]
    wrong += [f"{pk} is {state[1]}" for pk, state in watch.last.items() if state[1] not in TERMINAL]
    assert wrong == [], "\n".join(wrong)


def _clock_ins(history: History) -> list[str]:
    stored = Counter(PunchEvidence.objects.filter(location__startswith="op-").values_list("location", flat=True))
    wrong = [
        f"{one.outcome} clock-in {one.mark} is there {stored[one.mark]} times"
        for one in history.of("clock-in")
        if not _fits(one.outcome, stored[one.mark])
    ]
    twice = Attendance.objects.alive().filter(door="native").values("employee_id", "work_date").annotate(n=Count("pk"))
    wrong += [f"{row} has several stays" for row in twice.filter(n__gt=1)]
    entries = Counter(ActivityLog.objects.filter(action="attendance.clocked_in").values_list("resource_id", flat=True))
    stays = Attendance.objects.filter(door="native").values_list("pk", flat=True)
    return wrong + [f"stay {pk} has {entries[pk]} log entries" for pk in stays if entries[pk] != 1]


def _fits(outcome: str, count: int) -> bool:
    return count == 1 if outcome == DONE else count == 0 if outcome == REFUSED else count <= 1


def _batches(history: History) -> list[str]:
    """Every accepted batch is answered to its last record, and a client's record is one stay however often it was sent."""
    wrong = []
    for one in history.of("sync", DONE):
        job_id = one.body["job_id"]
        answers = Counter(SyncRecord.objects.filter(job_id=job_id).values_list("state", flat=True))
        if answers[""] or set(answers) - {"created", "duplicate"}:
            wrong.append(f"batch {job_id} was answered {dict(answers)}")
        entries = ActivityLog.objects.filter(action="attendance.synced", meta__job_id=job_id).count()
        if entries != 1:
            wrong.append(f"batch {job_id} has {entries} log entries")
    refused = {one.mark for one in history.of("sync", REFUSED)}
    stays = (
        Attendance.objects.alive().exclude(client_id=None).values("employee_id", "client_id").annotate(n=Count("pk"))
    )
    wrong += [f"record {row} is {row['n']} stays" for row in stays.filter(n__gt=1)]
    wrong += [f"refused batch {mark} left a record" for mark in refused if stays.filter(client_id__startswith=mark)]
    sent = {record for one in history.of("sync", DONE) for record in one.body["sent"]}
    there = {row["client_id"] for row in stays}
    return wrong + [f"accepted record {record} is nowhere" for record in sorted(sent - there)]


def _runs(history: History) -> list[str]:
    jobs = set(Job.objects.filter(kind="payroll_generate").values_list("pk", flat=True))
    known = {one.body["job_id"] for one in history.of("payroll", DONE)}
    unknown = len(history.of("payroll", UNKNOWN))
    wrong = [f"accepted job {job_id} is nowhere" for job_id in known - jobs]
    extra = len(jobs - known)
    return wrong + ([f"{extra} jobs nobody was told of, {unknown} unknown"] if extra > unknown else [])


def _payslips() -> list[str]:
    """One a person and month; the lines add up; the newest is the one the person points at; one snapshot; a whole chain."""
    wrong = []
    several = Payroll.objects.live().values("employee_id", "period_year", "period_month").annotate(n=Count("pk"))
    wrong += [f"{row} has several payslips" for row in several.filter(n__gt=1)]
    for payroll in Payroll.objects.all():
        lines = PayrollItem.objects.filter(payroll=payroll)
        sums = lines.aggregate(
            earned=Sum("amount", filter=Q(kind="earning"), default=0),
            taken=Sum("amount", filter=Q(kind="deduction"), default=0),
        )
        if (payroll.gross_amount, payroll.net_amount) != (sums["earned"], sums["earned"] - sums["taken"]):
            wrong.append(f"payslip {payroll.pk} does not add up: {sums}")
        if PayrollSnapshot.objects.filter(payroll=payroll).count() != 1:
            wrong.append(f"payslip {payroll.pk} has no snapshot or several")
    newest = {
        row.employee_id: row.pk
        for row in Payroll.objects.live().order_by("employee_id", "period_year", "period_month", "generated_at")
    }
    shown = dict(Employee.objects.exclude(latest_payroll_id=None).values_list("pk", "latest_payroll_id"))
    if shown != newest:
        wrong.append(f"latest payslips are {shown}, not {newest}")
    return wrong + [broken.what for broken in chain.breaks()]


def _told() -> list[str]:
    events = Notification.objects.exclude(event_key=None).values("user_id", "event_key").annotate(n=Count("pk"))
    wrong = [f"{row} was told several times" for row in events.filter(n__gt=1)]
    done = Job.objects.filter(kind="attendance.sync", status="completed").values_list("pk", "user_id")
    keys = set(Notification.objects.values_list("user_id", "event_key"))
    return wrong + [f"nobody was told of {pk}" for pk, user in done if (user, f"sync:{pk}") not in keys]


def let_time_pass() -> None:
    """An hour later for every job that waits: leases of the dead run out, lost messages are missed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE core_job SET published_at = published_at - interval '1 hour', updated_at = updated_at - interval "
            "'1 hour', lease_expires_at = lease_expires_at - interval '1 hour' WHERE status IN ('queued', 'processing')"
        )
