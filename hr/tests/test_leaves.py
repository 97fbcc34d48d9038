"""Leave, from asking to the ledger: how days are counted, who may decide, and what two at once come to."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone

from hr.models import ApprovalRequest, Employee, HolidayKind, Leave, LeaveLedgerEntry, Setting
from hr.selectors import leave_balances, leave_days
from hr.services import leave_ledger, leaves, period_locks
from hr.tests import builders, timetable
from hr.tests.together import together, tried
from peoplesync.core.models import ActivityLog, Notification
from peoplesync.kernel.errors import Conflict, Forbidden, Invalid

NOW = timezone.now()
MONDAY = date(2026, 12, 7)
FRIDAY = MONDAY + timedelta(days=4)


def ask(user, first=MONDAY, last=FRIDAY, days=5, code="annual", **values):
    timetable.leave_type(code)
    values.setdefault("reason", "Family")
    return leaves.request(
        employee=user.employee,
        leave_type=code,
        start_date=first,
        end_date=last,
        days=Decimal(str(days)),
        by=user,
        at=NOW,
        **values,
    )


def decide(leave, by, status="approved", note=""):
    return leaves.decide(leave=leave, status=status, note=note, by=by, at=NOW)


def grant(user, days, year=2026):
    return leave_ledger.adjust(
        employee=user.employee,
        leave_type=timetable.leave_type(),
        days=Decimal(days),
        effective_on=date(year, 1, 1),
        note="Opening balance",
        key=f"opening:{year}",
        by=None,
        at=NOW,
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("first", "last", "counted"),
    [
        (date(2026, 12, 7), date(2026, 12, 11), 5),  # a working week
        (date(2026, 12, 11), date(2026, 12, 14), 2),  # over a weekend
        (date(2026, 12, 12), date(2026, 12, 13), 0),  # a weekend
        (date(2026, 12, 23), date(2026, 12, 28), 2),  # collective leave on the 24th, Christmas on the 25th
        (date(2028, 2, 28), date(2028, 3, 1), 3),  # over the leap day
        (date(2028, 2, 29), date(2028, 2, 29), 1),
        (date(2026, 12, 31), date(2027, 1, 4), 2),  # New Year's Day is a holiday
    ],
)
def test_days_are_counted_from_the_persons_working_days(first, last, counted):
    timetable.calendar(date(2026, 12, 25), date(2027, 1, 1))
    timetable.calendar(date(2026, 12, 24), kind=HolidayKind.COLLECTIVE_LEAVE)
    assert leave_days.count(builders.employee().pk, first, last) == counted


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("this_year", "next_year", "exceeds"),
    [(1, 4, False), (4, 1, False), (0, 5, True), (1, 3, True), (5, 0, False)],
)
def test_leave_over_new_year_is_judged_by_what_it_takes_from_each_year(cast, this_year, next_year, exceeds):
    for year, days in ((2026, this_year), (2027, next_year)):
        if days:
            grant(cast.employee, days, year)
    leave = ask(cast.employee, first=date(2026, 12, 31), last=date(2027, 1, 6), days=5)
    assert leave.exceeds_balance is exceeds
    decide(leave, cast.hr)
    taken = LeaveLedgerEntry.objects.filter(leave=leave).order_by("effective_on")
    assert [(entry.effective_on.year, entry.days) for entry in taken] == [(2026, -1), (2027, -4)]


@pytest.mark.django_db
def test_pending_leave_over_new_year_holds_back_only_its_own_days_of_each_year(cast):
    grant(cast.employee, 3, 2026)
    grant(cast.employee, 10, 2027)
    ask(cast.employee, first=date(2026, 12, 31), last=date(2027, 1, 6), days=5)
    assert not ask(cast.employee, first=MONDAY, last=MONDAY + timedelta(days=1), days=2).exceeds_balance
    assert ask(cast.employee, first=FRIDAY, last=FRIDAY, days=1).exceeds_balance


@pytest.mark.django_db
def test_days_are_counted_from_the_persons_own_schedule():
    jane = builders.employee()
    timetable.assign(timetable.schedule(weekdays=(5, 6)), employee=jane)
    assert leave_days.count(jane.pk, MONDAY, MONDAY + timedelta(days=6)) == 2


def test_a_wrong_count_is_refused_with_the_right_one_unless_the_setting_takes_ours(cast):
    with pytest.raises(Invalid) as refused:
        ask(cast.employee, days=6)
    assert "5" in refused.value.errors["days"][0]
    Setting.objects.update(accepts_counted_leave_days=True)
    assert ask(cast.employee, days=6).days == 5


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"last": MONDAY - timedelta(days=1)}, "end_date"),
        ({"last": MONDAY + timedelta(days=400)}, "end_date"),
        ({"first": MONDAY - timedelta(days=1), "last": MONDAY - timedelta(days=1)}, "days"),
        ({"last": MONDAY, "days": "0.25"}, "days"),
        ({"last": MONDAY + timedelta(days=1), "days": "1.5"}, "days"),
    ],
)
def test_requests_that_make_no_sense_name_their_field(cast, values, field):
    with pytest.raises(Invalid) as refused:
        ask(cast.employee, **values)
    assert list(refused.value.errors) == [field]
    assert not Leave.objects.exists()


@pytest.mark.parametrize("dates", [{"hired_at": FRIDAY + timedelta(days=3)}, {"ended_on": MONDAY - timedelta(days=3)}])
def test_leave_outside_of_employment_names_its_dates(cast, dates):
    Employee.objects.filter(pk=cast.employee.employee_id).update(**dates)
    cast.employee.employee.refresh_from_db()
    with pytest.raises(Invalid) as refused:
        ask(cast.employee)
    assert f"day of employment is {next(iter(dates.values()))}" in str(refused.value.errors)


@pytest.mark.django_db
def test_half_a_day_is_taken_on_a_single_working_day(cast):
    grant(cast.employee, 12)
    decide(ask(cast.employee, last=MONDAY, days="0.5"), cast.manager)
    assert leave_balances.balance(cast.employee.employee_id, "annual", MONDAY).balance == Decimal("11.5")


def test_leave_that_touches_other_leave_is_refused_until_that_one_is_rejected(cast):
    first = ask(cast.employee)
    with pytest.raises(Invalid) as refused:
        ask(cast.employee, first=FRIDAY, last=FRIDAY, days=1, code="sick")
    assert str(MONDAY) in refused.value.errors["start_date"][0]
    decide(first, cast.manager, "rejected")
    assert ask(cast.employee, first=FRIDAY, last=FRIDAY, days=1, code="sick").status == "pending"


def test_leave_in_the_past_is_allowed_but_not_on_locked_days(cast):
    past = MONDAY - timedelta(days=364)
    assert ask(cast.employee, first=past, last=past, days=1).status == "pending"
    lock = {"employee_id": None, "first_on": FRIDAY, "last_on": FRIDAY, "reason": "", "by": cast.hr, "at": NOW}
    pending = ask(cast.colleague)
    period_locks.lock(**lock)
    with pytest.raises(Conflict):
        ask(cast.employee)
    with pytest.raises(Conflict):
        decide(pending, cast.manager)
    assert decide(pending, cast.manager, "rejected").status == "rejected"


def test_too_small_a_balance_is_a_flag_and_a_refusal_only_where_the_organisation_says_so(cast):
    grant(cast.employee, 7)
    assert not ask(cast.employee).exceeds_balance
    later = FRIDAY + timedelta(days=3)
    assert ask(cast.employee, first=later, last=later + timedelta(days=2), days=3).exceeds_balance
    told = Notification.objects.filter(user=cast.manager).order_by("created_at").values_list("title", flat=True)
    assert [title.endswith(", beyond the balance") for title in told] == [False, True]
    Setting.objects.update(refuses_insufficient_leave=True)
    with pytest.raises(Invalid) as refused:
        ask(cast.employee, first=date(2026, 12, 28), last=date(2026, 12, 28), days=1)
    assert "days" in refused.value.errors
    assert not ask(
        cast.employee, first=date(2026, 12, 28), last=date(2026, 12, 28), days=1, code="sick"
    ).exceeds_balance


def test_approval_takes_the_days_tells_the_person_and_says_which_days_changed(cast, monkeypatch):
    heard = []
    monkeypatch.setattr(leaves.leave_changed, "_functions", [lambda *call: heard.append(call)])
    asked = ask(cast.employee)
    assert Notification.objects.get().user == cast.manager
    done = decide(asked, cast.manager, note="Enjoy")
    assert (done.status, done.approved_by) == ("approved", cast.manager)
    assert heard == [(cast.employee.employee_id, MONDAY, FRIDAY)]
    assert LeaveLedgerEntry.objects.get(leave=asked).days == -5
    told = Notification.objects.get(user=cast.employee)
    assert "Enjoy" in told.message
    log = ActivityLog.objects.get(action="leave.approved")
    assert (log.user, log.resource_id, log.meta["note"]) == (cast.manager, asked.pk, "Enjoy")


def test_rejection_takes_nothing_and_names_who_rejected(cast):
    done = decide(ask(cast.employee), cast.hr, "rejected")
    assert (done.status, done.approved_by) == ("rejected", cast.hr)
    assert not LeaveLedgerEntry.objects.exists()


def test_leave_over_new_year_is_taken_from_each_years_balance(cast):
    asked = ask(cast.employee, first=date(2026, 12, 30), last=date(2027, 1, 5), days=5)
    decide(asked, cast.hr)
    entries = LeaveLedgerEntry.objects.filter(leave=asked).order_by("effective_on")
    assert list(entries.values_list("effective_on", "days")) == [(date(2026, 12, 30), -2), (date(2027, 1, 1), -3)]


def test_a_leave_is_decided_once(cast):
    asked = ask(cast.employee)
    decide(asked, cast.manager)
    with pytest.raises(Invalid) as refused:
        decide(asked, cast.hr, "rejected")
    assert refused.value.code == "already_decided"


@pytest.mark.parametrize("who", ["employee", "colleague", "outsider", "payroll", "auditor"])
def test_those_without_the_right_cannot_decide(cast, who):
    with pytest.raises(Forbidden):
        decide(ask(cast.employee), getattr(cast, who))


@pytest.mark.parametrize("who", ["manager", "hr", "superadmin"])
def test_nobody_decides_about_her_own_leave_whatever_her_role(cast, who):
    user = getattr(cast, who)
    with pytest.raises(Forbidden) as refused:
        decide(ask(user), user)
    assert refused.value.code == "own_request"


def test_a_manager_decides_in_sub_departments_but_not_elsewhere(cast):
    assert decide(ask(cast.colleague), cast.manager).status == "approved"
    with pytest.raises(Forbidden):
        decide(ask(cast.outsider), cast.manager)


def test_one_takes_back_what_is_pending_and_hr_what_is_approved(cast):
    grant(cast.employee, 12)
    own = ask(cast.employee)
    leaves.withdraw(leave=own, by=cast.employee, at=NOW)
    assert ApprovalRequest.objects.get().status == "cancelled"
    approved = decide(ask(cast.employee), cast.manager)
    with pytest.raises(Forbidden):
        leaves.withdraw(leave=approved, by=cast.employee, at=NOW)
    leaves.withdraw(leave=approved, by=cast.hr, at=NOW)
    assert leave_balances.balance(cast.employee.employee_id, "annual", FRIDAY).balance == 12
    told = Notification.objects.filter(title__endswith="taken back")
    assert set(told.values_list("user__email", flat=True)) == {"ema@example.com", "mona@example.com"}
    assert "HR took it back" in told[0].message and "Ask HR" in told[0].message
    assert ask(cast.employee).status == "pending"


@pytest.mark.django_db(transaction=True)
def test_the_same_days_asked_for_twice_at_once_give_one_leave(cast):
    timetable.leave_type()
    results = together(*[tried(lambda: ask(cast.employee))] * 4)
    assert Leave.objects.count() == ApprovalRequest.objects.count() == 1
    assert sum(isinstance(result, Leave) for result in results) == 1
    assert all(result.code == "overlap" for result in results if not isinstance(result, Leave))


@pytest.mark.django_db(transaction=True)
def test_the_database_itself_refuses_overlapping_leave(cast):
    timetable.leave(cast.employee.employee, MONDAY, FRIDAY)
    with pytest.raises(Exception, match="hr_leave_no_overlap"), transaction.atomic():
        timetable.leave(cast.employee.employee, FRIDAY, FRIDAY, status="pending")


@pytest.mark.django_db(transaction=True)
def test_two_deciders_in_the_same_moment_give_one_decision(cast):
    asked = ask(cast.employee)
    acts = [lambda: decide(asked, cast.manager, "approved"), lambda: decide(asked, cast.hr, "rejected")]
    results = together(*map(tried, acts))
    refusals = [result for result in results if isinstance(result, Invalid)]
    assert [refusal.code for refusal in refusals] == ["already_decided"]
    asked.refresh_from_db()
    assert LeaveLedgerEntry.objects.count() == (1 if asked.status == "approved" else 0)
    assert ActivityLog.objects.filter(action__in=["leave.approved", "leave.rejected"]).count() == 1


def test_leave_of_days_after_the_last_one_is_rejected_and_not_approved(cast):
    leave = ask(cast.employee)
    Employee.objects.filter(pk=cast.employee.employee_id).update(ended_on=MONDAY - timedelta(days=1))
    with pytest.raises(Conflict, match=r"last day of employment, 2026-12-06\. Reject it"):
        decide(leave, cast.manager)
    assert decide(leave, cast.manager, status="rejected").status == "rejected"
    spanning = ask(cast.colleague)
    Employee.objects.filter(pk=cast.colleague.employee_id).update(ended_on=MONDAY)
    assert decide(spanning, cast.manager).status == "approved"
