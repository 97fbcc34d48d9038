"""Settles the stays whose clock-out was forgotten. Safe to run again; beat does the same every few minutes."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand
from django.utils import timezone

from attendance.services import closing
from peoplesync.core import progress


class Command(BaseCommand):
    help = "Close, or mark as unfinished, every open stay that is longer than the organisation allows."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say how many there are and write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        if options["dry_run"]:
            count = closing.overdue_count(at=now)
            self.stdout.write(f"{count} open attendance(s) are longer than allowed. Nothing was written.")
            return
        with progress.bar("stays", closing.overdue_count(at=now), stream=self.stderr) as advance:
            count = closing.close_forgotten(at=now, advance=advance)
        self.stdout.write(f"{count} forgotten attendance(s) settled.")
