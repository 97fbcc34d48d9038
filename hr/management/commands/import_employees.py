"""Brings employees in from a CSV file: new ones are created, known ones updated by their number."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from hr.services import employee_csv, employee_intake, leave_endings
from hr.services.employee_intake import Report, Wish
from peoplesync.core import progress
from peoplesync.kernel.errors import PeopleSyncError

BAD_ROWS, UNREADABLE = 1, 2


class Command(BaseCommand):
    help = (
        "Create and update employees from a CSV file in UTF-8. Columns, in any order: "
        f"{', '.join(employee_csv.KNOWN)}. An empty cell leaves what is known of a person as it "
        "is; a new person is then active, and has nothing else there. Nothing is written if any row is bad, unless bad "
        "rows are to be skipped."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.csv")
        parser.add_argument("--skip-bad", action="store_true", help="write the good rows even if others are bad")
        parser.add_argument("--dry-run", action="store_true", help="say what would be done and write nothing")
        parser.add_argument(
            "--create-departments", action="store_true", help="create departments the file names and nobody knows"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        wish = Wish(options["skip_bad"], options["dry_run"], options["create_departments"])
        try:
            report = self._take_in(options["file"], wish)
        except OSError as error:
            raise CommandError(
                f"{options['file']} cannot be opened: {error.strerror}.", returncode=UNREADABLE
            ) from None
        except PeopleSyncError as refusal:
            raise CommandError(f"{refusal.message} Nothing was written.", returncode=UNREADABLE) from None
        self._tell(report, wish)

    def _take_in(self, path: Path, wish: Wish) -> Report:
        with (
            path.open("rb") as file,
            progress.bar("bytes", path.stat().st_size, stream=self.stderr) as advance,
        ):
            sheet = employee_csv.read(file, advance=advance)
            return employee_intake.take_in(sheet=sheet, wish=wish, by=None, at=timezone.now())

    def _tell(self, report: Report, wish: Wish) -> None:
        for line, why in report.troubles:
            self.stderr.write(f"line {line}: {why}")
        if report.bad_count > len(report.troubles):
            self.stderr.write(f"... and {report.bad_count - len(report.troubles)} more bad rows.")
        done = report.written
        counted = f"{done.created} created, {done.updated} updated, {done.unchanged} unchanged, {report.bad_count} bad"
        if report.department_count:
            made = report.department_count
            counted += f"; {made} department{'s' if made != 1 else ''} created"
        if report.bad_count and not wish.skip_bad:
            rows = "row is" if report.bad_count == 1 else "rows are"
            raise CommandError(
                f"{report.bad_count} {rows} bad. Nothing was written. Mend the file, or import with --skip-bad.",
                returncode=BAD_ROWS,
            )
        more = (leave_endings.said(done.leave_count), "" if report.is_kept else "Nothing was written.")
        self.stdout.write(" ".join(filter(None, (f"{counted}.", *more))))
