"""The payroll app: registers what it adds to the apps below it once Django is ready."""

from django.apps import AppConfig


class PayrollConfig(AppConfig):
    name = "payroll"
    label = "payroll"

    def ready(self) -> None:
        from hr.selectors.employees import register_own_payslips  # these need the models, which exist only now
        from hr.services import employee_import, employees
        from payroll.api import constraints
        from payroll.models import Manifest, ManifestEntry, Payment
        from payroll.selectors import invariants, newest
        from payroll.services import generation, imported_salaries, rates, runs
        from peoplesync.core import append_only
        from peoplesync.core.services import jobs

        append_only.register(Manifest, ManifestEntry, Payment)
        constraints.translate()
        invariants.register()
        jobs.register(runs.JOB_KIND, generation.handle)
        jobs.job_failed.register(runs.mark_failed)
        register_own_payslips(newest.own)
        employees.salary_changed.register(rates.follow_salary)
        employee_import.salaries_set.register(imported_salaries.follow)
