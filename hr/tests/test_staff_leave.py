"""Deciding leave in the admin: buttons that ask, the service that decides, refusals where the reader looks."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from hr.models import ApprovalRequest, Employee, HolidayKind, Leave, LeaveLedgerEntry
from hr.services import leave_grants, leave_ledger, leaves, period_locks
from hr.tests import builders, timetable
from peoplesync.core.models import ActivityLog, Job
from peoplesync.core.services import jobs

AT = datetime(2026, 11, 1, 3, tzinfo=UTC)


@pytest.fixture
def asked(cast):
    """Ema asks for two days."""
    timetable.schedule(is_default=True)
    timetable.leave_type()
    return _ask(cast.employee, date(2026, 12, 1))


def _ask(user, first, last=None, days=2):
    return leaves.request(
        employee=user.employee,
        leave_type="annual",
        start_date=first,
        end_date=last or first.replace(day=first.day + 1),
        days=Decimal(days),
        reason="Family",
        by=user,
        at=AT,
    )


def _act(name, row):
    return reverse(f"admin:hr_leave_act_{name}", args=[row.pk])


def test_a_manager_approves_with_a_note_and_it_is_logged_in_her_name(cast, asked, staff):
    mona = staff(cast.manager)
    page = mona.get(reverse("admin:hr_leave_change", args=[asked.pk])).content.decode()
    assert _act("approve", asked) in page
    answer = mona.post(_act("approve", asked), {"note": "Enjoy"}, follow=True)
    assert "Approved: Ema" in answer.content.decode()
    asked.refresh_from_db()
    assert (asked.status, asked.approved_by) == ("approved", cast.manager)
    assert ActivityLog.objects.filter(user=cast.manager, action="leave.approved").exists()


def test_looking_at_the_question_decides_nothing(cast, asked, staff):
    assert staff(cast.manager).get(_act("approve", asked)).status_code == 200
    asked.refresh_from_db()
    assert asked.status == "pending"


def _left(user, row, name="approve"):
    facts = user.get(_act(name, row)).context["summary"]
    return [fact for fact in facts if fact[0].startswith("Left until")]


def test_whoever_decides_reads_the_days_left_by_the_rule_that_flagged_the_request(cast, staff):
    leave_ledger.grant_year(year=2026, at=AT)
    later = _ask(cast.employee, date(2026, 12, 7), date(2026, 12, 15), 7)
    mona = staff(cast.manager)
    mona.post(_act("approve", later), {"note": ""})
    covered = _ask(cast.employee, date(2026, 11, 30), date(2026, 12, 4), 5)
    assert _left(mona, covered) == [
        ("Left until the end of 2026", "0 days, this leave already off it; 5 asked for in all")
    ]
    beyond = _ask(cast.employee, date(2026, 11, 23), date(2026, 11, 26), 4)
    assert (covered.exceeds_balance, beyond.exceeds_balance) == (False, True)
    assert _left(mona, beyond) == [
        ("Left until the end of 2026", "-4 days, this leave already off it; 9 asked for in all")
    ]
    assert _left(staff(cast.hr), later, "withdraw")[0][1].startswith("-4 days, this leave already off it")


def test_whoever_decides_on_leave_over_new_year_reads_what_is_left_of_each_year(cast, staff):
    leave_ledger.grant_year(year=2026, at=AT)
    leave = _ask(cast.employee, date(2026, 12, 28), date(2027, 1, 15), 15)
    assert _left(staff(cast.manager), leave) == [
        ("Left until the end of 2026", "8 days, this leave already off it; 4 asked for in all"),
        ("Left until the end of 2027", "-3 days, this leave already off it; 15 asked for in all"),
    ]
    assert leave.exceeds_balance


def test_a_status_cannot_be_posted_past_the_buttons(cast, asked, staff):
    answer = staff(cast.superadmin).post(reverse("admin:hr_leave_change", args=[asked.pk]), {"status": "approved"})
    assert answer.status_code == 403
    asked.refresh_from_db()
    assert asked.status == "pending"


def test_deciding_twice_is_refused_in_a_sentence(cast, asked, staff):
    mona = staff(cast.manager)
    mona.post(_act("reject", asked), {"note": ""})
    answer = mona.post(_act("approve", asked), {"note": ""})
    assert answer.status_code == 409
    assert "not possible in the present state" in answer.content.decode()


def test_a_locked_period_is_named_on_the_page_that_asked(cast, asked, staff):
    period_locks.lock(
        employee_id=None, first_on=asked.start_date, last_on=asked.end_date, reason="Closed", by=cast.hr, at=AT
    )
    answer = staff(cast.manager).post(_act("approve", asked), {"note": ""})
    assert answer.status_code == 409
    assert "is locked for everybody by hana@example.com (Closed)" in answer.content.decode()


def test_nobody_decides_about_herself(cast, asked, staff):
    own = _ask(cast.manager, date(2026, 12, 8))
    answer = staff(cast.manager).post(_act("approve", own), {"note": ""})
    assert answer.status_code == 403
    assert "Nobody decides about her own request" in answer.content.decode()
    refused = ActivityLog.objects.get(action="access.refused")
    assert (refused.user_id, refused.resource_type, refused.resource_id) == (cast.manager.pk, "leaves", own.pk)
    assert refused.meta == {"code": "own_request", "method": "POST", "page": "hr_leave_act_approve"}


def test_many_are_decided_after_one_question_and_one_refusal_stops_nobody(cast, asked, staff):
    second, own = _ask(cast.colleague, date(2026, 12, 8)), _ask(cast.manager, date(2026, 12, 8))
    mona = staff(cast.manager)
    chosen = {"action": "approve", "_selected_action": [str(one.pk) for one in (asked, second, own)]}
    question = mona.post("/admin/hr/leave/", chosen)
    assert "Approve this leave?" in question.content.decode()
    assert not Leave.objects.filter(status="approved").exists()
    answer = mona.post("/admin/hr/leave/", {**chosen, "confirmed": "yes", "note": ""}, follow=True).content.decode()
    assert "done for 2" in answer
    name = cast.manager.employee.full_name
    assert f"{name}, Annual, 8 Dec 2026 to 9 Dec 2026: Nobody decides about her own request" in answer
    assert ActivityLog.objects.get(action="access.refused").resource_id == own.pk
    assert Leave.objects.filter(status="approved").count() == 2


def test_hr_takes_approved_leave_back(cast, asked, staff):
    hana = staff(cast.hr)
    hana.post(_act("approve", asked), {"note": ""})
    hana.post(_act("withdraw", asked))
    asked.refresh_from_db()
    assert asked.deleted_at is not None


def test_the_inbox_holds_what_the_reader_may_decide_and_never_her_own(cast, asked, staff):
    own, foreign = _ask(cast.manager, date(2026, 12, 8)), _ask(cast.outsider, date(2026, 12, 8))
    shown = staff(cast.manager).get("/admin/hr/approvalrequest/").context["cl"].queryset
    assert {one.subject_id for one in shown} == {asked.pk}
    everything = staff(cast.hr).get("/admin/hr/approvalrequest/").context["cl"].queryset
    assert {one.subject_id for one in everything} == {asked.pk, own.pk, foreign.pk}
    assert staff(cast.payroll).get("/admin/hr/approvalrequest/").status_code == 403


def test_a_request_is_decided_from_the_inbox(cast, asked, staff):
    waiting = ApprovalRequest.objects.get()
    address = reverse("admin:hr_approvalrequest_act_approve", args=[waiting.pk])
    assert "leave of Ema" in staff(cast.manager).get(address).content.decode()
    assert staff(cast.auditor).post(address, {"note": ""}).status_code in {403, 404}
    staff(cast.manager).post(address, {"note": ""})
    asked.refresh_from_db()
    assert asked.status == "approved"


def test_the_inbox_minds_locked_days_like_the_leave_itself(cast, asked, staff):
    period_locks.lock(
        employee_id=None, first_on=asked.start_date, last_on=asked.end_date, reason="Closed", by=cast.hr, at=AT
    )
    address = reverse("admin:hr_approvalrequest_act_approve", args=[ApprovalRequest.objects.get().pk])
    mona = staff(cast.manager)
    assert mona.post(address, {"note": ""}).status_code == 409
    form = {"action": "approve", "_selected_action": [str(ApprovalRequest.objects.get().pk)], "confirmed": "yes"}
    answer = mona.post("/admin/hr/approvalrequest/", form, follow=True)
    (said,) = map(str, answer.context["messages"])
    assert "leave of Ema" in said and "is locked" in said
    asked.refresh_from_db()
    assert asked.status == "pending"


def test_requests_are_decided_in_bulk_after_a_page_that_says_what_each_is(cast, asked, staff):
    other = _ask(cast.employee, date(2026, 12, 8))
    rows = [str(row.pk) for row in ApprovalRequest.objects.all()]
    mona = staff(cast.manager)
    form = {"action": "approve", "_selected_action": rows}
    page = mona.post("/admin/hr/approvalrequest/", form).content.decode()
    assert "leave of Ema" in page and "2026-12-08" in page
    mona.post("/admin/hr/approvalrequest/", {**form, "confirmed": "yes", "note": "Both"})
    assert {row.status for row in Leave.objects.filter(pk__in=[asked.pk, other.pk])} == {"approved"}


def test_a_bulk_act_reaches_only_what_its_taker_may_decide(cast, asked, staff):
    foreign = _ask(cast.outsider, date(2026, 12, 8))
    rows = [str(row.pk) for row in ApprovalRequest.objects.all()]
    form = {"action": "approve", "_selected_action": rows, "confirmed": "yes", "note": ""}
    staff(cast.manager).post("/admin/hr/approvalrequest/", form)
    foreign.refresh_from_db()
    assert foreign.status == "pending"
    leaves_form = {**form, "_selected_action": [str(foreign.pk)]}
    for user in (cast.manager, cast.auditor, cast.payroll):
        staff(user).post("/admin/hr/leave/", leaves_form)
    foreign.refresh_from_db()
    assert foreign.status == "pending"


def test_the_inbox_costs_the_same_for_few_requests_and_for_many(cast, asked, staff):
    def statements():
        with CaptureQueriesContext(connection) as seen:
            assert "leave of Ema" in staff(cast.hr).get("/admin/hr/approvalrequest/").content.decode()
        return len(seen)

    few = statements()
    for monday in range(7, 28, 7):
        _ask(cast.employee, date(2026, 12, monday))
    assert statements() == few


def test_hr_adjusts_a_balance_once_however_often_the_form_is_sent(cast, staff):
    timetable.leave_type()
    hana, address = staff(cast.hr), "/admin/hr/leaveledgerentry/act/adjust/"
    key = hana.get(address).context["adminform"].form["key"].value()
    form = {
        "employee": str(cast.employee.employee_id), "leave_type": "annual", "days": "2.5", "effective_on": "2026-01-01",
        "note": "Worked on a holiday", "key": str(key),
    }  # fmt: skip
    for _ in range(2):
        answer = hana.post(address, form, follow=True)
        assert [str(said) for said in answer.context["messages"]] == ["Ema has 2.5 days of annual leave on 1 Jan 2026."]
    assert [entry.days for entry in LeaveLedgerEntry.objects.all()] == [Decimal("2.50")]
    assert ActivityLog.objects.filter(action="leave_ledger.adjusted", user=cast.hr).count() == 1
    assert staff(cast.payroll).post(address, form).status_code == 403


def _said(answer):
    return [str(said) for said in answer.context["messages"]]


def test_nobody_adjusts_her_own_balance(cast, staff):
    form = {"leave_type": "annual", "days": "2", "effective_on": "2026-01-01", "note": "For me", "key": "k"}
    own = reverse("admin:hr_employee_act_adjust_leave", args=[cast.hr.employee_id])
    answer = staff(cast.hr).post(own, form)
    assert answer.status_code == 403 and "Nobody changes her own leave balance" in answer.content.decode()
    assert not LeaveLedgerEntry.objects.exists()
    assert ActivityLog.objects.filter(action="access.refused", user=cast.hr).exists()


def test_hr_grants_a_joiner_her_year_from_her_page_once(cast, staff):
    year = timezone.localdate().year
    joiner = builders.employee("Nia", hired_at=date(year, 10, 1))
    hana, address = staff(cast.hr), reverse("admin:hr_employee_act_grant_leave", args=[joiner.pk])
    assert address in hana.get(reverse("admin:hr_employee_change", args=[joiner.pk])).content.decode()
    asked = hana.get(address)
    labels = dict(asked.context["adminform"].form.fields["year"].choices)
    assert labels == {year: f"{year}: 3 days", year + 1: f"{year + 1}: 12 days"}
    assert not LeaveLedgerEntry.objects.exists()
    (said,) = _said(hana.post(address, {"year": str(year)}, follow=True))
    assert said.startswith(f"{year}: 3 days granted to 1 balance,") and "has 3 days of annual leave until" in said
    assert f"{year}: nothing left to grant" in hana.get(address).content.decode()
    hana.post(address, {"year": str(year)})
    (entry,) = LeaveLedgerEntry.objects.all()
    assert (entry.employee, entry.days, entry.made_by) == (joiner, 3, cast.hr)
    logged = ActivityLog.objects.get(action="leave_ledger.granted", user=cast.hr)
    assert (logged.meta["employee_id"], logged.meta["year"]) == (str(joiner.pk), year)
    for user in (cast.payroll, cast.manager, cast.auditor):
        assert staff(user).post(address, {"year": str(year)}).status_code in {403, 404}


def test_hr_grants_everybody_a_year_less_its_collective_leave(cast, staff):
    year = timezone.localdate().year
    day = next(day for day in (date(year, 6, 1 + n) for n in range(7)) if day.weekday() == 0)
    timetable.calendar(day, kind=HolidayKind.COLLECTIVE_LEAVE)
    people = Employee.objects.alive().count()
    address = "/admin/hr/leaveledgerentry/act/grant/"
    (said,) = _said(staff(cast.hr).post(address, {"year": str(year)}, follow=True))
    assert said.endswith(f"granted to {people} balances, {people} days of collective leave taken.")
    assert ActivityLog.objects.get(action="leave_ledger.collective_taken").meta == {"year": year, "days": str(people)}


def test_a_year_of_very_many_people_is_granted_by_a_job(cast, staff, monkeypatch):
    monkeypatch.setattr(leave_grants, "AT_ONCE", 1)
    year = timezone.localdate().year
    answer = staff(cast.hr).post("/admin/hr/leaveledgerentry/act/grant/", {"year": str(year)})
    job = Job.objects.get()
    assert answer["Location"] == reverse("admin:core_job_change", args=[job.pk])
    assert not LeaveLedgerEntry.objects.exists()
    jobs.run(job_id=job.pk)
    job.refresh_from_db()
    people = Employee.objects.alive().count()
    assert (job.status, job.processed, job.total) == ("completed", people, people)
    assert f"granted to {people} balances" in job.result
    assert ActivityLog.objects.get(action="leave_ledger.granted").user == cast.hr
