"""Forgets a person who has left. It cannot be undone; running it again finds nothing. Needs the owner's login."""

from __future__ import annotations

from typing import Any

from django.core.management import BaseCommand, CommandError
from django.core.management.base import CommandParser
from django.utils import timezone

from peoplesync.kernel.errors import PeopleSyncError
from peoplesync.privacy import erasure


class Command(BaseCommand):
    help = (
        "Blank everything that says who an employee was, after her last day: name, contact, users, positions, photos, "
        "words, and their history. Posted pay, times and leave days stay under her number. It cannot be undone."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", metavar="NUMBER", help="the employee's number")
        parser.add_argument("--dry-run", action="store_true", help="say what would be blanked and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        is_dry_run = options["dry_run"]
        try:
            found = erasure.of_person(number=options["number"], at=timezone.now(), is_dry_run=is_dry_run)
        except PeopleSyncError as refusal:
            raise CommandError(refusal.message) from None
        for kind, count in found.counts.items():
            self.stdout.write(f"{count:>8}  {kind}")
        verb = "would be forgotten" if is_dry_run else "forgotten"
        self.stdout.write(f"{found.total} row(s) about {options['number']} {verb}.")
