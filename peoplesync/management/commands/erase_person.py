"""Forgets a person who has left. It cannot be undone; running it again finds nothing. Needs the owner's login."""

from __future__ import annotations

from typing import Any

from django.core.management import BaseCommand, CommandError
from django.core.management.base import CommandParser
from django.utils import timezone

from hr.models import Employee
from peoplesync.kernel.errors import PeopleSyncError
from peoplesync.privacy import erasure, orders
from peoplesync.privacy.erasure import Erased


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
        if options["ordered"]:
            self._carry_out(options["dry_run"])
            return
        try:
            employee = erasure.numbered(options["number"])
            found = erasure.of_person(employee=employee, at=timezone.now(), is_dry_run=options["dry_run"])
        except PeopleSyncError as refusal:
            raise CommandError(refusal.message) from None
        self._tell(employee, found, options["dry_run"])

    def _carry_out(self, is_dry_run: bool) -> None:
        waiting, refused = list(orders.all_waiting()), 0
        for employee, by in waiting:
            try:
                found = orders.carry_out(employee=employee, by=by, at=timezone.now(), is_dry_run=is_dry_run)
            except PeopleSyncError as refusal:
                refused += 1
                self.stderr.write(refusal.message)
            else:
                self._tell(employee, found, is_dry_run)
        self.stdout.write(f"{len(waiting)} ordered, {refused} refused.")
        if refused:
            raise CommandError("Not every order could be carried out; those wait until the reasons above are gone.")

    def _tell(self, employee: Employee, found: Erased | None, is_dry_run: bool) -> None:
        if found is None:
            self.stdout.write(f"The erasure of {employee.employee_number} was withdrawn.")
            return
        for kind, count in found.counts.items():
            self.stdout.write(f"{count:>8}  {kind}")
        verb = "would be forgotten" if is_dry_run else "forgotten"
        self.stdout.write(f"{found.total} row(s) about {employee.employee_number} {verb}.")
