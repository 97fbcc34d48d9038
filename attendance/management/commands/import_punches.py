"""Brings punches of terminals in from a CSV file. Safe to run again: a punch that is known makes no second one."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from attendance.services import punch_csv, punch_import
from attendance.services.punch_import import Report
from peoplesync.core import progress
from peoplesync.kernel.errors import PeopleSyncError

BAD_ROWS, UNREADABLE = 1, 2


class Command(BaseCommand):
    help = (
        f"Record a terminal's punches from a CSV file in UTF-8 with the columns {', '.join(punch_csv.KNOWN)}. Times "
        "without a zone are the employee's own wall clock. Without kinds a day is from the first punch to the last. "
        "Nothing is written if a row cannot be read, unless such rows are to be skipped."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.csv")
        parser.add_argument(
            "--skip-bad", action="store_true", help="record the good rows even if others cannot be read"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would be recorded and write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        report = self._read(options["file"], "checking", punch_import.check)
        must_stop = report.bad_count > 0 and not options["skip_bad"]
        if not (options["dry_run"] or must_stop):
            report = self._read(options["file"], "recording", punch_import.take_in)
        self._tell(report)
        counted = f"{report.new_count} new, {report.known_count} known, {report.bad_count} bad."
        if options["dry_run"] or must_stop:
            counted += " Nothing was written."
        if report.bad_count:
            raise CommandError(f"{counted} Mend the rows, or import with --skip-bad.", returncode=BAD_ROWS)
        self.stdout.write(counted)

    def _read(self, path: Path, label: str, act: Any) -> Report:
        try:
            with path.open("rb") as file, progress.bar(label, path.stat().st_size, stream=self.stderr) as advance:
                return act(file=file, at=timezone.now(), advance=advance)
        except OSError as error:
            raise CommandError(f"{path} cannot be opened: {error.strerror}.", returncode=UNREADABLE) from None
        except PeopleSyncError as refusal:
            raise CommandError(f"{refusal.message}", returncode=UNREADABLE) from None

    def _tell(self, report: Report) -> None:
        for line, why in report.troubles:
            self.stderr.write(f"line {line}: {why}")
        if report.bad_count > len(report.troubles):
            self.stderr.write(f"... and {report.bad_count - len(report.troubles)} more bad rows.")
