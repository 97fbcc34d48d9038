"""Presence in the admin: the board, a month, the map, exceptions mended through services, keys shown once."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from attendance.admin import site_map
from attendance.admin.correction import CorrectionAdmin
from attendance.models import Attendance, Correction, DayException, DaySummary, Punch, TimeClock, WorkJob
from attendance.rules.punches import Door
from attendance.services import clocking, closing, corrections
from attendance.services.presented import Presented
from attendance.tests.builders import presented
from hr.models import ApprovalRequest, LeaveStatus, WorkSite
from hr.services import period_locks
from hr.tests import builders, timetable
from peoplesync.core.models import ActivityLog

JAKARTA = ZoneInfo("Asia/Jakarta")


def _today():
    return datetime.now(JAKARTA).date()


def _in(user, **more):
    now = timezone.now()
    punch = Presented(door=Door.NATIVE, at=now, received_at=now, made_by=user, **more)
    return clocking.clock_in(employee_id=user.employee_id, punch=punch)


def _out(user):
    now = timezone.now() + timedelta(minutes=1)
    punch = Presented(door=Door.NATIVE, at=now, received_at=now, made_by=user)
    return clocking.clock_out(employee_id=user.employee_id, punch=punch)


def _board(client, state, **more):
    answer = client.get("/admin/presence/now/", {"state": state, **more})
    return {line["employee"].first_name for line in answer.context["lines"]}


def test_the_board_shows_who_is_in_gone_on_leave_and_not_here(cast, staff):
    timetable.leave(cast.colleague.employee, _today(), _today(), status=LeaveStatus.APPROVED)
    _in(cast.employee)
    _in(cast.outsider)
    _out(cast.outsider)
    hana = staff(cast.hr)
    assert _board(hana, "in") == {"Ema"}
    assert _board(hana, "out") == {"Otto"}
    assert _board(hana, "leave") == {"Budi"}
    assert _board(hana, "away") == {"Mona", "Hana", "Paula", "Sara", "Ari"}
    counts = {tab["title"]: tab["count"] for tab in hana.get("/admin/presence/now/").context["tabs"]}
    assert counts == {"In": "1", "Late": counts["Late"], "Gone": "1", "On leave": "1", "Not here": "5"}


def test_the_board_renews_its_figures_and_leaves_the_rest_of_the_page_alone(cast, staff, client):
    page = staff(cast.hr).get("/admin/presence/now/", {"state": "late"}).content.decode()
    assert 'http-equiv="refresh"' not in page and 'hx-get="/admin/presence/now/?state=late"' in page
    signed_out = client.get("/admin/presence/now/", headers={"HX-Request": "true"}, follow=True)
    assert signed_out["HX-Refresh"] == "true"  # the sign-in, not a part of it amid the old page


def test_a_manager_sees_her_own_departments_on_the_board(cast, staff):
    _in(cast.employee)
    _in(cast.outsider)
    mona = staff(cast.manager)
    assert _board(mona, "in") == {"Ema"}
    assert _board(mona, "away") == {"Mona", "Budi"}
    assert _board(mona, "in", department=str(cast.sales.pk)) == set()


def test_the_board_can_be_asked_by_department_and_by_site(cast, staff):
    site = WorkSite.objects.create(name="Depot", latitude="-6.2", longitude="106.8", is_for_everyone=True)
    _in(cast.employee, lat=Decimal("-6.2"), lng=Decimal("106.8"))
    _in(cast.outsider)
    hana = staff(cast.hr)
    assert _board(hana, "in", department=str(cast.engineering.pk)) == {"Ema"}
    assert _board(hana, "in", site=str(site.pk)) == {"Ema"}
    assert _board(hana, "in", site="nonsense") == {"Ema", "Otto"}


def test_the_board_costs_the_same_for_few_and_for_many(cast, staff):
    hana = staff(cast.hr)

    def statements():
        with CaptureQueriesContext(connection) as seen:
            assert hana.get("/admin/presence/now/").status_code == 200
        return len(seen)

    _in(cast.employee)
    statements()
    few = statements()
    for _ in range(8):
        _in(builders.user(employee=builders.employee("More", department=cast.sales)))
    assert statements() == few
    assert few <= 20


def test_a_month_shows_stays_and_every_punch(cast, staff):
    _in(cast.employee, comment="hello")
    _out(cast.employee)
    stay = Attendance.objects.get()
    page = "/admin/presence/month/"
    answer = staff(cast.hr).get(page, {"employee": str(cast.employee.employee_id)})
    day = answer.context["days"][stay.work_date.day - 1]
    assert len(day["stays"]) == 1
    assert len(day["punches"]) == 2
    assert staff(cast.hr).get(page, {"q": "ema"}).context["people"][0][0] == cast.employee.employee
    assert staff(cast.manager).get(page, {"employee": str(cast.outsider.employee_id)}).status_code == 404
    assert staff(cast.hr).get(page, {"employee": "nonsense", "month": "99-99"}).status_code == 200


def test_the_map_holds_the_punches_of_a_site_as_data_without_markup(cast, staff):
    cast.employee.employee.first_name = "</script><script>alert(1)</script>"
    cast.employee.employee.save()
    site = WorkSite.objects.create(name="Depot", latitude="-6.2", longitude="106.8", is_for_everyone=True)
    _in(cast.employee, lat=Decimal("-6.2001"), lng=Decimal("106.8001"))
    answer = staff(cast.hr).get("/admin/presence/map/", {"site": str(site.pk)})
    assert answer.context["count"] == 1
    assert b"<script>alert(1)" not in answer.content
    assert staff(cast.manager).get("/admin/presence/map/").context["count"] == 1


def test_the_map_draws_the_newest_punches_and_says_when_there_are_more(cast, staff, monkeypatch):
    WorkSite.objects.create(name="Depot", latitude="-6.2", longitude="106.8", is_for_everyone=True)
    for user in (cast.employee, cast.outsider):
        _in(user, lat=Decimal("-6.2001"), lng=Decimal("106.8001"))
    hana = staff(cast.hr)
    assert b"2 punches with a position." in hana.get("/admin/presence/map/").content
    monkeypatch.setattr(site_map, "MOST", 1)
    assert b"The newest 1 punches with a position" in hana.get("/admin/presence/map/").content


def test_hr_clocks_in_for_somebody_in_her_own_name(cast, staff):
    act = reverse("admin:attendance_attendance_act_clock_in")
    hana = staff(cast.hr)
    form = {"employee": cast.employee.employee_id, "comment": "Phone broken"}
    assert hana.post(act, form).status_code == 302
    punch = Punch.objects.get()
    assert (punch.door, punch.made_by, punch.employee) == ("admin", cast.hr, cast.employee.employee)
    again = hana.post(act, form)
    assert again.status_code == 409
    assert staff(cast.manager).post(act, form).status_code == 403
    assert ActivityLog.objects.filter(user=cast.hr, resource_type="attendance").exists()


def test_a_forgotten_out_is_set_from_the_exception(cast, staff):
    yesterday = _today() - timedelta(days=1)
    began = datetime.combine(yesterday, datetime.min.time(), JAKARTA) + timedelta(hours=8)
    punch = Presented(door=Door.NATIVE, at=began, received_at=began, made_by=cast.employee)
    stay = clocking.clock_in(employee_id=cast.employee.employee_id, punch=punch)
    trouble, _ = DayException.objects.get_or_create(
        employee=cast.employee.employee, work_date=yesterday, kind="missing_out"
    )
    act = reverse("admin:attendance_dayexception_act_set_out", args=[trouble.pk])
    asked = staff(cast.manager).get(act).content.decode()
    assert f"{yesterday:%-d %b %Y} 08:00 WIB to" in asked  # when she came: who sets the out has to know
    form = {"clock_out_0": f"{yesterday:%Y-%m-%d}", "clock_out_1": "17:00", "reason": "Forgot"}
    assert staff(cast.auditor).post(act, form).status_code == 403
    answer = staff(cast.manager).post(act, form)
    assert answer.status_code == 302, answer.content.decode()
    stay.refresh_from_db()
    assert stay.clock_out == datetime.combine(yesterday, datetime.min.time(), JAKARTA) + timedelta(hours=17)


def test_an_out_that_a_rule_set_is_put_right_from_the_exception_too(cast, staff):
    before = _today() - timedelta(days=2)
    before -= timedelta(days=max(0, before.weekday() - 4))  # a day with a shift
    began = datetime.combine(before, datetime.min.time(), JAKARTA) + timedelta(hours=8)
    punch = Presented(door=Door.NATIVE, at=began, received_at=began, made_by=cast.employee)
    stay = clocking.clock_in(employee_id=cast.employee.employee_id, punch=punch)
    closing.close_forgotten(at=began + timedelta(hours=20))
    trouble = DayException.objects.get(employee=cast.employee.employee, work_date=before, kind="missing_out")
    act = reverse("admin:attendance_dayexception_act_set_out", args=[trouble.pk])
    listed = staff(cast.hr).get(reverse("admin:attendance_dayexception_changelist"), {"state": "open"})
    assert act in listed.content.decode()
    assert 'value="17:00"' in staff(cast.hr).get(act).content.decode()  # the end of the shift is offered
    form = {"clock_out_0": f"{before:%Y-%m-%d}", "clock_out_1": "18:30", "reason": "She told me"}
    assert staff(cast.hr).post(act, form).status_code == 302
    stay.refresh_from_db()
    assert (stay.clock_out, stay.reason) == (began + timedelta(hours=10, minutes=30), "corrected")
    trouble.refresh_from_db()
    assert trouble.resolved_at is not None


def test_a_month_that_cannot_be_is_this_one(cast, staff):
    asked = {"employee": str(cast.employee.employee_id)}
    for month in ("0001-01", "9999-12", "2026-13", "x"):
        assert staff(cast.hr).get(reverse("admin:attendance_month"), {**asked, "month": month}).status_code == 200


@pytest.mark.parametrize("page", ["attendance", "punch", "daysummary"])
def test_what_was_recorded_cannot_be_edited(cast, staff, page):
    _in(cast.employee)
    sara = staff(cast.superadmin)
    row = {"attendance": Attendance, "punch": Punch}.get(page, Attendance._meta.apps.get_model("attendance", page))
    change = reverse(f"admin:attendance_{page}_change", args=[row.objects.first().pk])
    assert sara.get(change).status_code == 200
    assert sara.post(change, {"work_date": "2020-01-01"}).status_code == 403
    assert sara.get(reverse(f"admin:attendance_{page}_add")).status_code == 403
    assert not row.objects.filter(work_date=date(2020, 1, 1)).exists()


def test_a_vendor_key_is_shown_once_rotated_and_revoked(cast, staff):
    from attendance.models.vendor_key import VendorKey

    hana = staff(cast.hr)
    issued = hana.post(reverse("admin:attendance_vendorkey_act_issue"), {"vendor": "connecteam", "name": "Gate"})
    key = VendorKey.objects.get()
    assert issued.status_code == 200
    assert key.hint in issued.content.decode()
    assert "no-store" in issued["Cache-Control"]
    secret = dict(issued.context["credentials"])["X-API-KEY"]
    assert secret not in hana.get("/admin/attendance/vendorkey/").content.decode()
    rotated = hana.post(reverse("admin:attendance_vendorkey_act_rotate", args=[key.pk]))
    assert dict(rotated.context["credentials"])["X-API-KEY"] != secret
    hana.post(reverse("admin:attendance_vendorkey_act_revoke", args=[key.pk]))
    key.refresh_from_db()
    assert key.revoked_at is not None
    assert staff(cast.payroll).get("/admin/attendance/vendorkey/").status_code == 403


def _proposed(user, hours=(8, 17)):
    yesterday = _today() - timedelta(days=1)
    begins = datetime.combine(yesterday, datetime.min.time(), JAKARTA)
    return corrections.propose(
        employee_id=user.employee_id,
        clock_in=begins + timedelta(hours=hours[0]),
        clock_out=begins + timedelta(hours=hours[1]),
        reason="Terminal was down",
        by=user,
        at=timezone.now(),
    )


def test_a_correction_is_decided_by_the_manager_and_the_stay_appears(cast, staff):
    made = _proposed(cast.employee)
    mona = staff(cast.manager)
    act = reverse("admin:attendance_correction_act_approve", args=[made.pk])
    assert "Terminal was down" in mona.get(act).content.decode()
    assert staff(cast.payroll).post(act, {"note": ""}).status_code == 403
    assert mona.post(act, {"note": ""}).status_code == 302
    made.refresh_from_db()
    assert made.status == "approved"
    assert Attendance.objects.get().employee == cast.employee.employee


def test_hr_proposes_for_somebody_and_cannot_decide_it_herself(cast, staff):
    hana, yesterday = staff(cast.hr), _today() - timedelta(days=1)
    form = {
        "employee": cast.employee.employee_id, "reason": "Paper list",
        "clock_in_0": f"{yesterday:%Y-%m-%d}", "clock_in_1": "08:00",
        "clock_out_0": f"{yesterday:%Y-%m-%d}", "clock_out_1": "17:00",
    }  # fmt: skip
    assert hana.post(reverse("admin:attendance_correction_act_propose"), form).status_code == 302
    waiting = ApprovalRequest.objects.get()
    row = Correction.objects.get()
    own = hana.post(reverse("admin:attendance_correction_act_approve", args=[row.pk]), {"note": ""})
    assert own.status_code == 403
    inbox = reverse("admin:hr_approvalrequest_act_approve", args=[waiting.pk])
    assert staff(cast.manager).post(inbox, {"note": ""}).status_code == 302
    row.refresh_from_db()
    assert row.status == "approved"


def test_an_exception_is_settled_with_a_note_but_never_ones_own(cast, staff):
    def trouble(user):
        day = _today() - timedelta(days=2)
        return DayException.objects.get_or_create(employee=user.employee, work_date=day, kind="late")[0]

    row, own = trouble(cast.employee), trouble(cast.manager)
    mona = staff(cast.manager)
    assert (
        mona.post(reverse("admin:attendance_dayexception_act_resolve", args=[row.pk]), {"note": "Train"}).status_code
        == 302
    )
    row.refresh_from_db()
    assert (row.resolved_by, row.note) == (cast.manager, "Train")
    refused = mona.post(reverse("admin:attendance_dayexception_act_resolve", args=[own.pk]), {"note": "Train"})
    assert refused.status_code == 403


def test_who_acts_on_many_rows_reads_whose_they_are_first(cast, staff):
    made, mona = _proposed(cast.employee), staff(cast.manager)
    trouble = DayException.objects.create(employee=cast.employee.employee, work_date=_today(), kind="late")
    for row, page, act in ((made, "correction", "approve"), (trouble, "dayexception", "resolve")):
        chosen = {"action": act, "_selected_action": [str(row.pk)]}
        asked = mona.post(f"/admin/attendance/{page}/", chosen).content.decode()
        assert f"<li>{cast.employee.employee}" in asked, page


def test_what_is_refused_of_many_says_whose_it_was_and_names_all_at_once(cast, staff):
    mona, listed = staff(cast.manager), "/admin/attendance/correction/"
    made = [_proposed(who) for who in (cast.employee, cast.colleague)]
    day = _today() - timedelta(days=1)
    period_locks.lock(employee_id=None, first_on=day, last_on=day, reason="paid", by=cast.hr, at=timezone.now())
    form = {"action": "approve", "_selected_action": [str(row.pk) for row in made], "confirmed": "yes", "note": ""}
    with patch.object(CorrectionAdmin, "named", autospec=True, side_effect=CorrectionAdmin.named) as named:
        answer = mona.post(listed, form, follow=True)
    said = sorted(map(str, answer.context["messages"]))
    assert [one.split(",")[0] for one in said] == sorted(str(row.employee) for row in made)
    assert all("is locked" in one for one in said)
    assert named.call_count == 1


def test_an_exception_is_settled_with_one_click_in_the_list_by_whoever_may(cast, staff):
    row = DayException.objects.create(employee=cast.employee.employee, work_date=_today(), kind="late")
    act = reverse("admin:attendance_dayexception_act_resolve", args=[row.pk])
    listed = "/admin/attendance/dayexception/?state=open"
    mona, reader = staff(cast.manager), staff(cast.auditor)
    assert f'formaction="{act}"' in mona.get(listed).content.decode()
    assert act not in reader.get(listed).content.decode()
    settled = mona.post(act, {"back_to_list": "state=open", "action": "", "select_across": "0"})
    assert (settled.status_code, settled["Location"]) == (302, listed)
    row.refresh_from_db()
    assert (row.resolved_by, row.note) == (cast.manager, "")


def test_a_clock_is_made_with_its_people_and_jobs(cast, staff):
    hana = staff(cast.hr)
    assert hana.post("/admin/attendance/workjob/add/", {"name": "Packing", "code": "PK"}).status_code == 302
    job = WorkJob.objects.get()
    lines = {}
    for prefix, field, chosen in (
        ("employee_links", "employee", cast.employee.employee_id),
        ("job_links", "work_job", job.pk),
    ):
        lines |= {f"{prefix}-TOTAL_FORMS": 1, f"{prefix}-INITIAL_FORMS": 0, f"{prefix}-0-{field}": chosen}
    answer = hana.post("/admin/attendance/timeclock/add/", {"name": "Gate", "timezone": "Asia/Jakarta", **lines})
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    clock = TimeClock.objects.get()
    assert list(clock.employees.all()) == [cast.employee.employee]
    assert list(clock.jobs.all()) == [job]
    again = hana.post("/admin/attendance/timeclock/add/", {"name": "Gate", **lines})
    assert "exists already" in str(again.context["adminform"].form.errors)


def test_a_day_is_told_in_hours_and_words(cast, staff):
    timetable.schedule(is_default=True)
    stay = clocking.clock_in(employee_id=cast.employee.employee_id, punch=presented("2026-11-16 09:30"))
    clocking.clock_out(employee_id=cast.employee.employee_id, punch=presented("2026-11-16 17:00"))
    day = DaySummary.objects.get(employee=cast.employee.employee, work_date=date(2026, 11, 16))
    hana = staff(cast.hr)
    page = hana.get(reverse("admin:attendance_daysummary_change", args=[day.pk]))
    shown = page.content.decode()
    for words in ("16 Nov 2026", "08:00 to 17:00, ", "1 h 30 min", "Late", "Not decided", "16 Nov 2026 09:30"):
        assert words in shown
    assert "seconds" not in shown.lower().partition("<main")[2] and "{}" not in shown
    assert reverse("admin:attendance_attendance_change", args=[stay.pk]) in shown
    stays = hana.get(reverse("admin:attendance_attendance_changelist")).context["cl"]
    assert [stays.model_admin.shown_state(row) for row in stays.result_list] == ["Closed"]


def test_a_punch_says_what_speaks_against_it_and_lists_what_was_looked_at(cast, staff):
    WorkSite.objects.create(
        name="Office", latitude="-6.2", longitude="106.8", radius_metres=100, is_for_everyone=True, policy="flag"
    )
    place = {"lat": Decimal("-6.2"), "lng": Decimal("106.8"), "location_accuracy": Decimal(10)}
    _in(cast.employee, **place)
    _in(cast.outsider, **{**place, "lat": Decimal("-6.21")}, is_mock_location=True)
    hana = staff(cast.hr)
    listed = hana.get(reverse("admin:attendance_punch_changelist")).context["cl"]
    said = {row.employee.first_name: listed.model_admin.said(row) for row in listed.result_list}
    assert said == {
        "Ema": "0 m from Office",
        "Otto": "1,112 m from Office; outside the site; the device says its position is made up",
    }
    punch = Punch.objects.get(employee=cast.outsider.employee)
    page = hana.get(reverse("admin:attendance_punch_change", args=[punch.pk])).content.decode()
    assert "1112 m" in page and "mock_location" not in page


def test_hr_who_clocks_in_somebody_who_is_in_reads_whom_the_refusal_means(cast, staff):
    _in(cast.employee)
    form = {"employee": cast.employee.employee_id, "comment": ""}
    answer = staff(cast.hr).post(reverse("admin:attendance_attendance_act_clock_in"), form)
    assert answer.status_code == 409
    assert "Ema would be told: You have already clocked in" in answer.content.decode()


def test_a_time_clocks_people_are_named_and_the_page_that_adds_one_says_so(cast, staff):
    clock = TimeClock.objects.create(name="Gate")
    line = clock.employee_links.create(employee=cast.employee.employee)
    page = staff(cast.hr).get(reverse("admin:attendance_timeclock_change", args=[clock.pk])).content.decode()
    assert "C-ema Ema" in page and "Lets clients lock days" in page and f"{line}" not in page
    assert "Add time clock" in staff(cast.hr).get(reverse("admin:attendance_timeclock_add")).content.decode()
