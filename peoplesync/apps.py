"""The composition root as a Django app: loads Celery with Django, and names the staff admin site."""

import gc
from typing import Any

from django.apps import AppConfig
from django.contrib.admin import autodiscover
from django.contrib.admin.apps import SimpleAdminConfig
from django.contrib.admin.checks import check_admin_app, check_dependencies
from django.core import checks

# From here on models and what stands on them are loaded, and all of it stays: walking it over and over to find what is
# free would take a sixth of the start.
gc.disable()


class PeopleSyncConfig(AppConfig):
    """Ties Celery to every Django process, so a service can start a task by name. The last app to become ready."""

    name = "peoplesync"
    label = "peoplesync"

    def ready(self) -> None:
        from peoplesync import celery  # Celery reads settings: only once Django has them
        from peoplesync.core import doctor
        from peoplesync.privacy import orders

        celery.app.set_default()
        doctor.register("ordered erasures", orders.check)
        gc.freeze()
        gc.enable()


class StaffAdminConfig(SimpleAdminConfig):
    """Django's admin with our site: who may enter is the rights matrix's answer.

    Its pages are loaded with the routes, so that workers and commands without routes start without them.
    """

    default_site = "peoplesync.core.staff.site.StaffSite"

    def ready(self) -> None:
        checks.register(check_dependencies, checks.Tags.admin)
        checks.register(_check_pages, checks.Tags.admin)


def _check_pages(app_configs: Any, **options: Any) -> list[checks.CheckMessage]:
    autodiscover()
    return check_admin_app(app_configs, **options)
