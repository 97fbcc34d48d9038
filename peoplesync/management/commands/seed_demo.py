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

    def handle(self, *args: Any, **options: Any) -> None:
        wish = seeding.Wish(options["employees"], options["months"], options["seed"])
        if not 1 <= wish.employees <= MOST_EMPLOYEES:
            raise CommandError(f"--employees takes 1 to {MOST_EMPLOYEES}.", returncode=2)
        if not 1 <= wish.months <= MOST_MONTHS:
            raise CommandError(f"--months takes 1 to {MOST_MONTHS}.", returncode=2)
        try:
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
        self.stdout.write(f"Accounts, each with the password {people.PASSWORD}:")
        for account in people.ACCOUNTS:
            self.stdout.write(f"  {account.name}@{people.DOMAIN}")
        self._tell_doors(made.doors)

    def _tell_doors(self, doors: vendors.Opened) -> None:
        """Credentials are kept hashed, so this is the only time they can be shown."""
        self.stdout.write("One key per vendor's clocking API; make another with: manage.py issue_vendor_key VENDOR")
        for vendor, credentials in doors.credentials.items():
            self.stdout.write(f"  {vendor}: {json.dumps(credentials)}")
        self.stdout.write(f"Ids at the vendors (GoodDay's id of {timetable.HEAD_OFFICE}: {doors.office}):")
        for account, ids in doors.people.items():
            named = ", ".join(f"{vendor} {external_id}" for vendor, external_id in ids.items())
            self.stdout.write(f"  {account}@{people.DOMAIN}: {named}")
        self.stdout.write(
            f"  Connecteam clocks {vendors.CONNECTEAM_CLOCK} and {vendors.CONNECTEAM_JOB_CLOCK} (needs a job), "
            f"job {vendors.CONNECTEAM_JOB}, shift {vendors.CONNECTEAM_SHIFT}; Workly locations {', '.join(vendors.WORKLY_SITES)}"
        )
