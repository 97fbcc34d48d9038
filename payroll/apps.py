"""The payroll app: registers what it adds to the apps below it once Django is ready."""

from django.apps import AppConfig


class PayrollConfig(AppConfig):
    name = "payroll"
    label = "payroll"

    def ready(self) -> None:
        from payroll.api import changes, constraints, registrations  # these need the models, which exist only now
        from payroll.models import Manifest, ManifestEntry, Payment
        from peoplesync.core import append_only

        append_only.register(Manifest, ManifestEntry, Payment)
        changes.register_feeds()
        constraints.translate()
        registrations.register()
