"""Forgets a person who has left. It cannot be undone; running it again finds nothing. Needs the owner's login."""

from __future__ import annotations

from typing import Any

from django.core.management import BaseCommand, CommandError
from django.core.management.base import CommandParser
from django.utils import timezone

from peoplesync.kernel.errors import PeopleSyncError
from peoplesync.privacy import erasure, orders


class Command(BaseCommand):
    help = (
        "Blank everything that says who an employee was, after her last day: name, contact, users, positions, photos, "
        "words, and their history. Posted pay, times and leave days stay under her number. It cannot be undone."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        whom = parser.add_mutually_exclusive_group(required=True)
        whom.add_argument("number", metavar="NUMBER", nargs="?", help="the employee's number")
        whom.add_argument("--ordered", action="store_true", help="everybody whose erasure was ordered in the admin")
        parser.add_argument("--dry-run", action="store_true", help="say what would be blanked and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["ordered"]:
            self._erase(options["number"], is_dry_run=options["dry_run"])
            return
        waiting, refused = list(orders.all_waiting()), 0
        for number, by in waiting:
            try:
                self._erase(number, is_dry_run=options["dry_run"], by=by, is_ordered=True)
            except CommandError as refusal:
                refused += 1
                self.stderr.write(str(refusal))
        self.stdout.write(f"{len(waiting)} ordered, {refused} refused.")
        if refused:
            raise CommandError("Not every order could be carried out; those wait until the reasons above are gone.")

    def _erase(self, number: str, *, is_dry_run: bool, **order: Any) -> None:
        try:
            found = erasure.of_person(number=number, at=timezone.now(), is_dry_run=is_dry_run, **order)
        except PeopleSyncError as refusal:
            raise CommandError(refusal.message) from None
        for kind, count in found.counts.items():
            self.stdout.write(f"{count:>8}  {kind}")
        verb = "would be forgotten" if is_dry_run else "forgotten"
        self.stdout.write(f"{found.total} row(s) about {number} {verb}.")
