"""Employment by its dates: ending it, what a status means for them, and what payroll pushes down in one statement."""

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from uuid import uuid4

import pytest

from hr.models import Employee, User
from hr.services import employee_batches, employees
from hr.tests import builders
from hr.tests.together import together
from peoplesync.core.models import ActivityLog
from peoplesync.kernel.errors import Invalid

# 02:00 on the 23rd in Jakarta
AT = datetime(2026, 11, 22, 19, 0, tzinfo=UTC)


def test_ending_employment_sets_the_day_and_leaves_the_user_alone(cast):
    row = employees.end(
        employee=cast.employee.employee, last_day=date(2026, 11, 30), reason="resigned", by=cast.hr, at=AT
    )
    assert (row.ended_on, row.end_reason, row.status) == (date(2026, 11, 30), "resigned", "active")
    assert User.objects.get(pk=cast.employee.pk).is_active
    entry = ActivityLog.objects.get(action="employee.employment_ended")
    assert entry.meta["last_day"] == "2026-11-30"


def test_a_last_day_in_the_past_makes_a_leaver_at_once_and_today_does_not(cast):
    row = cast.employee.employee
    assert employees.end(employee=row, last_day=date(2026, 11, 23), reason="", by=None, at=AT).status == "active"
    assert employees.end(employee=row, last_day=date(2026, 11, 22), reason="", by=None, at=AT).status == "terminated"


def test_employment_cannot_end_before_it_began(cast):
    with pytest.raises(Invalid) as refusal:
        employees.end(employee=cast.employee.employee, last_day=date(2019, 1, 1), reason="", by=None, at=AT)
    assert "last_day" in refusal.value.errors


def test_the_status_terminated_ends_employment_today_and_another_takes_it_back(cast):
    row = cast.employee.employee
    ended = employees.update(employee=row, changes={"status": "terminated"}, by=cast.hr, at=AT)
    assert ended.ended_on == date(2026, 11, 23)
    back = employees.update(employee=row, changes={"status": "active"}, by=cast.hr, at=AT)
    assert back.ended_on is None


def test_the_calendar_makes_leavers_of_those_whose_day_has_passed(cast):
    gone, today = cast.employee.employee, cast.colleague.employee
    Employee.objects.filter(pk=gone.pk).update(ended_on=date(2026, 11, 21))
    Employee.objects.filter(pk=today.pk).update(ended_on=date(2026, 11, 22))
    assert employee_batches.mark_ended(before=date(2026, 11, 22), at=AT) == 1
    gone.refresh_from_db()
    today.refresh_from_db()
    assert (gone.status, today.status) == ("terminated", "active")
    assert employee_batches.mark_ended(before=date(2026, 11, 22), at=AT) == 0


def test_payroll_pushes_payrolls_and_salaries_with_one_statement(cast, django_assert_num_queries):
    people = [cast.employee.employee, cast.manager.employee, cast.outsider.employee]
    Employee.objects.filter(pk=people[2].pk).update(current_salary=7)
    ids, payrolls = [row.pk for row in people], [uuid4() for _ in people]
    push = partial(
        employee_batches.set_latest_payroll,
        employee_ids=ids,
        payroll_ids=payrolls,
        salaries=[Decimal("1.50"), Decimal(2), None],
        at=AT,
    )
    with django_assert_num_queries(1):
        assert push() == 3
    found = [Employee.objects.get(pk=pk) for pk in ids]
    assert [row.latest_payroll_id for row in found] == payrolls
    assert [row.current_salary for row in found] == [Decimal("1.50"), Decimal(2), Decimal(7)]
    assert push() == 0


def test_lists_of_different_length_are_a_mistake_of_the_caller(db):
    with pytest.raises(ValueError, match="same length"):
        employee_batches.set_latest_payroll(employee_ids=[uuid4()], payroll_ids=[], salaries=[], at=AT)


@pytest.mark.django_db(transaction=True)
def test_two_runs_over_the_same_people_in_opposite_order_do_not_deadlock():
    ids = [builders.employee().pk for _ in range(50)]

    def push(order):
        return employee_batches.set_latest_payroll(
            employee_ids=order, payroll_ids=[uuid4() for _ in order], salaries=[None] * len(order), at=AT
        )

    for _ in range(5):
        assert together(partial(push, ids), partial(push, ids[::-1])) == [50, 50]
