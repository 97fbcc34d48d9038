"""Who may approve and post a run: another person than started it, and not only for herself."""

from __future__ import annotations

import pytest
from django.utils import timezone

from hr.tests import builders as people
from payroll.services import runs
from payroll.tests import builders
from peoplesync.core.models import ActivityLog

pytestmark = pytest.mark.django_db


def act(client, run, name, body=None):
    return client.post(f"/api/v1/payroll_runs/{run.pk}/{name}", body or {})


def test_who_started_a_run_neither_approves_nor_posts_it(cast, client_of):
    builders.rate(cast.employee.employee)
    run = builders.computed(by=cast.payroll)
    assert act(client_of(cast.payroll), run, "approve", {"acknowledgement": "Mine"}).status_code == 403
    runs.approve(run=run, acknowledgement="Agreed", by=cast.superadmin, at=timezone.now())
    assert act(client_of(cast.payroll), run, "post").status_code == 403
    assert act(client_of(cast.superadmin), run, "post").status_code == 200


def test_nobody_approves_a_run_that_pays_only_herself(cast, client_of):
    builders.rate(cast.payroll.employee)
    run = builders.computed(by=cast.hr)
    assert act(client_of(cast.payroll), run, "approve").status_code == 403


def test_an_organisation_with_one_person_for_payroll_may_switch_the_second_off_and_it_is_logged(cast, client_of):
    people.setting(payroll_needs_second_person=False)
    builders.rate(cast.employee.employee)
    run = builders.computed(by=cast.payroll, employee_ids=[cast.employee.employee_id])
    assert act(client_of(cast.payroll), run, "approve").status_code == 200
    assert ActivityLog.objects.get(action="payroll_run.approved").meta["second_person"] is False


def test_a_run_that_is_still_computed_is_not_ready(cast, client_of):
    run, _ = runs.generate(year=2025, month=11, by=cast.hr, at=timezone.now())
    path = f"/api/v1/payroll_runs/{run.pk}/readiness"
    assert client_of(cast.payroll).get(path).json()["is_ready"] is False
