"""Checks that the house is well and says what to do where it is not."""

from __future__ import annotations

import json
from typing import Any

import psycopg
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, InterfaceError
from django.utils import timezone

from peoplesync.core import doctor
from peoplesync.core.doctor import Check, Finding


class Command(BaseCommand):
    help = "Check services, clock, migrations, logins, jobs, files and the invariants of every app. Changes nothing."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--only", action="append", metavar="CHECK", help="run this check only (may be repeated)")
        parser.add_argument("--json", action="store_true", help="print one JSON object for a monitor")

    def handle(self, *args: Any, **options: Any) -> None:
        chosen = self._chosen(options["only"])
        found = {name: self._run(check) for name, check in chosen.items()}
        problems = sum(finding.is_problem for findings in found.values() for finding in findings)
        if options["json"]:
            self.stdout.write(json.dumps({"problems": problems, "checks": _plain(found)}))
        else:
            self._tell(found)
        if problems:
            raise CommandError(f"{problems} problem{'s' if problems != 1 else ''} found.", returncode=1)

    def _chosen(self, only: list[str] | None) -> dict[str, Check]:
        known = doctor.checks()
        unknown = sorted(set(only or ()) - set(known))
        if unknown:
            raise CommandError(f"Unknown check: {', '.join(unknown)}. Known: {', '.join(known)}.", returncode=2)
        return {name: check for name, check in known.items() if not only or name in only}

    @staticmethod
    def _run(check: Check) -> list[Finding]:
        try:
            return check(timezone.now())
        except (DatabaseError, InterfaceError) as error:
            said = (str(error).splitlines() or [type(error).__name__])[0]
            return [Finding(f"could not be checked: {said}", _mend(error))]

    def _tell(self, found: dict[str, list[Finding]]) -> None:
        for name, findings in found.items():
            self.stdout.write(f"{'ok     ' if not findings else 'look at'} {name}")
            for finding in findings:
                mark = "problem" if finding.is_problem else "remark"
                self.stdout.write(f"        {mark}: {finding.what}. {finding.do}")


def _mend(error: Exception) -> str:
    """What helps against what the database refuses a check."""
    match error.__cause__:
        case psycopg.errors.UndefinedTable() | psycopg.errors.UndefinedColumn():
            return "The tables are those of another version. Run: manage.py migrate"
        case psycopg.errors.InsufficientPrivilege():
            return "This login lacks a right. Run with the owner's login: manage.py ensure_app_login"
    return "Mend the database first, then run this again."


def _plain(found: dict[str, list[Finding]]) -> dict[str, list[dict[str, Any]]]:
    return {
        name: [{"what": one.what, "do": one.do, "is_problem": one.is_problem} for one in findings]
        for name, findings in found.items()
    }
