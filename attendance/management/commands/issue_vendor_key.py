"""Makes a key for one of the foreign clocking APIs and prints it once."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from attendance.models.vendor_key import Vendor
from attendance.services import vendor_keys
from hr.models import Department, Employee, WorkSite

_SCOPES: dict[str, tuple[Any, str]] = {
    "department": (Department, "name"),
    "employee": (Employee, "employee_number"),
    "site": (WorkSite, "name"),
}


class Command(BaseCommand):
    help = "Make a new key of a vendor's clocking API. The secrets are shown this once; only hashes are kept."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("vendor", choices=Vendor.values)
        parser.add_argument("--name", default="", help="what the key is for, as the admin lists it")
        parser.add_argument("--employee", metavar="NUMBER", help="the key stands for this employee alone")
        parser.add_argument(
            "--scope",
            action="append",
            default=[],
            metavar="KIND:NAME",
            help="limit the key to department:NAME, employee:NUMBER or site:NAME (may be repeated); without it, everybody",
        )
        parser.add_argument(
            "--json", action="store_true", help="print one JSON object with exactly what a client needs"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        employee = self._row("employee", options["employee"]) if options["employee"] else None
        issued = vendor_keys.issue(
            vendor=options["vendor"],
            name=options["name"] or "made at a terminal",
            by=None,
            at=timezone.now(),
            employee=employee,
            scope=self._scope(options["scope"]),
        )
        if options["json"]:
            self.stdout.write(json.dumps(issued.credentials()))
            return
        self.stdout.write("Keep these now; they cannot be shown again:")
        for name, value in issued.credentials().items():
            self.stdout.write(f"  {name}: {value}")

    def _scope(self, named: list[str]) -> vendor_keys.Scope:
        found: dict[str, list[Any]] = {kind: [] for kind in _SCOPES}
        for one in named:
            kind, _, name = one.partition(":")
            if kind not in _SCOPES:
                raise CommandError(f"--scope takes department:NAME, employee:NUMBER or site:NAME, not {one!r}.")
            found[kind].append(self._row(kind, name).pk)
        return vendor_keys.Scope(tuple(found["employee"]), tuple(found["department"]), tuple(found["site"]))

    @staticmethod
    def _row(kind: str, name: str) -> Any:
        model, field = _SCOPES[kind]
        rows = list(model.objects.alive().filter(**{field: name})[:2])
        if len(rows) != 1:
            raise CommandError(f"There is {'no' if not rows else 'more than one'} {kind} {name!r}.")
        return rows[0]
