"""Every list costs the same statements however many rows it shows, with everything included that can be."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hr.models import Department, User
from hr.tests import builders
from payroll.models import PayrollRun
from peoplesync.core.api import includes
from peoplesync.core.models import Notification
from peoplesync.tests.cast import Cast
from peoplesync.tests.routes import ROWS, Maker

#: Statements of one page besides what is included: who asks, the count, the rows, what belongs to them, who read whose pay.
MOST = 7


def notification(cast: Cast, owner: User) -> Any:
    return Notification.objects.create(user=cast.superadmin, title="Hello", message=f"From {owner}").pk


def department(cast: Cast, owner: User) -> Any:
    return builders.department(f"Team of {owner.email}", parent=cast.engineering).pk


def employee(cast: Cast, owner: User) -> Any:
    row: Department = builders.department(f"Team of {owner.email}", parent=cast.engineering)
    person = builders.employee("Nina", department=row)
    type(person).objects.filter(pk=person.pk).update(current_salary=1)
    return person.pk


def role(cast: Cast, owner: User) -> Any:
    return builders.role(f"role of {owner.email}").pk


def user(cast: Cast, owner: User) -> Any:
    return builders.user(f"second-{owner.email}", employee=builders.employee("Nina")).pk


def payroll_run(cast: Cast, owner: User) -> Any:
    window = {"counted_first_on": date(2025, 10, 26), "counted_last_on": date(2025, 11, 25)}
    return PayrollRun.objects.create(period_year=2025, period_month=11, created_by=owner, **window).pk


MAKERS: dict[str, Maker] = {
    **{path.split("/")[0]: row.make for path, row in ROWS.items() if path.endswith("/<id:id>") and row.make},
    "departments": department,
    "employees": employee,
    "roles": role,
    "users": user,
    "notifications": notification,
    "payroll_runs": payroll_run,
    "period_locks": ROWS["period_locks/<id:id>/release"].make,
    "exceptions": ROWS["exceptions/<id:id>/resolve"].make,
}


@pytest.mark.django_db
@pytest.mark.parametrize("path", sorted(MAKERS))
def test_a_list_costs_the_same_however_long_it_is(cast: Cast, client_of: Any, path: str):
    client, known = client_of(cast.superadmin), includes.names(ROWS[path].resource)
    address = f"/api/v1/{path}?per_page=100&include={','.join(known)}"

    def cost() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as found:
            answer = client.get(address)
        return answer.json()["meta"]["total"], len(found)

    for owner in (cast.employee, cast.colleague):
        MAKERS[path](cast, owner)
    few, spent = cost()
    for owner in (cast.outsider, cast.manager, cast.hr, cast.payroll, cast.auditor):
        MAKERS[path](cast, owner)
    assert cost() == (few + 5, spent)
    assert spent <= MOST + 2 * len(known)
