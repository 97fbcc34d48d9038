"""Brings the ids in that an organisation's devices hold already, from a CSV file. Safe to run again."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from attendance.services import vendor_id_import
from attendance.services.vendor_id_import import Report
from peoplesync.core import progress
from peoplesync.kernel.errors import PeopleSyncError

BAD_ROWS, UNREADABLE = 1, 2


class Command(BaseCommand):
    help = (
        "Set the ids under which a vendor's clients know people, places and jobs, from a CSV file in UTF-8 with the "
        f"columns {', '.join(vendor_id_import.COLUMNS)}. A record is an employee's number, or a name. Nothing is written "
        "if any row is bad."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.csv")
        parser.add_argument("--dry-run", action="store_true", help="say what would be set and write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        path = options["file"]
        try:
            with path.open("rb") as file, progress.bar("ids", path.stat().st_size, stream=self.stderr) as advance:
                report = vendor_id_import.take_in(
                    file=file, by=None, at=timezone.now(), is_dry_run=options["dry_run"], advance=advance
                )
        except OSError as error:
            raise CommandError(f"{path} cannot be opened: {error.strerror}.", returncode=UNREADABLE) from None
        except PeopleSyncError as refusal:
            raise CommandError(f"{refusal.message} Nothing was written.", returncode=UNREADABLE) from None
        self._tell(report)
        ending = " Nothing was written." if options["dry_run"] else ""
        self.stdout.write(f"{report.changed_count} set, {report.known_count} known.{ending}")

    def _tell(self, report: Report) -> None:
        for line, why in report.troubles:
            self.stderr.write(f"line {line}: {why}")
        if report.bad_count > len(report.troubles):
            self.stderr.write(f"... and {report.bad_count - len(report.troubles)} more bad rows.")
        if report.bad_count:
            raise CommandError(f"{report.bad_count} bad. Nothing was written. Mend the file.", returncode=BAD_ROWS)
