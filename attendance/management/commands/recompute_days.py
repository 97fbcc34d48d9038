"""Computes days anew from their stays, schedules and leave. Safe to run again: what is the same stays the same."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from attendance.services import recomputing
from peoplesync.core import progress
from peoplesync.core.options import day
from peoplesync.kernel.errors import PeopleSyncError


class Command(BaseCommand):
    help = "Compute the days of everybody, or of some people, anew. Days that are locked stay as they are."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--from", dest="first", type=day, required=True, metavar="DATE")
        parser.add_argument("--to", dest="last", type=day, required=True, metavar="DATE")
        parser.add_argument("--employee", action="append", default=[], metavar="NUMBER", help="may be given again")
        parser.add_argument("--with-locked", action="store_true", help="locked days too")
        parser.add_argument("--dry-run", action="store_true", help="say how many days there are and write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        first, last = options["first"], options["last"]
        try:
            people = recomputing.people(numbers=options["employee"], first=first, last=last)
            with progress.bar("people", people.count(), stream=self.stderr) as advance:
                count = recomputing.recompute(
                    people=people,
                    first=first,
                    last=last,
                    at=timezone.now(),
                    with_locked=options["with_locked"],
                    is_dry_run=options["dry_run"],
                    advance=advance,
                )
        except PeopleSyncError as refusal:
            sentences = [sentence for found in refusal.errors.values() for sentence in found]
            raise CommandError(" ".join(sentences) or refusal.message) from None
        would = f"{count} day(s) would be computed. Nothing was written."
        self.stdout.write(would if options["dry_run"] else f"{count} day(s) computed.")
