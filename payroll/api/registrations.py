"""What payroll tells the apps below once Django is ready: hooks, the job that computes, and what `include` adds."""

from __future__ import annotations

from rest_framework import serializers

from hr.selectors.employees import register_own_payslips
from hr.services import employee_import, employees
from payroll.api import payrolls
from payroll.selectors import invariants, newest
from payroll.services import generation, imported_salaries, rates, runs
from peoplesync.core.api import includes
from peoplesync.core.services import jobs


def register() -> None:
    """Called from `PayrollConfig.ready`."""
    invariants.register()
    jobs.register(runs.JOB_KIND, generation.handle)
    jobs.job_failed.register(runs.mark_failed)
    register_own_payslips(newest.own)
    employees.salary_changed.register(rates.follow_salary)
    employee_import.salaries_set.register(imported_salaries.follow)
    includes.register("employees", "latest_payroll", payrolls.expand_latest_payroll, shape=payrolls.PayrollSerializer)
    includes.register(
        payrolls.RESOURCE, "explanation", payrolls.expand_explanation, shape=serializers.CharField, is_list=True
    )
