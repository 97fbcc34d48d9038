"""Deletes what the organisation no longer keeps of punches. Safe to run again, also after it was cut short."""

from __future__ import annotations

from typing import Any

from django.core.management import BaseCommand
from django.core.management.base import CommandParser
from django.utils import timezone

from peoplesync.privacy import retention


class Command(BaseCommand):
    help = "Delete positions, devices, addresses and photos of punches that are older than the settings keep them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say what would be deleted and delete nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        found = retention.apply(at=timezone.now(), is_dry_run=options["dry_run"])
        if found.before is None:
            self.stdout.write("Everything is kept. Set how many days in the organisation's settings (0 keeps all).")
            return
        verb = "would delete" if options["dry_run"] else "deleted"
        counted = f"evidence of {found.evidence_count} punch(es) and {found.photo_count} photo(s)"
        self.stdout.write(f"Before {found.before}: {verb} {counted}.")
