"""The yearly grant and collective leave: who gets how much, once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from hr.models import HolidayKind, Leave, LeaveLedgerEntry
from hr.selectors import leave_balances, leave_invariants
from hr.services import leave_batches, leave_ledger, leaves
from hr.tests import builders, timetable

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def annual(person, on):
    return leave_balances.balance(person.pk, "annual", on).balance


@pytest.mark.parametrize(
    ("hired", "ended", "days"),
    [
        (date(2020, 1, 15), None, "12"),
        (None, None, "12"),
        (date(2026, 1, 1), None, "12"),
        (date(2026, 7, 1), None, "6"),
        (date(2026, 7, 15), None, "6"),
        (date(2026, 7, 16), None, "5"),
        (date(2026, 12, 20), None, "0"),
        (date(2020, 1, 15), date(2026, 3, 10), "2"),
        (date(2020, 1, 15), date(2026, 3, 31), "3"),
        (date(2027, 1, 1), None, "0"),
        (date(2020, 1, 15), date(2025, 12, 31), "0"),
    ],
)
def test_the_grant_counts_the_months_of_the_year(hired, ended, days):
    jane = builders.employee(hired_at=hired, ended_on=ended)
    leave_ledger.grant_year(year=2026, at=NOW)
    assert annual(jane, date(2026, 12, 31)) == Decimal(days)


def test_a_part_of_a_day_is_granted_to_the_nearest_half(django_assert_num_queries):
    kind = timetable.leave_type()
    type(kind).objects.filter(pk=kind.pk).update(yearly_days=14)
    jane = builders.employee(hired_at=date(2026, 6, 1))  # seven twelfths of 14 are 8.17
    leave_ledger.grant_year(year=2026, at=NOW)
    assert annual(jane, date(2026, 12, 31)) == Decimal(8)


def test_a_joiners_days_count_from_her_first_day():
    jane = builders.employee(hired_at=date(2026, 7, 1))
    leave_ledger.grant_year(year=2026, at=NOW)
    assert annual(jane, date(2026, 6, 30)) == 0
    assert annual(jane, date(2026, 7, 1)) == 6


def test_granting_again_reaches_only_the_new(django_assert_max_num_queries):
    people = [builders.employee() for _ in range(20)]
    with django_assert_max_num_queries(4):
        assert leave_ledger.grant_year(year=2026, at=NOW).count == 20
    assert leave_ledger.grant_year(year=2026, at=NOW).count == 0
    builders.employee()
    assert leave_ledger.grant_year(year=2026, at=NOW) == leave_ledger.Granted(1, Decimal(12))
    assert annual(people[0], date(2026, 12, 31)) == 12
    assert {entry.id.version for entry in LeaveLedgerEntry.objects.all()} == {7}


def test_collective_leave_takes_a_day_from_those_whose_working_day_it_is_once():
    office, shop = builders.employee(), builders.employee()
    timetable.assign(timetable.schedule(weekdays=(5, 6)), employee=shop)
    timetable.calendar(date(2026, 12, 24), kind=HolidayKind.COLLECTIVE_LEAVE)
    assert leave_ledger.take_collective(year=2026, at=NOW) == 1
    assert leave_ledger.take_collective(year=2026, at=NOW) == 0
    assert (annual(office, date(2026, 12, 31)), annual(shop, date(2026, 12, 31))) == (-1, 0)


def test_a_day_of_approved_leave_that_becomes_collective_later_is_taken_once():
    before, after, sick = builders.employee(), builders.employee(), builders.employee()
    # Tuesday to Thursday, asked for before and after the Thursday became a day off together.
    timetable.leave(before, date(2026, 12, 22), date(2026, 12, 24), days=3)
    timetable.leave(after, date(2026, 12, 22), date(2026, 12, 24), days=2)
    timetable.leave(sick, date(2026, 12, 24), date(2026, 12, 24), code="sick")
    timetable.calendar(date(2026, 12, 24), kind=HolidayKind.COLLECTIVE_LEAVE)
    assert leave_ledger.take_collective(year=2026, at=NOW) == 2
    taken = set(LeaveLedgerEntry.objects.filter(kind="collective").values_list("employee_id", flat=True))
    assert taken == {after.pk, sick.pk}


def test_of_two_collective_days_in_a_leave_the_one_it_did_not_take_is_taken():
    early, late, ran_between = (builders.employee() for _ in range(3))
    # Monday to Thursday. The Wednesday was a day off together when it was asked for, the Thursday became one later.
    timetable.calendar(date(2026, 12, 23), kind=HolidayKind.COLLECTIVE_LEAVE)
    timetable.leave(ran_between, date(2026, 12, 21), date(2026, 12, 24), days=3)
    assert leave_ledger.take_collective(year=2026, at=NOW) == 3
    LeaveLedgerEntry.objects.exclude(employee=ran_between).delete()
    timetable.leave(early, date(2026, 12, 21), date(2026, 12, 24), days=3)
    # Both became days off together later.
    timetable.leave(late, date(2026, 12, 21), date(2026, 12, 24), days=4)
    timetable.calendar(date(2026, 12, 24), kind=HolidayKind.COLLECTIVE_LEAVE)
    assert leave_ledger.take_collective(year=2026, at=NOW) == 1
    assert leave_ledger.take_collective(year=2026, at=NOW) == 0
    taken = set(LeaveLedgerEntry.objects.filter(kind="collective").values_list("employee_id", "effective_on"))
    assert taken == {(early.pk, date(2026, 12, 23)), (ran_between.pk, date(2026, 12, 23))}


def test_the_command_shows_first_and_then_grants(capsys):
    builders.employee()
    call_command("grant_leave", "--year", "2026", "--dry-run")
    assert "would grant 12 days to 1 balance" in capsys.readouterr().out
    assert not LeaveLedgerEntry.objects.exists()
    call_command("grant_leave", "--year", "2026")
    assert "granted 12 days to 1 balance" in capsys.readouterr().out
    with pytest.raises(CommandError):
        call_command("grant_leave", "--year", "99")


def test_balances_of_many_people_take_three_statements_and_one_more_for_leave_over_new_year(django_assert_num_queries):
    people = [builders.employee() for _ in range(10)]
    last = date(2026, 12, 31)
    for person in people:
        timetable.leave(person, date(2026, 12, 7), date(2026, 12, 8), status="pending")
    with django_assert_num_queries(3):
        assert {one.pending for (one,) in leave_balances.balances([who.pk for who in people], last).values()} == {2}
    for person in people:
        timetable.leave(person, date(2026, 12, 30), date(2027, 1, 5), days=5, status="pending")
    with django_assert_num_queries(4):
        assert {one.pending for (one,) in leave_balances.balances([who.pk for who in people], last).values()} == {4}


def test_old_records_come_in_whole_and_pending_ones_can_still_be_decided(cast, django_assert_max_num_queries):
    people = [cast.employee.employee, *[builders.employee() for _ in range(10)]]
    past = [
        leave_batches.PastLeave(
            who.pk, "annual", date(2026, month, 2), date(2026, month, 2), Decimal(1), status, reason="Old record"
        )
        for who in people
        for month, status in ((2, "approved"), (3, "rejected"), (11, "pending"))
    ]
    with django_assert_max_num_queries(8):
        assert leave_batches.record(leaves=past, by=cast.hr, at=NOW) == 33
    assert annual(people[0], date(2026, 12, 31)) == -1
    pending = Leave.objects.get(employee=people[0], status="pending")
    leaves.decide(leave=pending, status="approved", note="", by=cast.manager, at=NOW)
    assert annual(people[0], date(2026, 12, 31)) == -2
    assert leave_invariants.ledger(NOW) == leave_invariants.waiting(NOW) == []


def test_the_doctor_finds_leave_that_took_too_much_or_came_back_without_its_days(cast):
    asked = timetable.leave(cast.employee.employee, date(2026, 2, 2), date(2026, 2, 3))
    leave_ledger.take(leave=asked, by=cast.hr, at=NOW)
    assert leave_invariants.ledger(NOW) == []
    Leave.objects.filter(pk=asked.pk).update(days=1)
    assert leave_invariants.ledger(NOW)
    Leave.objects.filter(pk=asked.pk).update(days=2, deleted_at=NOW)
    assert leave_invariants.ledger(NOW)
    leave_ledger.give_back(leave=asked, by=cast.hr, at=NOW)
    assert leave_invariants.ledger(NOW) == []


def test_the_doctor_finds_leave_that_took_nothing_and_leave_nobody_can_decide():
    jane = builders.employee()
    timetable.leave(jane, date(2026, 2, 2), date(2026, 2, 3))
    timetable.leave(jane, date(2026, 3, 2), date(2026, 3, 3), status="pending")
    assert "1 leaves have taken other days" in leave_invariants.ledger(NOW)[0].what
    assert "1 pending" in leave_invariants.waiting(NOW)[0].what
