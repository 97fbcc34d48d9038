"""The composition root as a Django app: loads Celery with Django, and names the staff admin site."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class PeopleSyncConfig(AppConfig):
    """Ties Celery to every Django process, so a service can start a task by name."""

    name = "peoplesync"
    label = "peoplesync"

    def ready(self) -> None:
        from peoplesync import celery  # Celery reads settings: only once Django has them
        from peoplesync.core import doctor
        from peoplesync.privacy import orders

        celery.app.set_default()
        doctor.register("ordered erasures", orders.check)


class StaffAdminConfig(AdminConfig):
    """Django's admin with our site: who may enter is the rights matrix's answer."""

    default_site = "peoplesync.core.staff.site.StaffSite"
