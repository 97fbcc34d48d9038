"""Generate a month's payroll from the command line: queue it, wait for it, or only compute and show it."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from collections import Counter
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from payroll.engine.explain import grouped
from payroll.engine.inputs import Kind
from payroll.selectors import facts, scope
from payroll.services import computing, runs
from payroll.services.generation import CHUNK
from peoplesync.core import progress
from peoplesync.core.models import Job, JobStatus
from peoplesync.core.services import jobs
from peoplesync.kernel.errors import PeopleSyncError

_TERMINAL = (JobStatus.COMPLETED, JobStatus.FAILED)


class Command(BaseCommand):
    help = "Generate the payroll of a month. Exit code 1 when it fails, 2 when somebody could not be paid."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--year", type=int, required=True)
        parser.add_argument("--month", type=int, required=True)
        parser.add_argument("--department", type=UUID, metavar="ID", help="only this department's people")
        parser.add_argument("--employee", type=UUID, nargs="+", metavar="ID", help="only these people")
        parser.add_argument("--kind", choices=[kind.value for kind in Kind], default=Kind.REGULAR.value)
        parser.add_argument(
            "--wait", action="store_true", help="wait until it is computed; computes here if no worker does"
        )
        parser.add_argument("--dry-run", action="store_true", help="compute and show the totals, write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
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
                f"{run.refused_count} refused, {run.skipped_count} skipped."
            )
            if run.refused_count:
                raise CommandError(self._refusals(run.findings.filter(level="refused")), returncode=2)

    def _scope_of(self, options: dict[str, Any]) -> list[UUID]:
        period = {"year": options["year"], "month": options["month"], "kind": options["kind"]}
        return scope.employee_ids(**period, department_id=options["department"], named=options["employee"])

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
        runs.check_period(options["year"], options["month"])
        named = options["employee"]
        scope.check(department_id=options["department"], named=named)
        period = {"year": options["year"], "month": options["month"], "kind": options["kind"]}
        terms = facts.terms(**period)
        ids = self._scope_of(options)
        counts: Counter[str] = Counter()
        gross = net = Decimal(0)
        with progress.bar("people", len(ids), stream=self.stderr) as advance:
            for start in range(0, len(ids), CHUNK):
                for outcome in computing.preview(terms=terms, employee_ids=ids[start : start + CHUNK]):
                    if outcome.is_payable and outcome.result is not None:
                        counts["payslips"] += 1
                        gross, net = gross + outcome.result.gross, net + outcome.result.net
                    else:
                        counts["refused" if outcome.errors else "skipped"] += 1
                        self._say_why(outcome)
                    advance(1)
        self.stdout.write(
            f"Nothing was written. {counts['payslips']} payslips, gross {grouped(gross)}, net {grouped(net)}; "
            f"{counts['refused']} refused, {counts['skipped']} skipped."
        )

    def _say_why(self, outcome: computing.Outcome) -> None:
        findings = outcome.errors or (outcome.result.warnings if outcome.result else ())
        for finding in findings:
            self.stdout.write(f"{outcome.employee_id}: {finding.message}")

    def _refusals(self, findings: Any) -> str:
        lines = [f"{row.employee_id}: {row.message}" for row in findings[:20]]
        return "\n".join(["These people could not be paid:", *lines])
