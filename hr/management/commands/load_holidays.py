"""Fill a country's holiday calendar from the library. Safe to run again: HR's own changes stay."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from hr.services import holidays
from peoplesync.kernel.errors import PeopleSyncError


class Command(BaseCommand):
    help = "Add a year's public holidays and collective leave to a country's calendar; what HR changed stays."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--country", required=True, help="ISO code, for example ID")
        parser.add_argument("--region", default="", help="ISO code of a state or province, for example BY of DE")
        parser.add_argument("--year", type=int, required=True)
        parser.add_argument("--dry-run", action="store_true", help="list the new days and write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            loaded = holidays.load(
                country=options["country"].upper(),
                region=options["region"].upper(),
                year=options["year"],
                at=timezone.now(),
                is_dry_run=options["dry_run"],
            )
        except PeopleSyncError as refusal:
            sentences = [sentence for found in refusal.errors.values() for sentence in found]
            raise CommandError(" ".join(sentences) or refusal.message) from None
        for day in loaded.new:
            estimated = ", estimated: confirm it" if day.is_estimated else ""
            self.stdout.write(f"{day.on} {day.name} ({day.kind.label}{estimated})")
        verb = "would be added" if options["dry_run"] else "added"
        self.stdout.write(f"Calendar {loaded.calendar}: {len(loaded.new)} day(s) {verb}, {loaded.kept_count} kept.")
