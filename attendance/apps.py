"""The attendance app: registers what it adds to the apps below it once Django is ready."""

from django.apps import AppConfig

from peoplesync.core import append_only


class AttendanceConfig(AppConfig):
    name = "attendance"
    label = "attendance"

    def ready(self) -> None:
        from attendance.selectors.attendances import may_read_files  # models are ready now
        from attendance.services import sync
        from peoplesync.core.services import jobs, uploads

        jobs.register(sync.KIND, sync.run)
        append_only.register(self.get_model("Punch"))
        uploads.register_reader("attendance", may_read_files)
