"""The attendance app: registers what it adds to the apps below it once Django is ready."""

from django.apps import AppConfig

from peoplesync.core import append_only


class AttendanceConfig(AppConfig):
    name = "attendance"
    label = "attendance"

    def ready(self) -> None:
        from attendance.api import constraints
        from attendance.selectors import invariants, undecided
        from attendance.selectors.attendances import may_read_files  # models are ready now
        from attendance.services import corrections, hr_changes, overtime, sync
        from hr.services import approvals
        from hr.services.day_facts import day_facts_changed, day_locks_changed
        from hr.services.leaves import leave_changed
        from peoplesync.core.services import jobs, uploads

        constraints.translate()
        approvals.register(corrections.SUBJECT)
        approvals.register(overtime.SUBJECT)
        jobs.register(sync.KIND, sync.run)
        jobs.job_failed.register(sync.give_up)
        jobs.register(undecided.DAYS_JOB, hr_changes.run)
        jobs.register(hr_changes.MARKS_KIND, hr_changes.move_marks)
        day_facts_changed.register(hr_changes.days_changed)
        day_locks_changed.register(hr_changes.locks_changed)
        leave_changed.register(hr_changes.leave_changed)
        append_only.register(self.get_model("Punch"))
        uploads.register_reader("attendance", may_read_files)
        invariants.register()
