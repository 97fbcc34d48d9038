"""Says who has read a person's payslips and pay. Reads only."""

from __future__ import annotations

from typing import Any

from django.core.management import BaseCommand, CommandError
from django.core.management.base import CommandParser

from peoplesync.core.options import day
from peoplesync.kernel.errors import PeopleSyncError
from peoplesync.privacy import readers


class Command(BaseCommand):
    help = "List who has read an employee's payslips and pay, from the activity log."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--employee", required=True, metavar="NUMBER", help="the employee's number")
        parser.add_argument("--from", dest="first", required=True, type=day, metavar="YYYY-MM-DD")
        parser.add_argument("--to", dest="last", required=True, type=day, metavar="YYYY-MM-DD")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = readers.of_person(number=options["employee"], first=options["first"], last=options["last"])
        except PeopleSyncError as refusal:
            sentences = [sentence for each in refusal.errors.values() for sentence in each]
            raise CommandError(" ".join(sentences) or refusal.message) from None
        for reading in found:
            self.stdout.write(
                f"{reading.at:%Y-%m-%dT%H:%M:%SZ}  {reading.by}  {reading.what}  {reading.record_id or '-'}"
            )
        self.stdout.write(f"{len(found)} reading(s).")
