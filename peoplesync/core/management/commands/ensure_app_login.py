"""Makes the limited database login that web, worker and beat use, and refreshes its grants."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from peoplesync.core.services import app_login
from peoplesync.kernel.errors import Invalid


class Command(BaseCommand):
    help = "Create the limited login of APP_DATABASE_URL and refresh its grants. Run it as the owner; safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            user, password = app_login.credentials()
        except Invalid as refusal:
            raise CommandError(refusal.message) from refusal
        app_login.ensure(user=user, password=password)
        self.stdout.write(f"The login {user} is ready.")
