"""The demo's pay: last month is posted by two people, and everybody's salary is a pay rate."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hr.models import Employee
from payroll.models import PayRate, Payroll, PayrollItem, PayrollRun, SalaryComponent
from payroll.selectors import chain
from peoplesync.demo import people
from peoplesync.tests.demo import demo, seed, seeded

__all__ = ["demo", "seeded"]


def test_last_month_is_posted_by_another_person_than_who_started_it(demo):
    run = PayrollRun.objects.get()
    assert (run.period_year, run.period_month, run.status) == (2026, 10, "posted")
    assert run.created_by.email == "payroll@demo.peoplesync.example"
    assert run.posted_by.email == "superadmin@demo.peoplesync.example"
    assert (run.payroll_count, run.refused_count, run.outlier_count) == (39, 0, 0)
    assert chain.breaks() == []


def test_the_employee_has_a_payslip_with_salary_allowances_and_deduction(demo):
    payslip = Payroll.objects.get(employee_id=people.employee_id(5))
    names = set(payslip.items.values_list("component__name", flat=True))
    assert {"Basic Salary", "Transport allowance", "Meal allowance", "Employee cooperative"} <= names
    assert payslip.net_amount == payslip.gross_amount - Decimal(100_000)
    assert Employee.objects.get(pk=payslip.employee_id).latest_payroll_id == payslip.pk


def test_unpaid_leave_costs(demo):
    payslip = Payroll.objects.get(employee_id=people.employee_id(7))
    assert payslip.items.get(component__code="basic").amount < payslip.employee.current_salary


def test_rupiah_are_paid_whole(demo):
    fractions = [item for item in PayrollItem.objects.all() if item.amount % 1]
    assert fractions == []


def test_everybody_has_the_pay_rate_of_her_salary(demo):
    rates = dict(PayRate.objects.values_list("employee_id", "amount"))
    assert rates == dict(Employee.objects.values_list("pk", "current_salary"))
    assert SalaryComponent.objects.filter(type="deduction").exists()


@pytest.mark.django_db
def test_a_large_demo_leaves_its_payroll_to_be_run():
    seed(employees=70, months=1)
    assert PayrollRun.objects.get().payroll_count <= people.CORE
    assert PayRate.objects.count() == 70
