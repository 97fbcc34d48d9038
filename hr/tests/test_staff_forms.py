"""Forms of the admin write through services: they are logged, refusals stand beside the field, history remembers who."""

from __future__ import annotations

import re
from datetime import date, time

import pytest
from django.contrib.admin import helpers
from django.urls import reverse
from unfold import forms as plain

from hr.models import Department, Employee, Holiday, LeaveType, PeriodLock, Schedule, Setting, User, WorkSite
from hr.services.day_facts import day_facts_changed
from hr.tests import builders, timetable
from hr.tests.builders import PASSWORD
from peoplesync.core.models import ActivityLog
from peoplesync.kernel.roles import RoleName


def _acts(user):
    return set(ActivityLog.objects.filter(user=user).values_list("action", flat=True))


def _errors(answer):
    return str(answer.context["adminform"].form.errors)


def test_hr_hires_somebody_and_the_service_logs_it(cast, staff):
    form = {
        "employee_number": "E-900",
        "first_name": "Nia",
        "department": cast.sales.pk,
        "hired_at": "2026-12-01",
        "status": "active",
    }
    answer = staff(cast.hr).post("/admin/hr/employee/add/", form)
    assert answer.status_code == 302, _errors(answer)
    made = Employee.objects.get(employee_number="E-900")
    assert (made.first_name, made.department, made.hired_at) == ("Nia", cast.sales, date(2026, 12, 1))
    assert "employee.created" in _acts(cast.hr)


def test_a_missing_first_day_is_entered_once_and_the_days_before_it_are_computed_again(cast, staff, monkeypatch):
    heard = []
    monkeypatch.setattr(day_facts_changed, "_functions", [lambda *call: heard.append(call)])
    person = builders.employee("Nia", hired_at=None)
    page = reverse("admin:hr_employee_change", args=[person.pk])
    form = {"first_name": "Nia", "status": "active"}
    for day in ("2026-11-02", "2020-01-01"):
        assert staff(cast.hr).post(page, {**form, "hired_at": day}).status_code == 302
    person.refresh_from_db()
    assert person.hired_at == date(2026, 11, 2)
    assert heard == [([person.pk], date.min, date(2026, 11, 1))]


def test_a_taken_number_is_said_beside_the_form(cast, staff):
    taken = cast.employee.employee.employee_number
    answer = staff(cast.hr).post(
        "/admin/hr/employee/add/", {"employee_number": taken, "first_name": "Nia", "status": "active"}
    )
    assert answer.status_code == 200
    assert "exists already" in _errors(answer)


def test_a_change_keeps_what_was_not_on_the_form_and_its_history_names_her_who_made_it(cast, staff):
    person = cast.employee.employee
    person.current_salary = 5_000_000
    person.save()
    hana = staff(cast.hr)
    page = reverse("admin:hr_employee_change", args=[person.pk])
    form = {"first_name": "Emma", "email": person.email, "department": person.department_id, "status": "active"}
    assert hana.post(page, {**form, "current_salary": "1", "employee_number": "HACKED"}).status_code == 302
    person.refresh_from_db()
    assert (person.first_name, person.current_salary) == ("Emma", 5_000_000)
    assert person.employee_number != "HACKED"
    history = hana.get(reverse("admin:hr_employee_history", args=[person.pk])).content.decode()
    assert "Emma" in history
    assert "hana@example.com" in history


def test_what_only_the_service_knows_is_said_on_the_form(cast, staff):
    """A ring of departments is refused below the form's own checks."""
    page = reverse("admin:hr_department_change", args=[cast.engineering.pk])
    answer = staff(cast.hr).post(page, {"name": "Engineering", "code": "ENG", "parent": cast.platform.pk})
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors
    cast.engineering.refresh_from_db()
    assert cast.engineering.parent is None


def test_pay_is_changed_by_those_who_pay_and_never_by_oneself(cast, staff):
    def change(user, whose):
        return staff(user).post(reverse("admin:hr_employee_act_salary", args=[whose.pk]), {"current_salary": "7000000"})

    person = cast.employee.employee
    assert change(cast.payroll, person).status_code == 302
    person.refresh_from_db()
    assert person.current_salary == 7_000_000
    assert "employee.salary_changed" in _acts(cast.payroll)
    own = change(cast.hr, cast.hr.employee)
    assert own.status_code == 403
    assert "Nobody changes her own pay" in own.content.decode()
    assert change(cast.manager, person).status_code == 403
    assert change(cast.auditor, person).status_code == 403


def test_an_act_s_fields_are_labelled_before_any_other_form_was_shown(cast, staff, monkeypatch):
    monkeypatch.setattr(helpers, "AdminForm", plain.BaseAdminForm)  # the theme puts its own there with the first form
    monkeypatch.setattr(helpers, "Fieldline", plain.BaseFieldline)
    page = staff(cast.hr).get(reverse("admin:hr_employee_act_end", args=[cast.outsider.employee_id])).content.decode()
    (label,) = re.findall(r"<label[^>]*for=\"id_last_day\"[^>]*>(.*?)</label>", page, re.DOTALL)
    assert "Last day" in label and "*" in label
    assert 'data-placeholder="Type to find"' in staff(cast.hr).get(reverse("admin:hr_employee_add")).content.decode()


def test_employment_ends_by_an_act_with_a_day_and_a_reason(cast, staff):
    person = cast.outsider.employee
    act = reverse("admin:hr_employee_act_end", args=[person.pk])
    hana = staff(cast.hr)
    refused = hana.post(act, {"last_day": "2019-01-01", "reason": "Contract"})
    assert "day of hire" in refused.content.decode()
    assert hana.post(act, {"last_day": "2026-01-31", "reason": "Contract"}).status_code == 302
    person.refresh_from_db()
    assert (person.status, person.ended_on) == ("terminated", date(2026, 1, 31))


def test_an_administrator_makes_a_user_with_roles_who_can_sign_in(cast, staff, client):
    builders.role(RoleName.HR)
    nia = builders.employee("Nia")
    chosen = [
        str(pk)
        for pk in builders.role("hr").__class__.objects.filter(name__in=["hr", "employee"]).values_list("pk", flat=True)
    ]
    form = {"email": "nia@example.com", "password": PASSWORD, "employee": nia.pk, "roles": chosen}
    answer = staff(cast.superadmin).post("/admin/hr/user/add/", form)
    assert answer.status_code == 302, _errors(answer)
    assert User.objects.get(email="nia@example.com").role_names == {"hr", "employee"}
    client.post("/admin/login/", {"username": "nia@example.com", "password": PASSWORD})
    assert client.get("/admin/").status_code == 200


def test_a_weak_password_is_refused_beside_its_field(cast, staff):
    answer = staff(cast.superadmin).post("/admin/hr/user/add/", {"email": "nia@example.com", "password": "short"})
    assert "password" in answer.context["adminform"].form.errors


def test_locking_somebody_out_ends_her_session_at_once(cast, staff):
    hana = staff(cast.hr)
    assert hana.get("/admin/").status_code == 200
    assert staff(cast.superadmin).post(reverse("admin:hr_user_act_lock_out", args=[cast.hr.pk])).status_code == 302
    assert hana.get("/admin/").status_code == 302
    assert staff(cast.superadmin).post(reverse("admin:hr_user_act_let_in", args=[cast.hr.pk])).status_code == 302


def test_the_last_administrator_cannot_lock_herself_out(cast, staff):
    answer = staff(cast.superadmin).post(reverse("admin:hr_user_act_lock_out", args=[cast.superadmin.pk]))
    assert answer.status_code == 400
    assert "Nobody would be left" in answer.content.decode()


def test_the_organisation_is_changed_by_administrators_and_logged(cast, staff):
    row = Setting.objects.get()
    page = reverse("admin:hr_setting_change", args=[row.pk])
    sara = staff(cast.superadmin)
    shown = sara.get(page).context["adminform"].form.initial
    form = {name: value for name, value in shown.items() if value is not None and value is not False}
    assert sara.post(page, {**form, "org_name": "PT Baru"}).status_code == 302
    assert Setting.objects.get().org_name == "PT Baru"
    assert "settings.updated" in _acts(cast.superadmin)
    answer = sara.post(page, {**form, "timezone": "Asia/Nowhere"})
    assert "timezone" in answer.context["adminform"].form.errors
    assert staff(cast.hr).post(page, {**form, "org_name": "HR's own"}).status_code == 403


def _lines(prefix, *rows, initial=0, **more):
    data = {
        f"{prefix}-TOTAL_FORMS": len(rows),
        f"{prefix}-INITIAL_FORMS": initial,
        f"{prefix}-MIN_NUM_FORMS": 0,
        f"{prefix}-MAX_NUM_FORMS": 1000,
    }
    for number, row in enumerate(rows):
        data |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return {**data, **more}


@pytest.mark.parametrize(
    ("values", "both", "said"),
    [
        ({"latitude": "95", "longitude": "106.8"}, False, "less than or equal to 90"),
        ({"latitude": "-6.2"}, False, "Give lat and lng together, or neither."),
        ({"latitude": "-6.2", "longitude": "106.8"}, True, "Give an employee or a department, not both."),
    ],
)
def test_what_does_not_go_together_is_said_in_words(cast, staff, values, both, said):
    line = {"employee": cast.employee.employee_id, "department": cast.sales.pk if both else ""}
    form = {"name": "Depot", "radius_metres": "150", "policy": "flag", **values, **_lines("assignments", line)}
    answer = staff(cast.hr).post("/admin/hr/worksite/add/", form)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert said in page and "Constraint" not in page
    assert not WorkSite.objects.exists()


def test_a_work_site_is_made_with_its_people_and_they_can_be_taken_away(cast, staff):
    hana = staff(cast.hr)
    form = {"name": "Depot", "latitude": "-6.2", "longitude": "106.8", "radius_metres": "150", "policy": "flag"}
    people = _lines("assignments", {"employee": cast.employee.employee_id}, {"department": cast.sales.pk})
    answer = hana.post("/admin/hr/worksite/add/", {**form, **people})
    assert answer.status_code == 302, _errors(answer)
    site = WorkSite.objects.get()
    assert {one.employee or one.department for one in site.assignments.all()} == {cast.employee.employee, cast.sales}
    first = site.assignments.get(employee__isnull=False)
    second = site.assignments.get(department__isnull=False)
    away = _lines(
        "assignments",
        {"id": first.pk, "site": site.pk, "DELETE": "on"},
        {"id": second.pk, "site": site.pk},
        initial=2,
    )
    answer = hana.post(reverse("admin:hr_worksite_change", args=[site.pk]), {**form, **away})
    assert answer.status_code == 302, _errors(answer)
    assert [one.department for one in site.assignments.all()] == [cast.sales]


def test_a_schedule_is_made_with_its_week_and_assigned(cast, staff):
    hana = staff(cast.hr)
    week = _lines(
        "days",
        {"weekday": "0", "starts_at": "08:00", "ends_at": "16:00", "break_minutes": "30"},
        {"weekday": "1", "starts_at": "22:00", "ends_at": "06:00", "break_minutes": "30"},
    )
    form = {"name": "Nights", "kind": "shift", "grace_in_minutes": "5", "grace_out_minutes": "0"}
    answer = hana.post("/admin/hr/schedule/add/", {**form, **week})
    assert answer.status_code == 302, _errors(answer)
    made = Schedule.objects.get(name="Nights")
    assert [(day.weekday, day.starts_at) for day in made.days.all()] == [(0, time(8)), (1, time(22))]
    page = hana.get(reverse("admin:hr_schedule_change", args=[made.pk])).content.decode()
    assert 'aria-label="Starts at"' in page and 'aria-label="Break minutes"' in page  # a column's head is no label
    listed = hana.get(reverse("admin:hr_schedule_changelist")).content.decode()
    assert re.search(r"field-is_default[^>]*>\s*No\s*</td>", listed)  # a word, not the name of an icon
    act = reverse("admin:hr_schedule_act_assign", args=[made.pk])
    both = hana.post(act, {"employee": cast.employee.employee_id, "department": cast.sales.pk})
    assert both.status_code == 400
    assert hana.post(act, {"department": cast.sales.pk, "first_on": "2026-12-01"}).status_code == 302
    assert made.assignments.get().valid.lower == date(2026, 12, 1)


def test_a_holiday_is_set_and_removed_by_acts(cast, staff):
    row = timetable.calendar(date(2026, 12, 25))
    hana = staff(cast.hr)
    hana.post(
        reverse("admin:hr_holidaycalendar_act_set_day", args=[row.pk]),
        {"on": "2026-12-31", "name": "Our own", "kind": "holiday"},
    )
    assert Holiday.objects.filter(on=date(2026, 12, 31), name="Our own").exists()
    hana.post(reverse("admin:hr_holidaycalendar_act_remove_day", args=[row.pk]), {"on": "2026-12-25"})
    assert not Holiday.objects.filter(on=date(2026, 12, 25)).exists()


def test_a_period_is_locked_and_released_by_acts(cast, staff):
    paula = staff(cast.payroll)
    act = reverse("admin:hr_periodlock_act_lock")
    wrong = paula.post(act, {"first_on": "2026-10-31", "last_on": "2026-10-01"})
    assert "before the first day" in wrong.content.decode()
    assert paula.post(act, {"first_on": "2026-10-01", "last_on": "2026-10-31", "reason": "October"}).status_code == 302
    row = PeriodLock.objects.get()
    assert (row.employee, row.locked_by) == (None, cast.payroll)
    paula.post(reverse("admin:hr_periodlock_act_release", args=[row.pk]))
    row.refresh_from_db()
    assert row.released_by == cast.payroll


@pytest.mark.parametrize("page", ["hr/employee", "hr/leave", "hr/user", "hr/department", "core/activitylog"])
def test_a_list_costs_the_same_whatever_its_length(cast, staff, page):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    sara = staff(cast.superadmin)

    def statements():
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert sara.get(f"/admin/{page}/").status_code == 200
        return len(seen)

    statements()
    few = statements()
    for number in range(12):
        made = Department.objects.create(name=f"Department {number}", parent=cast.sales)
        person = builders.employee("More", department=made)
        builders.user(employee=person)
        timetable.leave(person, date(2026, 12, 1), date(2026, 12, 2))
        ActivityLog.objects.create(action="x.done", resource_type="x", user=cast.hr)
    assert statements() == few
    assert few <= 12


def test_terms_of_a_leave_type_are_changed_but_never_its_code_and_no_fifth_is_added(cast, staff):
    hana = staff(cast.hr)
    form = {"code": "study", "name": "Study leave", "yearly_days": "3", "uses_balance": "on"}
    assert hana.post("/admin/hr/leavetype/add/", form).status_code == 403
    row = LeaveType.objects.get(code="permission")
    page = reverse("admin:hr_leavetype_change", args=[row.pk])
    assert hana.post(page, {**form, "code": "other", "yearly_days": "5"}).status_code == 302
    row.refresh_from_db()
    assert (row.code, row.yearly_days) == ("permission", 5)
    assert "leave_type.updated" in _acts(cast.hr)
    refused = hana.post(page, {**form, "yearly_days": "999"})
    assert "yearly_days" in refused.context["adminform"].form.errors
    assert staff(cast.payroll).post(page, form).status_code == 403


def test_pay_is_shown_where_it_is_changed_alone_and_its_reading_is_logged(cast, staff):
    person = cast.employee.employee
    Employee.objects.filter(pk=person.pk).update(current_salary=5_000_000)
    paula, page = staff(cast.payroll), "admin:hr_employee_act_{}"
    assert "Now IDR 5,000,000." in paula.get(reverse(page.format("salary"), args=[person.pk])).content.decode()
    assert "salary.read" in _acts(cast.payroll)
    for act in ("end", "delete", "adjust_leave"):
        assert "5,000,000" not in staff(cast.hr).get(reverse(page.format(act), args=[person.pk])).content.decode()
    assert "salary.read" not in _acts(cast.hr)


def test_a_time_of_day_is_written_without_idle_seconds_and_kept_with_real_ones(cast, staff):
    made = timetable.schedule("Early", weekdays=(0,), hours=(time(7), time(15, 30, 20)))
    page = staff(cast.hr).get(reverse("admin:hr_schedule_change", args=[made.pk])).content.decode()
    assert 'value="07:00"' in page and 'value="15:30:20"' in page
