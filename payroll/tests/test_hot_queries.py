"""What a run asks per person is answered from her own payslips, however many others have."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.db import connection

from hr.models import Employee
from hr.tests import builders as people
from payroll.models import PayrollRun
from payroll.selectors import previous
from payroll.services import latest

pytestmark = pytest.mark.django_db
PEOPLE, CHUNK = 2000, 100

_PEOPLE = """
    INSERT INTO hr_employee (id, created_at, updated_at, employee_number, first_name, status, end_reason, timezone)
    SELECT md5('e' || n)::uuid, now(), now(), 'H-' || n, 'P', 'active', '', '' FROM generate_series(1, %s) n
"""
_PAYSLIPS = """
    INSERT INTO payroll_payroll (id, created_at, employee_id, run_id, period_year, period_month, kind, sequence, status,
        gross_amount, deduction_amount, net_amount, employer_amount, generated_at, is_outlier, warnings)
    SELECT gen_random_uuid(), now(), md5('e' || n)::uuid, run.id, 2025, run.period_month, 'regular', 1, 'posted', 1, 0, 1,
        0, now(), false, '[]'
    FROM generate_series(1, %s) n, payroll_payrollrun run
"""


@pytest.fixture
def chunk() -> list:
    """Half a year of payslips of two thousand people; a hundred of them."""
    people.setting()
    for month in range(1, 7):
        days = {"counted_first_on": date(2025, month, 1), "counted_last_on": date(2025, month, 25)}
        PayrollRun.objects.create(period_year=2025, period_month=month, **days)
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, [PEOPLE])
        cursor.execute(_PAYSLIPS, [PEOPLE])
        cursor.execute("ANALYZE hr_employee; ANALYZE payroll_payroll")
    return list(Employee.objects.order_by("pk").values_list("pk", flat=True)[:CHUNK])


def pages_read(sql: str, parameters: list) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", parameters)
        found = cursor.fetchone()[0]
    plan = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
    return int(plan["Shared Hit Blocks"]) + int(plan["Shared Read Blocks"])


def test_the_payslip_before_and_the_newest_one_read_a_few_pages_per_person(chunk):
    asked = {
        "before": (previous._ITEMS, [chunk, "regular", 2025 * 12 + 7]),
        "newest": (latest._NEWEST, [date(2025, 7, 1), chunk]),
    }
    for name, (sql, parameters) in asked.items():
        assert pages_read(sql, parameters) <= 12 * CHUNK, name
