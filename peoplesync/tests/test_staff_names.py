"""Logs in the admin speak of people and things by their names, for who may see them, and cost the same however many."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from hr.models import Department, Employee
from hr.services import approvals, employees
from hr.tests import builders, timetable
from peoplesync.core.models import ActivityLog, Job
from peoplesync.core.services import activity, notifications

LOG = "/admin/core/activitylog/"
MESSAGES = "/admin/core/notification/"


def _entry(cast: Any, employee: Employee, **meta: Any) -> ActivityLog:
    leave = timetable.leave(employee, date(2026, 12, 1), date(2026, 12, 2))
    activity.record(
        action="leave.created",
        resource_type="leave",
        resource_id=leave.pk,
        by=cast.hr,
        meta={"employee_id": str(employee.pk), **meta},
    )
    return ActivityLog.objects.get(resource_id=leave.pk)


def test_an_entry_names_what_it_is_about_and_whom_its_details_mean(cast, staff):
    person = cast.employee.employee
    entry = _entry(cast, person, is_retro=True, kinds=["annual", "sick"])
    hana = staff(cast.hr)
    listed = hana.get(LOG).content.decode()
    assert f"leave {person}, " in listed
    for said in (f"employee: {person}", "is retro: yes", "kinds: annual, sick"):
        assert said in listed
    page = hana.get(reverse("admin:core_activitylog_change", args=[entry.pk])).content.decode()
    assert reverse("admin:hr_leave_change", args=[entry.resource_id]) in page
    assert reverse("admin:hr_employee_change", args=[person.pk]) in page


def _asked(person, by):
    leave = timetable.leave(person, date(2026, 12, 1), date(2026, 12, 2), status="pending")
    asked = approvals.request(kind="leave", subject_id=leave.pk, employee_id=person.pk, by=by, at=by.created_at)
    return reverse("admin:hr_leave_change", args=[leave.pk]), f"approval:{asked.pk}:approved"


def test_a_message_leads_to_what_it_is_about_where_its_reader_may_open_that(cast, staff):
    mona = cast.manager
    hers, told = _asked(cast.employee.employee, cast.employee)
    foreign, told_by_mistake = _asked(cast.outsider.employee, cast.outsider)
    waiting = {uuid4(): cast.employee.employee_id}
    approvals.request_many(kind="overtime", subjects=waiting, noun="hours", by=None, at=mona.created_at)
    job = Job.objects.create(pk="job_att_sync_1", kind="attendance.sync", user=mona)
    for key in (told, told_by_mistake, f"exceptions:late:2026-11-20:{uuid4()}", f"sync:{job.pk}", "sync:", "odd:1"):
        notifications.send(user_ids=[mona.pk], title=key, message="Look", at=mona.created_at, event_key=key)
    page = staff(mona).get(MESSAGES)
    links = re.findall(r'class="ps-link" href="([^"]+)"', page.content.decode())
    inbox = reverse("admin:hr_approvalrequest_changelist") + "?status__exact=pending&amp;kind=overtime"
    late = reverse("admin:attendance_dayexception_changelist") + "?kind=late&amp;since=2026-11-20"
    assert sorted(links) == sorted([hers, hers, inbox, late, reverse("admin:core_job_change", args=[job.pk])])
    for row in page.context["cl"].result_list:
        shown = staff(mona).get(reverse("admin:core_notification_change", args=[row.pk])).content.decode()
        assert (hers in shown) is (row.event_key or "").startswith(told.rpartition(":")[0])
        assert (">About</h2>" in shown) is any(link in shown for link in links)
        assert foreign not in shown


def test_messages_cost_the_same_for_few_and_for_many(cast, staff):
    def statements() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert staff(cast.manager).get(MESSAGES).status_code == 200
        return len(seen)

    _asked(cast.employee.employee, cast.employee)
    few = statements()
    for number in range(5):
        _asked(builders.employee(f"Person{number}", department=cast.engineering), cast.employee)
    assert statements() == few


def test_what_is_gone_stays_an_id(cast, staff):
    person = builders.employee("Gone")
    entry = _entry(cast, person)
    Employee.objects.filter(pk=person.pk).update(deleted_at=cast.hr.created_at)
    page = staff(cast.hr).get(reverse("admin:core_activitylog_change", args=[entry.pk])).content.decode()
    assert str(person.pk) in page
    assert reverse("admin:hr_employee_change", args=[person.pk]) not in page


def test_the_log_costs_the_same_for_few_entries_and_for_many(cast, staff):
    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert staff(cast.hr).get(LOG).status_code == 200
        return len(asked)

    _entry(cast, builders.employee("First"))
    few = statements()
    for number in range(20):
        _entry(cast, builders.employee(f"Person{number}"))
    assert statements() == few


def test_history_names_the_departments_somebody_moved_between(cast, staff):
    person = cast.employee.employee
    left, joined = person.department, Department.objects.exclude(pk=person.department_id).first()
    employees.update(employee=person, changes={"department_id": joined.pk}, by=cast.hr, at=cast.hr.created_at)
    page = staff(cast.hr).get(reverse("admin:hr_employee_history", args=[person.pk])).content.decode()
    assert left.name in page and joined.name in page
    assert str(joined.pk) not in page.replace(reverse("admin:hr_department_change", args=[joined.pk]), "")


def test_a_list_of_ids_is_a_list_of_names(cast, staff):
    both = [builders.employee("First"), builders.employee("Second")]
    _entry(cast, both[0], employee_ids=[str(one.pk) for one in both])
    assert f"{both[0]}, {both[1]}" in staff(cast.hr).get(LOG).content.decode()


@pytest.mark.parametrize("value", ["", "none", None, 5])
def test_a_detail_that_is_no_id_is_shown_as_it_is(cast, staff, value):
    _entry(cast, builders.employee("Odd"), department_id=value, external_id="5f2b")
    listed = staff(cast.hr).get(LOG).content.decode()
    assert f"department: {value or '–'}" in listed
    assert "external id: 5f2b" in listed


def test_history_tells_only_fields_that_were_given_something(cast, staff):
    person = employees.hire(employee_number="T-1", first_name="New", by=cast.hr, at=cast.hr.created_at)
    page = staff(cast.hr).get(reverse("admin:hr_employee_history", args=[person.pk]))
    fields = {field for change in page.context["changes"] for field, _, _ in change["lines"]}
    assert {"First name", "Employee number"} <= fields
    assert not {"End reason", "Timezone", "Latest payroll id"} & fields
