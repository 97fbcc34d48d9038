"""The demo's accounts: who signs in as what, and that seeding again leaves them alone."""

from __future__ import annotations

import pytest

from hr.models import Employee, User
from peoplesync.core import doctor
from peoplesync.demo import people
from peoplesync.tests.demo import AT, demo, rows, said, seeded

__all__ = ["demo", "seeded"]


@pytest.mark.parametrize("account", people.ACCOUNTS, ids=lambda account: account.name)
def test_each_account_signs_in_with_its_role(account, client, demo):
    credentials = {"email": f"{account.name}@demo.peoplesync.example", "password": "peoplesync-demo"}
    answer = client.post("/api/v1/auth/login", credentials, content_type="application/json")
    assert answer.status_code == 200
    user = User.objects.get(email=credentials["email"])
    assert user.role_names == {"employee", account.role.value}


def test_the_manager_manages_the_employee_who_has_been_here_since_2015(demo):
    manager = User.objects.get(email="manager@demo.peoplesync.example")
    employee = User.objects.get(email="employee@demo.peoplesync.example").employee
    assert employee.hired_at.year == 2015
    assert Employee.objects.visible_to(manager).filter(pk=employee.pk).exists()
    assert employee.department_id == manager.department_id


def test_seeding_again_changes_nothing(demo):
    before = rows("hr_employee", "hr_user", "core_activitylog")
    assert "Nothing was changed" in said()
    assert rows("hr_employee", "hr_user", "core_activitylog") == before


def test_the_doctor_finds_no_contradiction_in_the_demo(demo):
    outside = {"services", "workers", "jobs", "files", "database logins", "clock", "migrations"}
    found = {name: check(AT) for name, check in doctor.checks().items() if name not in outside}
    assert len(found) > 10
    problems = {name: [finding.what for finding in findings if finding.is_problem] for name, findings in found.items()}
    assert {name: whats for name, whats in problems.items() if whats} == {}
