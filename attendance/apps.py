"""The attendance app: registers what it adds to the apps below it once Django is ready."""

from django.apps import AppConfig

from peoplesync.core import append_only


class AttendanceConfig(AppConfig):
    name = "attendance"
    label = "attendance"

    def ready(self) -> None:
        append_only.register(self.get_model("Punch"))
