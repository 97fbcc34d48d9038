"""Rights in the admin are the rights of the API: every model page, every act and every other page, for every role."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.contrib import admin
from django.urls import reverse

from hr.models import Leave
from hr.services import period_locks
from hr.tests import builders, timetable
from peoplesync.core.models import Job, Notification, Upload
from peoplesync.core.services import activity
from peoplesync.core.staff.acts import may
from peoplesync.kernel import rights
from peoplesync.kernel.roles import STAFF, Scope
from peoplesync.tests.staff import staff_models

ROLES = ("employee", "manager", "hr", "payroll_admin", "auditor", "superadmin")
#: Pages whose right is the one of what each row is about; tests beside them show it.
BY_SUBJECT = {"hr_approvalrequest"}


@pytest.fixture
def rows(cast, django_user_model) -> None:
    """At least one row on as many pages as can be."""
    at = cast.hr.created_at
    for user in (cast.employee, cast.hr):
        Notification.objects.create(user=user, title="Told", message="Hello")
        Job.objects.create(pk=f"job_{user.email}", kind="payroll", user=user)
        Upload.objects.create(
            owner=user, key=user.email, file_name="a.png", content_type="image/png", maximum_bytes=1, expires_at=at
        )
    activity.record(action="user.signed_in", resource_type="user", resource_id=cast.hr.pk, by=cast.hr)
    period_locks.lock(
        employee_id=None, first_on=date(2025, 1, 1), last_on=date(2025, 1, 31), reason="", by=cast.hr, at=at
    )
    timetable.assign(timetable.schedule(), department=cast.engineering)
    timetable.calendar(date(2026, 12, 25))
    for user in (cast.employee, cast.outsider):
        timetable.leave(user.employee, date(2026, 12, 1), date(2026, 12, 2))
    builders.role("employee")


def _reach(page: Any, role: str, action: str | None) -> Scope:
    return rights.scope({"employee", role}, page.model_admin.resource, action) if action else Scope.NONE


def _knows_whose(page: Any) -> bool:
    return page.model_admin.owner is not None or hasattr(page.model._default_manager.all(), "visible_to")


def _may_read(page: Any, role: str) -> bool:
    reach = _reach(page, role, page.model_admin.read_action)
    return role in STAFF and (reach is Scope.ALL or (reach is not Scope.NONE and _knows_whose(page)))


def _pages() -> list[Any]:
    return [page for page in staff_models() if page.name not in BY_SUBJECT]


def test_only_pages_that_ask_the_matrix_are_registered():
    for page in _pages():
        assert page.model_admin.resource in rights.matrix(), page.name


def _status(client: Any, address: str) -> int:
    """How a page answers; the list of what has a single row leads to that row."""
    answer = client.get(address)
    if answer.status_code == 302 and answer["Location"].startswith(address):
        answer = client.get(answer["Location"])
    return int(answer.status_code)


@pytest.mark.parametrize("role", ROLES)
def test_a_list_opens_exactly_for_whom_the_matrix_lets_read(cast, rows, staff, role):
    client = staff(cast.by_role()[role])
    for page in _pages():
        status = _status(client, page.url("changelist"))
        expected = 302 if role not in STAFF else 200 if _may_read(page, role) else 403
        assert status == expected, f"{role} {page.name}: {status}"


@pytest.mark.parametrize("role", ROLES)
def test_a_row_its_history_and_its_forms_open_exactly_for_whom_the_matrix_says(cast, rows, staff, role):
    user = cast.by_role()[role]
    client = staff(user)
    for page in _pages():
        writes = _reach(page, role, page.model_admin.write_action) is Scope.ALL and role in STAFF
        expected = 302 if role not in STAFF else 200 if writes and page.model_admin.may_add else 403
        assert client.get(page.url("add")).status_code == expected, f"{role} adds {page.name}"
        for row in page.model._default_manager.all()[:4]:
            _row_opens(page, client, user, role, row)


def _row_opens(page: Any, client: Any, user: Any, role: str, row: Any) -> None:
    if role not in STAFF:
        expected = 302
    elif not _may_read(page, role):
        expected = 403
    else:
        expected = 200 if _sees(page, user, row) else 404
    for address in ("change", "history"):
        status = client.get(page.url(address, row.pk)).status_code
        allowed = {expected, 404} if expected == 403 else {expected}
        assert status in allowed, f"{role} {address} of {page.name}: {status}, not {expected}"
    assert client.get(page.url("delete", row.pk)).status_code in {302, 403, 404}, f"{role} deletes {page.name}"


def _sees(page: Any, user: Any, row: Any) -> bool:
    """The API's own rule, said again from the model's queryset and the owner's lookup."""
    rows = page.model._default_manager.all()
    if hasattr(rows, "visible_to"):
        return rows.visible_to(user, page.model_admin.read_action).filter(pk=row.pk).exists()
    if rights.scope(user.role_names, page.model_admin.resource, page.model_admin.read_action) is Scope.ALL:
        return True
    return bool(rows.filter(pk=row.pk, **{page.model_admin.owner: user.pk}).exists())


@pytest.mark.parametrize("role", sorted(set(ROLES) & STAFF))
def test_an_act_is_offered_and_answered_exactly_where_the_matrix_allows_it(cast, rows, staff, role):
    user = cast.by_role()[role]
    client = staff(user)
    for page in _pages():
        for act in page.model_admin.list_acts:
            expected = (
                200
                if rights.scope(user.role_names, act.resource or page.model_admin.resource, act.action) is Scope.ALL
                else 403
            )
            status = client.get(reverse(f"admin:{page.name}_act_{act.name}")).status_code
            assert status == expected, f"{role} {act.name} on {page.name}: {status}"
        for act in page.model_admin.acts:
            for row in page.model._default_manager.all()[:4]:
                _act_answers(page, client, user, role, act, row)


def _act_answers(page: Any, client: Any, user: Any, role: str, act: Any, row: Any) -> None:
    status = client.get(reverse(f"admin:{page.name}_act_{act.name}", args=[row.pk])).status_code
    if not _may_read(page, role) or not _sees(page, user, row):
        assert status in {403, 404}, f"{role} {act.name} on {page.name}: {status}"
        return
    reach = rights.scope(user.role_names, act.resource or page.model_admin.resource, act.action)
    if reach is Scope.ALL:
        allowed = True
    elif reach is Scope.NONE or not _knows_whose(page):
        allowed = False
    elif page.model_admin.owner:
        allowed = page.model._default_manager.filter(pk=row.pk, **{page.model_admin.owner: user.pk}).exists()
    else:
        allowed = page.model._default_manager.all().visible_to(user, act.action).filter(pk=row.pk).exists()
    assert (status in {200, 409}) is allowed, f"{role} {act.name} on {page.name}: {status}"


@pytest.mark.parametrize("role", ROLES)
def test_a_page_without_a_model_opens_exactly_for_whom_the_matrix_says(cast, rows, staff, role):
    client = staff(cast.by_role()[role])
    for page in admin.site.pages.values():
        reach = rights.scope({"employee", role}, page.resource, page.action)
        wanted = reach is Scope.ALL if page.needs_all else reach >= Scope.DEPARTMENT
        expected = 302 if role not in STAFF else 200 if wanted else 403
        assert client.get(reverse(f"admin:{page.name}")).status_code == expected, f"{role} {page.name}"


@pytest.mark.parametrize("role", sorted(set(ROLES) & STAFF))
def test_the_navigation_shows_only_what_opens(cast, rows, staff, role):
    client = staff(cast.by_role()[role])
    home = client.get("/admin/")
    links = {item["link"] for group in home.context["sidebar_navigation"] for item in group["items"]}
    assert len(links) > 3
    for link in links:
        assert _status(client, link) == 200, f"{role} {link}"


@pytest.mark.parametrize("role", sorted(set(ROLES) & STAFF))
def test_choosing_by_typing_shows_only_rows_the_reader_may_see(cast, rows, staff, role):
    """The address behind the choosers, for every foreign key that points at a page."""
    user = cast.by_role()[role]
    client = staff(user)
    for page in _pages():
        for field in page.model._meta.fields:
            if not field.is_relation or field.related_model not in admin.site._registry:
                continue
            target = admin.site._registry[field.related_model]
            if not target.search_fields:
                continue
            wanted = {
                "app_label": page.model._meta.app_label,
                "model_name": page.model._meta.model_name,
                "field_name": field.name,
            }
            answer = client.get("/admin/autocomplete/", wanted)
            if answer.status_code != 200:
                assert answer.status_code in {403, 404}
                continue
            seen = {str(pk) for pk in target.rows(answer.wsgi_request).values_list("pk", flat=True)}
            assert {one["id"] for one in answer.json()["results"]} <= seen | _codes(answer), (
                f"{role} {page.name}.{field.name}"
            )


def _codes(answer: Any) -> set[str]:
    """Leave types are named by code."""
    from hr.models import LeaveType

    return set(LeaveType.objects.values_list("code", flat=True))


def test_pay_is_shown_to_the_entitled_and_to_nobody_else(cast, staff):
    person = cast.employee.employee
    person.current_salary = 98765432
    person.save()
    pages = [
        "/admin/hr/employee/",
        reverse("admin:hr_employee_change", args=[person.pk]),
        reverse("admin:hr_employee_history", args=[person.pk]),
    ]
    for role, user in cast.by_role().items():
        if role not in STAFF:
            continue
        entitled = rights.scope(user.role_names, "employees", "read_pay") is Scope.ALL
        client = staff(user)
        for page in pages:
            shown = client.get(page).content.decode()
            assert ("98,765,432" in shown or "98765432" in shown) is entitled, f"{role} {page}"


def test_pay_cannot_be_guessed_by_filters_ordering_or_fields_of_a_popup(cast, staff):
    person = cast.employee.employee
    person.current_salary = 98765432
    person.save()
    mona = staff(cast.manager)
    for query in (
        "current_salary__gt=1",
        "current_salary=98765432",
        "users__password__startswith=a",
        "latest_payroll_id__isnull=True",
    ):
        assert mona.get(f"/admin/hr/employee/?{query}").status_code == 400, query
    assert mona.get("/admin/hr/employee/?_to_field=current_salary").status_code == 400


def test_a_manager_sees_the_leave_of_her_departments_and_no_other(cast, rows, staff):
    answer = staff(cast.manager).get("/admin/hr/leave/")
    shown = set(answer.context["cl"].queryset)
    assert shown == set(Leave.objects.filter(employee=cast.employee.employee))


def test_an_act_a_role_may_never_take_is_not_offered(cast, rows, staff):
    answer = staff(cast.auditor).get("/admin/hr/leave/")
    for page in _pages():
        offered = [
            act.name
            for act in (*page.model_admin.acts, *page.model_admin.list_acts)
            if may(page.model_admin, answer.wsgi_request, act)
        ]
        assert set(offered) <= {"read", "export"}, page.name  # a file of what she reads anyway


#: Facts: not even an administrator edits or deletes one.
FINAL = {
    "core_activitylog", "core_job", "payroll_payroll", "payroll_payrollrun", "payroll_payrate", "hr_leaveledgerentry",
    "attendance_punch", "attendance_attendance", "attendance_daysummary",
}  # fmt: skip


def test_what_is_final_has_no_form_to_edit_or_delete_it(cast, rows, staff):
    sara = staff(cast.superadmin)
    assert {page.name for page in _pages() if page.model_admin.write_action is None} >= FINAL
    for page in _pages():
        if page.model_admin.write_action is not None:
            continue
        for row in page.model._default_manager.all()[:1]:
            before = page.model._default_manager.filter(pk=row.pk).values().get()
            for address in ("change", "delete"):
                posted = sara.post(page.url(address, row.pk), {"status": "posted", "post": "yes"})
                assert posted.status_code == 403, f"{address} {page.name}"
            sara.post(page.url("changelist"), {"action": "delete_selected", "_selected_action": [str(row.pk)]})
            assert page.model._default_manager.filter(pk=row.pk).values().get() == before, page.name
        assert sara.post(page.url("add"), {}).status_code == 403, page.name
