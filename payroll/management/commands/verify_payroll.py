"""Check that everything posted is still as it was sealed; with --recompute also that it computes again identically."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from payroll.models import Manifest, Payroll
from payroll.selectors import chain, replay
from peoplesync.core import progress


class Command(BaseCommand):
    help = (
        "Check every posted payslip against the manifest it was sealed in, and the chain of manifests. "
        "Exit code 1 and the first bad record when something was changed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--recompute", action="store_true", help="also compute every posted payslip again")
        parser.add_argument("--year", type=int, help="with --recompute: only this year")
        parser.add_argument("--month", type=int, help="with --recompute: only this month")

    def handle(self, *args: Any, **options: Any) -> None:
        found = [broken.what for broken in chain.breaks()]
        if options["recompute"]:
            found += self._recomputed(options["year"], options["month"])
        if found:
            raise CommandError("\n".join([f"{len(found)} records are not as they were posted:", *found]))
        self.stdout.write(
            f"{Manifest.objects.count()} manifests and {Payroll.objects.filter(status='posted').count()} posted payslips "
            "are as they were sealed."
        )

    def _recomputed(self, year: int | None, month: int | None) -> list[str]:
        total = Payroll.objects.filter(status="posted").count()
        found = []
        with progress.bar("payslips", total, stream=self.stderr) as advance:
            for snapshot, difference in replay.all_posted(year=year, month=month):
                advance(1)
                if difference:
                    found.append(f"Payroll {snapshot.payroll_id}: {difference}.")
        return found
