"""Writes a person's own data as one JSON file, for her and nobody else. It may be run again at any time."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.core.management.base import CommandParser
from django.utils import timezone

from peoplesync.core.api.json import ExactJSONRenderer
from peoplesync.kernel.errors import PeopleSyncError
from peoplesync.privacy import export


class Command(BaseCommand):
    help = "Write everything kept about an employee as one JSON file, readable by nobody but you. It is logged."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", metavar="NUMBER", help="the employee's number")
        parser.add_argument("--output", required=True, metavar="FILE", help="where to write; replaced when it exists")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            document = export.of_person(number=options["number"], at=timezone.now())
        except PeopleSyncError as refusal:
            raise CommandError(refusal.message) from None
        target = Path(options["output"])
        try:
            _write(target, ExactJSONRenderer().render(document))
        except OSError as error:
            raise CommandError(f"{target} cannot be written: {error.strerror}. Choose another place.") from None
        self.stdout.write(f"Wrote {target}.")


def _write(target: Path, content: bytes) -> None:
    """Beside the target first, so a run that is cut short leaves no half file; only the owner may read it."""
    beside = target.with_name(f"{target.name}.part")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
    beside.replace(target)
