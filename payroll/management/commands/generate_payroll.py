"""Generate a month's payroll from the command line: queue it, wait for it, or only compute and show it."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from collections import Counter
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q
from django.utils import timezone

from hr.models import Department, Employee
from payroll.engine.explain import grouped
from payroll.engine.inputs import Kind
from payroll.models import FindingLevel
from payroll.selectors import facts, scope
from payroll.services import computing, period, runs
from payroll.services.generation import CHUNK
from peoplesync.core import progress
from peoplesync.core.models import Job, JobStatus
from peoplesync.core.services import jobs
from peoplesync.kernel.errors import Conflict, NotFound, PeopleSyncError

#: So many people without a payslip are named.
SHOWN = 20
_TERMINAL = (JobStatus.COMPLETED, JobStatus.FAILED)


class Command(BaseCommand):
    help = (
        "Generate the payroll of a month: queue it, wait for it, or only show what it would come to. "
        "Exit status 1 when it fails, 2 when somebody could not be paid, in a dry run too."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--year", type=int, required=True, metavar="YYYY")
        parser.add_argument("--month", type=int, required=True, metavar="1-12")
        parser.add_argument("--department", metavar="CODE", help="only this department's people (its code or id)")
        parser.add_argument(
            "--employee", nargs="+", action="extend", metavar="NUMBER", help="only these people (their numbers or ids)"
        )
        parser.add_argument(
            "--kind", choices=[kind.value for kind in Kind], default=Kind.REGULAR.value, help="default: %(default)s"
        )
        parser.add_argument(
            "--wait", action="store_true", help="wait until it is computed; computes here if no worker does"
        )
        parser.add_argument("--dry-run", action="store_true", help="compute and show the totals, write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            options["department"] = _department(options["department"])
            options["employee"] = _employees(options["employee"])
            if options["dry_run"]:
                self._dry_run(options)
            else:
                self._generate(options)
        except PeopleSyncError as refusal:
            sentences = [sentence for found in refusal.errors.values() for sentence in found]
            raise CommandError(" ".join(sentences) or refusal.message) from None

    def _generate(self, options: dict[str, Any]) -> None:
        run, job = runs.generate(
            year=options["year"],
            month=options["month"],
            kind=options["kind"],
            department_id=options["department"],
            employee_ids=options["employee"],
            by=None,
            at=timezone.now(),
        )
        self.stdout.write(f"{job.pk}: run {run.pk} is queued.")
        if options["wait"]:
            job = self._wait(job, self._scope_of(options))
            run.refresh_from_db()
            self.stdout.write(
                f"{run.payroll_count} payslips, net {grouped(run.net_total)}; "
                f"{run.refused_count} refused, {run.skipped_count} skipped"
                f"{_left_alone(run.findings.filter(level=FindingLevel.POSTED).count())}."
            )
            if run.refused_count:
                raise CommandError(self._refusals(run.findings.filter(level="refused")), returncode=2)

    def _scope_of(self, options: dict[str, Any]) -> list[UUID]:
        of_month = {"year": options["year"], "month": options["month"], "kind": options["kind"]}
        return scope.employee_ids(**of_month, department_id=options["department"], named=options["employee"])

    def _wait(self, job: Job, people: list[UUID]) -> Job:
        """Show the job's progress until it ends. A job nobody takes is computed here: the lease keeps it to one."""
        shown = 0
        with progress.bar("people", len(people), stream=self.stderr) as advance:

            def show(processed: int, total: int) -> None:
                nonlocal shown
                advance(processed - shown)
                shown = processed

            jobs.run(job_id=job.pk, watch=show)
            while True:
                job.refresh_from_db()
                show(job.processed, job.total)
                if job.status in _TERMINAL:
                    break
                time.sleep(0.5)
        if job.status == JobStatus.FAILED:
            raise CommandError(job.error or "The job failed.")
        return job

    def _dry_run(self, options: dict[str, Any]) -> None:
        runs.check_period(options["year"], options["month"], timezone.now())
        named = options["employee"]
        scope.check(department_id=options["department"], named=named)
        of_month = {"year": options["year"], "month": options["month"], "kind": options["kind"]}
        terms = facts.terms(**of_month)
        everybody = self._scope_of(options)
        settled = period.settled(everybody, **of_month)
        ids = [employee_id for employee_id in everybody if employee_id not in settled]
        counts: Counter[str] = Counter()
        gross = net = Decimal(0)
        unpaid: list[computing.Outcome] = []
        with progress.bar("people", len(ids), stream=self.stderr) as advance:
            for start in range(0, len(ids), CHUNK):
                for outcome in computing.preview(terms=terms, employee_ids=ids[start : start + CHUNK]):
                    if outcome.is_payable and outcome.result is not None:
                        counts["payslips"] += 1
                        gross, net = gross + outcome.result.gross, net + outcome.result.net
                    else:
                        counts["refused" if outcome.errors else "skipped"] += 1
                        unpaid += [outcome] if len(unpaid) < SHOWN else []
                    advance(1)
        self._say_why(unpaid, counts["refused"] + counts["skipped"])
        self.stdout.write(
            f"Nothing was written. {counts['payslips']} payslips, gross {grouped(gross)}, net {grouped(net)}; "
            f"{counts['refused']} refused, {counts['skipped']} skipped{_left_alone(len(settled))}."
        )
        if counts["refused"]:
            raise CommandError(f"Not everybody could be paid: {counts['refused']:,} refused.", returncode=2)

    def _say_why(self, unpaid: list[computing.Outcome], count: int) -> None:
        people = Employee.objects.in_bulk(outcome.employee_id for outcome in unpaid)
        for outcome in unpaid:
            for finding in outcome.errors or (outcome.result.warnings if outcome.result else ()):
                self.stdout.write(f"{people[outcome.employee_id]}: {finding.message}")
        if count > len(unpaid):
            self.stdout.write(f"... and {count - len(unpaid):,} more without a payslip.")

    def _refusals(self, findings: Any) -> str:
        lines = [f"{row.employee}: {row.message}" for row in findings.select_related("employee")[:SHOWN]]
        return "\n".join(["These people could not be paid:", *lines])


def _left_alone(count: int) -> str:
    return f", {count} posted before and left as they are" if count else ""


def _department(named: str | None) -> UUID | None:
    """A department by its id or code. Raises NotFound, and Conflict for a code that several departments share."""
    if named is None:
        return None
    rows = Department.objects.alive().filter(Q(code=named) | Q(pk=_uuid(named))).order_by("name", "pk")
    found = dict(rows.values_list("pk", "name"))
    if not found:
        raise NotFound(f"There is no department with the code or id {named!r}.", code="not_found")
    if len(found) > 1:
        several = ", ".join(f"{name} ({pk})" for pk, name in found.items())
        raise Conflict(f"Several departments have the code {named!r}: {several}. Give the id of one.", code="ambiguous")
    return next(iter(found))


def _employees(named: list[str] | None) -> list[UUID] | None:
    """People by their numbers or ids, in one statement. Raises NotFound naming the first nobody knows."""
    if named is None:
        return None
    keys = [key for key in map(_uuid, named) if key]
    rows = Employee.objects.alive().filter(Q(employee_number__in=named) | Q(pk__in=keys))
    known = {word: row for row in rows for word in (row.employee_number, str(row.pk))}
    for word in named:
        if word not in known and str(_uuid(word)) not in known:
            raise NotFound(f"There is no employee with the number or id {word!r}.", code="not_found")
    return list(dict.fromkeys(row.pk for row in known.values()))


def _uuid(word: str) -> UUID | None:
    try:
        return UUID(word)
    except ValueError:
        return None
