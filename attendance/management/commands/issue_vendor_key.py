"""Makes a key for one of the foreign clocking APIs and prints it once; lists, rotates and revokes those there are."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from attendance.models.vendor_id import IdKind
from attendance.models.vendor_key import Vendor, VendorKey
from attendance.selectors import vendor_rows
from attendance.services import vendor_keys
from hr.models import Employee
from peoplesync.kernel.errors import PeopleSyncError

_SCOPES = {"department": IdKind.DEPARTMENT, "employee": IdKind.PERSON, "site": IdKind.SITE}


class Command(BaseCommand):
    help = (
        "Make a new key of a vendor's clocking API. The secrets are shown this once; only hashes are kept. With --list, "
        "--rotate or --revoke, look at the vendor's keys, replace the secrets of one, or end one at once."
    )

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
        instead = parser.add_mutually_exclusive_group()
        instead.add_argument("--list", action="store_true", help="list this vendor's keys and when they were last used")
        instead.add_argument("--rotate", metavar="KEY", help="replace the secrets of the key with this client id")
        instead.add_argument("--revoke", metavar="KEY", help="end the key with this client id, and its tokens, at once")

    def handle(self, *args: Any, **options: Any) -> None:
        vendor, now = options["vendor"], timezone.now()
        try:
            if options["list"]:
                self._list(vendor)
            elif options["revoke"]:
                key = self._key(vendor, options["revoke"])
                vendor_keys.revoke(key=key, by=None, at=now)
                self.stdout.write(f"{key} is revoked, with every token made from it.")
            elif options["rotate"]:
                key = self._key(vendor, options["rotate"])
                self._show(vendor_keys.rotate(key=key, by=None, at=now), is_json=options["json"])
            else:
                self._show(self._issued(options, now), is_json=options["json"])
        except PeopleSyncError as refusal:
            said = next((text for field in refusal.errors.values() for text in field), refusal.message)
            raise CommandError(said) from None

    def _issued(self, options: dict[str, Any], now: datetime) -> vendor_keys.Issued:
        number = options["employee"]
        return vendor_keys.issue(
            vendor=options["vendor"],
            name=options["name"] or "made at a terminal",
            by=None,
            at=now,
            employee=Employee.objects.get(pk=vendor_rows.one(IdKind.PERSON, number)) if number else None,
            scope=self._scope(options["scope"]),
        )

    @staticmethod
    def _scope(named: list[str]) -> vendor_keys.Scope:
        found: dict[str, list[Any]] = {kind: [] for kind in _SCOPES}
        for one in named:
            kind, _, name = one.partition(":")
            if kind not in _SCOPES:
                raise CommandError(f"--scope takes department:NAME, employee:NUMBER or site:NAME, not {one!r}.")
            found[kind].append(vendor_rows.one(_SCOPES[kind], name))
        return vendor_keys.Scope(tuple(found["employee"]), tuple(found["department"]), tuple(found["site"]))

    @staticmethod
    def _key(vendor: str, client_id: str) -> VendorKey:
        key = VendorKey.objects.filter(vendor=vendor, client_id=client_id).first()
        if key is None:
            raise CommandError(f"There is no {vendor} key {client_id!r}. See them with --list.")
        return key

    def _show(self, issued: vendor_keys.Issued, *, is_json: bool) -> None:
        if is_json:
            self.stdout.write(json.dumps(issued.credentials()))
            return
        self.stdout.write(f"Key {issued.key.client_id}. Keep these now; they cannot be shown again:")
        for name, value in issued.credentials().items():
            self.stdout.write(f"  {name}: {value}")

    def _list(self, vendor: str) -> None:
        self.stdout.write("key                       state    last used             ends  name")
        for key in VendorKey.objects.filter(vendor=vendor).order_by("-created_at"):
            used = f"{key.last_used_at:%Y-%m-%d %H:%M} UTC" if key.last_used_at else "never"
            state = "revoked" if key.revoked_at else "live"
            self.stdout.write(f"{key.client_id:24}  {state:7}  {used:20}  {key.hint:4}  {key.name}")
