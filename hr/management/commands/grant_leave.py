"""Grant a year's leave to everybody employed in it, and take its collective leave. Safe to run again."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from hr.services import leave_ledger
from peoplesync.kernel.errors import PeopleSyncError


class Command(BaseCommand):
    help = "Grant a year's leave to everybody employed in it, by the month for joiners, and take its collective leave."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--year", type=int, required=True, help="the year to grant")
        parser.add_argument("--dry-run", action="store_true", help="say what would be granted and write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        now, year = timezone.now(), options["year"]
        try:
            granted = leave_ledger.grant_year(year=year, at=now, is_dry_run=options["dry_run"])
        except PeopleSyncError as refusal:
            sentences = [sentence for found in refusal.errors.values() for sentence in found]
            raise CommandError(" ".join(sentences) or refusal.message) from None
        verb = "would grant" if options["dry_run"] else "granted"
        self.stdout.write(f"{year}: {verb} {granted.days.normalize():f} days to {granted.count} balance(s).")
        if not options["dry_run"]:
            taken = leave_ledger.take_collective(year=year, at=now)
            self.stdout.write(f"{year}: took {taken} day(s) of collective leave.")
