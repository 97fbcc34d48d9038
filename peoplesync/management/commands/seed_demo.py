"""Fills an empty database with the demo organisation, small or large."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from peoplesync.core import progress
from peoplesync.demo import people, seeding, timetable, vendors
from peoplesync.kernel.errors import PeopleSyncError

REFUSED = 3
MOST_EMPLOYEES = 2_000_000
MOST_MONTHS = 60


class Command(BaseCommand):
    help = (
        "Fill an empty database with the demo organisation: people, presence, leave, pay, accounts. "
        "Refuses where real people are; on a demo it only adds the people that are missing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        defaults = seeding.Wish()
        parser.add_argument("--employees", type=int, default=defaults.employees, metavar="N", help="how many people")
        parser.add_argument("--months", type=int, default=defaults.months, metavar="M", help="months of attendance")
        parser.add_argument("--seed", type=int, default=defaults.seed, metavar="S", help="another seed, other luck")
        parser.add_argument("--dry-run", action="store_true", help="say what would be made and write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        wish = seeding.Wish(options["employees"], options["months"], options["seed"])
        if not 1 <= wish.employees <= MOST_EMPLOYEES:
            raise CommandError(f"--employees takes 1 to {MOST_EMPLOYEES}.", returncode=2)
        if not 1 <= wish.months <= MOST_MONTHS:
            raise CommandError(f"--months takes 1 to {MOST_MONTHS}.", returncode=2)
        try:
            if options["dry_run"]:
                self._foretell(seeding.foreseen(wish=wish, at=timezone.now()))
                return
            made = seeding.seed(wish=wish, at=timezone.now(), bars=partial(progress.bar, stream=self.stderr))
        except PeopleSyncError as refusal:
            raise CommandError(refusal.message, returncode=REFUSED) from None
        self._tell(made)

    def _tell(self, made: seeding.Seeded) -> None:
        if not made.added:
            self.stdout.write(f"The demo is here already, with {made.size:,} people. Nothing was changed.")
        else:
            self.stdout.write(f"The demo has {made.size:,} people now; {made.added:,} were added.")
        if made.doors is None:
            self.stdout.write(
                "Vendors' keys were shown at the first seeding. Make another: manage.py issue_vendor_key VENDOR"
            )
            return
        self._tell_accounts(made.doors)
        self.stdout.write(
            "One key per vendor's clocking API, shown this once; another: manage.py issue_vendor_key VENDOR"
        )
        for vendor, credentials in made.doors.credentials.items():
            self.stdout.write(f"  {vendor}: {json.dumps(credentials)}")
        self._tell_places(made.doors)

    def _foretell(self, foreseen: seeding.Foreseen) -> None:
        if not foreseen.added:
            self.stdout.write(f"The demo is here already, with {foreseen.size:,} people. Nothing would change.")
            return
        self.stdout.write(
            f"Would add {foreseen.added:,} people and at most {foreseen.days:,} days of attendance "
            f"({foreseen.first_on} to {foreseen.last_on}). Nothing was written."
        )

    def _tell_accounts(self, doors: vendors.Opened) -> None:
        self.stdout.write(f"Accounts, each with the password {people.PASSWORD}, and their ids at the vendors:")
        for account in people.ACCOUNTS:
            ids = ", ".join(f"{vendor} {external_id}" for vendor, external_id in doors.people[account.name].items())
            self.stdout.write(f"  {account.name}@{people.DOMAIN}: {ids}")

    def _tell_places(self, doors: vendors.Opened) -> None:
        self.stdout.write(
            f"GoodDay's office {timetable.HEAD_OFFICE} is {doors.office}. Connecteam has clocks "
            f"{vendors.CONNECTEAM_CLOCK} and {vendors.CONNECTEAM_JOB_CLOCK} (needs a job), job {vendors.CONNECTEAM_JOB}, "
            f"shift {vendors.CONNECTEAM_SHIFT}. Workly has locations {', '.join(vendors.WORKLY_SITES)}."
        )
