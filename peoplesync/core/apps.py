"""Core's app: its append-only tables, its deployment checks, and grants that follow migrations."""

from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate
from django.urls import register_converter


class CoreConfig(AppConfig):
    name = "peoplesync.core"
    label = "core"
    verbose_name = "System"

    def ready(self) -> None:
        from peoplesync.core import append_only, checks, silence  # noqa: F401 importing registers checks; models are ready
        from peoplesync.core.api import paths
        from peoplesync.core.models import ActivityLog
        from peoplesync.core.selectors import invariants

        append_only.register(ActivityLog)
        register_converter(paths.IdConverter, "id")  # before any route is read
        invariants.register()
        connection_created.connect(silence.look_up, dispatch_uid="core.look_up")
        post_migrate.connect(_refresh_grants, sender=self, dispatch_uid="core.refresh_grants")


def _refresh_grants(sender: Any, **_: Any) -> None:
    """New tables become usable by the application login as soon as they exist."""
    if not settings.APP_DATABASE_URL:
        return
    from peoplesync.core.services import app_login

    app_login.refresh_grants(user=app_login.credentials()[0])
