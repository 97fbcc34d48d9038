"""The staff site's doors: who enters, what a page may run, where `next` leads, how it is left."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from hr.tests.builders import PASSWORD
from peoplesync.core.models import ActivityLog, Job
from peoplesync.core.staff import door

LOGIN = "/admin/login/"
HANA = {"username": "hana@example.com", "password": PASSWORD}


def _sign_in(client, email, password=PASSWORD, **more):
    return client.post(LOGIN, {"username": email, "password": password, **more})


def test_staff_sign_in_by_address_whatever_its_case_and_land_on_the_first_page(cast, client):
    answer = _sign_in(client, "HANA@example.com")
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")
    assert client.get("/admin/").status_code == 200


def test_a_person_without_a_staff_role_does_not_get_in(cast, client):
    refused = _sign_in(client, "ema@example.com")
    assert refused.status_code == 200 and "accounts with a staff role" in refused.content.decode()
    assert client.get("/admin/").status_code == 302


def test_nobody_reaches_a_page_without_signing_in(client, db):
    for address in (
        "/admin/",
        "/admin/hr/employee/",
        "/admin/core/activitylog/",
        "/admin/autocomplete/",
        "/admin/nowhere/",
    ):
        answer = client.get(address)
        assert answer.status_code == 302, address
        assert answer["Location"].startswith(LOGIN), address


def test_guessing_a_password_is_locked_even_for_the_right_one(cast, client):
    for _ in range(settings.AXES_FAILURE_LIMIT):
        _sign_in(client, "hana@example.com", "wrong password")
    assert _sign_in(client, "hana@example.com").status_code == 429


FOREIGN = ("//evil.example", "https://evil.example", "https:evil.example", "/\\\\evil.example", "javascript:alert(1)")


@pytest.mark.parametrize("target", FOREIGN)
def test_next_never_leads_to_another_host(cast, client, target):
    answer = client.post(f"{LOGIN}?{urlencode({'next': target})}", {**HANA, "next": target})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/admin/"), answer["Location"]


def test_the_address_without_its_slash_leads_to_the_first_page(client, db):
    answer = client.get("/admin")
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")


def test_an_unknown_host_is_refused(client, db):
    assert client.get(LOGIN, headers={"host": "evil.example"}).status_code == 400


def test_signing_out_takes_a_post(cast, staff):
    hana = staff(cast.hr)
    assert hana.get("/admin/logout/").status_code == 405
    assert hana.get("/admin/").status_code == 200
    assert hana.post("/admin/logout/").status_code == 200
    assert hana.get("/admin/").status_code == 302


@pytest.mark.parametrize("target", FOREIGN)
def test_signing_out_leads_to_no_other_host_either(cast, staff, target):
    answer = staff(cast.hr).post(f"/admin/logout/?{urlencode({'next': target})}", {"next": target})
    assert answer.status_code == 200 or answer["Location"].startswith("/admin/"), answer["Location"]


def test_a_form_without_its_token_changes_nothing(cast, staff):
    hana = staff(cast.hr, enforce_csrf_checks=True)
    answer = hana.post("/admin/hr/department/add/", {"name": "Smuggled"})
    assert answer.status_code == 403


def test_a_user_switched_off_is_out_on_the_next_page(cast, staff):
    hana = staff(cast.hr)
    assert hana.get("/admin/").status_code == 200
    cast.hr.is_active = False
    cast.hr.save()
    assert hana.get("/admin/").status_code == 302


def test_only_staff_pages_may_run_what_the_theme_needs(cast, staff, client):
    scripts = _policy(staff(cast.hr).get("/admin/"))["script-src"]
    assert scripts == "'self' 'unsafe-eval'"
    assert _policy(client.get(LOGIN))["script-src"] == scripts
    assert _policy(client.get("/api/docs"))["script-src"] == "'self'"


def _policy(answer):
    directives = (part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";"))
    return {name: " ".join(rest) for name, *rest in directives}


def test_pages_forbid_frames_sniffing_and_keeping(cast, staff):
    answer = staff(cast.hr).get("/admin/hr/employee/")
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert "no-store" in answer["Cache-Control"]


def test_refusals_are_pages_that_say_so(cast, staff):
    missing = staff(cast.hr).get("/admin/hr/employee/019a0000-0000-7000-8000-000000000000/change/")
    assert missing.status_code == 404
    assert b"Not found" in missing.content
    refused = staff(cast.manager).get("/admin/core/activitylog/")
    assert refused.status_code == 403
    assert b"You may not do this" in refused.content


def test_who_tries_what_her_roles_do_not_cover_is_written_down_through_every_door(cast, staff, client_of):
    assert staff(cast.manager).get("/admin/core/activitylog/").status_code == 403
    assert client_of(cast.manager).get("/activity_logs").status_code == 403
    of_api, of_admin = ActivityLog.objects.filter(action="access.refused")[:2]
    assert of_admin.user_id == of_api.user_id == cast.manager.pk
    assert of_admin.meta == {"code": "forbidden", "method": "GET", "page": "core_activitylog_changelist"}
    assert (of_api.resource_type, of_api.meta) == ("activity_logs", {"code": "forbidden", "method": "GET"})


def test_who_asks_again_and_again_is_written_down_once_in_a_while(cast, staff, client_of):
    manager, pages = client_of(cast.manager), staff(cast.manager)
    for _ in range(3):
        assert manager.get("/activity_logs").status_code == 403
        assert pages.get("/admin/core/activitylog/").status_code == 403
    client_of(cast.employee).get("/activity_logs")
    assert manager.get("/activity_logs?per_page=1").status_code == 403
    run = f"/payroll_runs/{cast.hr.pk}"
    assert {manager.post(f"{run}/{act}", {}).status_code for act in ("approve", "post", "post")} == {403}
    told = ActivityLog.objects.filter(action="access.refused").order_by("created_at").values_list("user", "meta__page")
    assert list(told) == [
        (cast.manager.pk, None),
        (cast.manager.pk, "core_activitylog_changelist"),
        (cast.employee.pk, None),
        *[(cast.manager.pk, None)] * 2,  # approving and posting
    ]


def test_who_tries_one_row_after_the_other_is_written_down_for_each(cast, client_of):
    manager, rows = client_of(cast.manager), [cast.hr.pk, cast.employee.pk]
    for row in [*rows, *rows]:
        assert manager.post(f"/payroll_runs/{row}/approve", {}).status_code == 403
    told = ActivityLog.objects.filter(action="access.refused").order_by("created_at")
    assert list(told.values_list("resource_id", flat=True)) == rows


def test_who_is_refused_while_redis_is_away_is_written_down(cast, client_of, settings):
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}}
    assert client_of(cast.manager).get("/activity_logs").status_code == 403
    assert ActivityLog.objects.filter(action="access.refused").count() == 1


def test_what_is_not_there_and_who_is_not_signed_in_are_no_forbidden_acts(cast, staff, client, client_of):
    staff(cast.hr).get("/admin/hr/employee/019a0000-0000-7000-8000-000000000000/change/")
    client_of(cast.hr).get("/employees/019a0000-0000-7000-8000-000000000000")
    client_of(None).get("/activity_logs")
    client.get("/admin/core/activitylog/")
    assert not ActivityLog.objects.filter(action="access.refused").exists()


def test_the_activity_log_can_be_read_and_nothing_else(cast, staff):
    sara = staff(cast.superadmin)
    ActivityLog.objects.create(action="leave.approved", resource_type="leave", user=cast.hr)
    row = ActivityLog.objects.get()
    page = reverse("admin:core_activitylog_change", args=[row.pk])
    assert sara.get(page).status_code == 200
    assert sara.post(page, {"action": "forged"}).status_code == 403
    assert sara.get(reverse("admin:core_activitylog_delete", args=[row.pk])).status_code == 403
    assert sara.get(reverse("admin:core_activitylog_add")).status_code == 403
    row.refresh_from_db()
    assert row.action == "leave.approved"


@pytest.mark.parametrize(
    ("term", "found"), [("leave", 1), ("leave.approved", 1), ("HANA@example.com", 1), ("nothing", 0)]
)
def test_the_activity_log_is_searched_by_act_and_by_person(cast, staff, term, found):
    ActivityLog.objects.create(action="leave.approved", resource_type="leave", user=cast.hr)
    answer = staff(cast.auditor).get("/admin/core/activitylog/", {"q": term})
    assert answer.context["cl"].result_count == found


@pytest.mark.parametrize(
    ("result", "shown"),
    [
        ("3 accepted, 1 refused", "3 accepted, 1 refused"),
        ({"run_id": "7", "payroll_ids": ["1", "2"]}, "payroll ids: 2 entries"),
    ],
)
def test_a_job_is_shown_with_what_it_came_to_and_renews_itself_until_then(cast, staff, result, shown):
    job = Job.objects.create(pk="job_att_sync_1", kind="attendance.sync", status="processing")
    hana, address = staff(cast.hr), reverse("admin:core_job_change", args=[job.pk])
    assert "Refresh" in hana.get(address)
    Job.objects.update(status="completed", result=result)
    answer = hana.get(address)
    assert "Refresh" not in answer
    assert shown in answer.content.decode() and "Attendance sync" in answer.content.decode()


def test_a_list_of_jobs_reads_nothing_of_what_they_were_given_and_came_to(cast, staff):
    Job.objects.create(
        pk="job_payroll_nov2025", kind="payroll_generate", status="completed", result={"payroll_ids": []}
    )
    hana = staff(cast.hr)
    with CaptureQueriesContext(connection) as asked:
        assert "job_payroll_nov2025" in hana.get(reverse("admin:core_job_changelist")).content.decode()
    read = [each["sql"] for each in asked if 'FROM "core_job"' in each["sql"]]
    assert read and not [sql for sql in read if '"payload"' in sql or '"result"' in sql]


def test_a_notification_is_seen_by_its_owner_alone(cast, staff):
    from peoplesync.core.models import Notification

    told = Notification.objects.create(user=cast.hr, title="For Hana", message="Hello")
    page = reverse("admin:core_notification_change", args=[told.pk])
    assert staff(cast.hr).get(page).status_code == 200
    assert staff(cast.superadmin).get(page).status_code == 404


def _found(client, typed):
    return client.get("/admin/search/", {"s": typed}).content.decode()


def test_the_search_box_finds_pages_and_people_the_reader_may_open(cast, staff, django_assert_max_num_queries):
    hana, mara = staff(cast.hr), staff(cast.manager)
    person = cast.employee.employee
    page = reverse("admin:hr_employee_change", args=[person.pk])
    with django_assert_max_num_queries(5):
        assert page in _found(hana, person.first_name)
    assert page in _found(mara, person.employee_number)
    assert "Activity log" in _found(hana, "acti") and "Nothing found" in _found(mara, "acti")
    assert "Nothing found" in _found(hana, "zzzz") and page not in _found(hana, person.first_name[:2])
    assert _found(hana, " ") == ""


def test_a_page_has_its_navigation_beside_what_it_is_about_and_a_way_past_it(cast, staff, client):
    hana = staff(cast.hr)
    for page in (hana.get("/admin/"), hana.get("/admin/hr/employee/"), hana.get("/admin/nowhere/"), client.get(LOGIN)):
        assert page.content.decode().count("<main") == 1
    shown = hana.get("/admin/hr/employee/").content.decode()
    before, _, within = shown.partition("<main")
    assert 'href="#start"' in before and 'id="nav-sidebar"' in before and 'id="start"' in within
    assert 'id="nav-sidebar"' not in within and 'id="result_list"' in within
    popup = hana.get("/admin/hr/employee/?_popup=1").content.decode()
    assert popup.count("<main") == 1 and 'id="nav-sidebar"' not in popup


def test_a_refusal_keeps_the_navigation_for_staff(cast, staff, client):
    refused = staff(cast.manager).get("/admin/core/activitylog/").content.decode()
    assert "Ask whoever gave you your account" in refused and "nav-sidebar" in refused


def test_what_breaks_is_a_page_with_a_reference_for_staff_and_the_envelope_for_clients(rf):
    page = door.broken(rf.get("/admin/hr/employee/"))
    assert page.status_code == 500 and b"<h1>Something broke" in page.content
    assert door.broken(rf.get("/api/v1/employees"))["Content-Type"] == "application/json"


def test_departments_stand_below_their_parents(cast, staff):
    rows = list(staff(cast.hr).get("/admin/hr/department/").context["cl"].result_list)
    names = [row.name for row in rows]
    assert names.index("Platform") == names.index("Engineering") + 1
    assert [row.way for row in rows][names.index("Platform")] == ["Engineering", "Platform"]


def test_a_page_says_who_is_signed_in_and_as_what(cast, staff):
    page = staff(cast.payroll).get("/admin/hr/setting/", follow=True).content.decode()
    assert "paula@example.com" in page and "payroll admin" in page
    assert "The day it began" in page and ">start<" not in page.replace(" ", "").replace("\n", "")
