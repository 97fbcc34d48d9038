"""What must be true before the system is served from this machine; `make run` calls it when something changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser


class Command(BaseCommand):
    help = "Migrate, make the limited login, collect static files; with --demo, fill an empty database with the demo."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--demo", action="store_true", help="load the demo organisation if nobody is in the database"
        )
        parser.add_argument("--report", type=Path, help="write what was found to this file, as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        self._say("Bringing the database up to date.")
        call_command("migrate", interactive=False, verbosity=0)
        if settings.APP_DATABASE_URL:
            call_command("ensure_app_login", verbosity=0)
        else:
            self.stderr.write(
                "APP_DATABASE_URL is not set: web and workers will use the owner's login. Never in production."
            )
        self._say("Collecting static files.")
        call_command("collectstatic", interactive=False, verbosity=0)
        if options["demo"]:
            self.load_demo()
        if options["report"]:
            options["report"].write_text(json.dumps({"has_demo": _has_demo()}))

    def load_demo(self) -> None:
        """Into an empty database; and again where an earlier load was cut short, which the mark in the home tells."""
        mark = settings.HOME / "demo-unfinished"
        if mark.exists() or not get_user_model()._default_manager.exists():
            self._say("Loading the demo organisation.")
            mark.touch()
            call_command("seed_demo", stdout=self.stdout)
            mark.unlink()

    def _say(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()


def _has_demo() -> bool:
    """Whether the demo's accounts are here, whoever loaded them."""
    return bool(get_user_model()._default_manager.filter(email="superadmin@demo.peoplesync.example").exists())
