"""Delta sync: a cursor replayed reaches the state of the full lists, nothing is missed, nothing is anybody else's."""

from __future__ import annotations

import json
import threading
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from attendance.models import Attendance, DaySummary
from attendance.services import clocking, pairs
from attendance.tests.builders import presented
from hr.models import Employee, Leave, LeaveStatus, WorkSite, WorkSiteAssignment
from hr.tests import timetable
from payroll.models import Payment, Payroll, PayrollRun, PayrollStatus
from peoplesync.core import changes
from peoplesync.core.models import Notification
from peoplesync.core.selectors import changes as selector
from peoplesync.core.services import notifications
from peoplesync.tests import routes
from peoplesync.tests.phone import PATH, Phone


def stay(employee_id, days_ago=1, **values):
    start = (timezone.now() - timedelta(days=days_ago)).replace(microsecond=0)
    values.setdefault("clock_out", start + timedelta(hours=8))
    return Attendance.objects.create(
        employee_id=employee_id, clock_in=start, timezone="Asia/Jakarta", work_date=start.date(), door="native", **values
    )  # fmt: skip


def tell(user, title="Hello"):
    notifications.send(user_ids=[user.pk], title=title, message="There", at=timezone.now())


@pytest.fixture
def alone(monkeypatch):
    """Nobody else writes: the horizon is now. A shared development server has other databases with transactions of
    their own, which only make rows come again.
    """
    monkeypatch.setattr(selector, "_STANDING", selector._STANDING.replace("pg_snapshot_xmin", "pg_snapshot_xmax"))


@pytest.mark.django_db
def test_the_first_call_is_a_full_state_of_ones_own_and_of_nobody_else(cast, client_of):
    mine, theirs = stay(cast.employee.employee_id), stay(cast.colleague.employee_id)
    tell(cast.employee)
    tell(cast.manager)
    phone = Phone(client_of(cast.employee)).poll()
    assert set(phone.state["attendances"]) == {str(mine.pk)}
    assert [row["user_id"] for row in phone.state["notifications"].values()] == [str(cast.employee.pk)]
    assert set(phone.state["employee"]) == {str(cast.employee.employee_id)}
    assert [row["timezone"] for row in phone.state["settings"].values()] == ["Asia/Jakarta"]
    assert len(phone.state["planned_days"]) == 32
    assert set(Phone(client_of(cast.manager)).poll().state["attendances"]) == set()
    assert set(Phone(client_of(cast.superadmin)).poll().state["attendances"]) == set()
    assert str(theirs.pk) not in json.dumps(phone.state)


@pytest.mark.django_db(transaction=True)
def test_a_second_call_tells_only_what_changed_and_a_third_nothing(cast, client_of, alone):
    first, second = stay(cast.employee.employee_id, 3), stay(cast.employee.employee_id, 2)
    tell(cast.employee)
    phone = Phone(client_of(cast.employee)).poll()
    Attendance.objects.filter(pk=first.pk).update(comment="Changed", clock_out=None, is_unfinished=True)
    phone.poll()
    assert phone.told == [("attendances", str(first.pk))]
    assert phone.state["attendances"][str(first.pk)]["clock_out"] is None
    assert str(second.pk) in phone.state["attendances"]
    assert phone.poll().told == []


@pytest.mark.django_db(transaction=True)
def test_what_is_voided_withdrawn_deleted_or_unassigned_leaves_the_phone(cast, client_of):
    employee_id = cast.employee.employee_id
    gone = stay(employee_id)
    today = timezone.now().date()
    leave = timetable.leave(cast.employee.employee, today, today, status=LeaveStatus.PENDING)
    tell(cast.employee)
    site = WorkSite.objects.create(name="Gate")
    WorkSiteAssignment.objects.create(site=site, employee_id=employee_id)
    phone = Phone(client_of(cast.employee)).poll()
    assert all(phone.state[name] for name in ("attendances", "leaves", "notifications", "work_sites"))
    pairs.void(attendance_id=gone.pk, by=presented("2026-11-16 09:00"), reason="A test")
    now = timezone.now()
    Leave.objects.filter(pk=leave.pk).update(deleted_at=now)
    Notification.objects.filter(user=cast.employee).update(deleted_at=now)
    WorkSiteAssignment.objects.all().delete()
    phone.poll()
    assert [phone.state[name] for name in ("attendances", "leaves", "notifications", "work_sites")] == [{}] * 4


@pytest.mark.django_db(transaction=True)
def test_a_slow_transaction_that_commits_behind_a_cursor_is_not_missed(cast, client_of):
    employee_id = cast.employee.employee_id
    phone = Phone(client_of(cast.employee)).poll()
    written, may_commit = threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            with transaction.atomic():  # a savepoint: its rows carry a number of their own
                stay(employee_id, 5)
            written.set()
            assert may_commit.wait(30)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert written.wait(30)
    later = stay(employee_id, 2)
    assert set(phone.poll().state["attendances"]) == {str(later.pk)}
    assert set(phone.poll().state["attendances"]) == {str(later.pk)}
    may_commit.set()
    thread.join(30)
    assert len(phone.poll().state["attendances"]) == 2


@pytest.mark.django_db(transaction=True)
def test_pages_lose_nothing_that_changes_between_them(cast, client_of):
    employee_id = cast.employee.employee_id
    stays = [stay(employee_id, ago) for ago in range(2, 12)]
    phone = Phone(client_of(cast.employee), limit=3)
    waiting = iter([lambda: stay(employee_id, 20), lambda: pairs_gone(stays[0]), lambda: tell(cast.employee)])
    phone.poll(between=lambda: next(waiting, lambda: None)())
    assert phone.pages >= 4
    phone.poll()
    full = Phone(client_of(cast.employee)).poll()
    assert phone.state == full.state
    assert len(full.state["attendances"]) == 10


def pairs_gone(row):
    Attendance.objects.filter(pk=row.pk).update(deleted_at=timezone.now())


@pytest.mark.django_db(transaction=True)
def test_a_payslip_appears_once_it_is_approved_and_again_when_it_is_paid(cast, client_of, alone):
    now = timezone.now()
    run = PayrollRun.objects.create(
        period_year=now.year, period_month=now.month, counted_first_on=now.date(), counted_last_on=now.date()
    )
    slip = Payroll.objects.create(
        employee_id=cast.employee.employee_id, run=run, period_year=now.year, period_month=now.month,
        gross_amount=Decimal(10), deduction_amount=Decimal(0), net_amount=Decimal(10), generated_at=now,
    )  # fmt: skip
    phone = Phone(client_of(cast.employee)).poll()
    assert phone.state["payrolls"] == {}
    Payroll.objects.filter(pk=slip.pk).update(status=PayrollStatus.POSTED)
    assert set(phone.poll().state["payrolls"]) == {str(slip.pk)}
    assert phone.poll().told == []
    Payment.objects.create(payroll=slip, amount=Decimal(10), paid_at=now)
    assert phone.poll().told == [("payrolls", str(slip.pk))]
    assert phone.state["payrolls"][str(slip.pk)]["paid_at"] is not None


@pytest.mark.django_db
def test_rows_before_the_window_are_left_out_and_the_answer_says_where_it_begins(cast, client_of):
    stay(cast.employee.employee_id, 100)
    kept = stay(cast.employee.employee_id, 10)
    answer = client_of(cast.employee).get(PATH).json()["feeds"]["attendances"]
    assert [row["id"] for row in answer["changed"]] == [str(kept.pk)]
    assert date.fromisoformat(answer["first"]) == timezone.now().date() - timedelta(days=62)


@pytest.mark.parametrize("cursor", ["x", "e30", "%00", "ä", "W10", "bnVsbA", "A" * 3000])
@pytest.mark.django_db
def test_what_is_no_cursor_is_refused_by_name(cursor, cast, client_of):
    answer = client_of(cast.employee).get(PATH, {"cursor": cursor})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["cursor"])


def opened(cursor):
    return json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))


def closed(held):
    return urlsafe_b64encode(json.dumps(held).encode()).decode()


@pytest.mark.parametrize(
    "change",
    [{"base": "1"}, {"base": -1}, {"base": 2**70}, {"feed": 3}, {"after": "x"}, {"known": []}, {"v": 2}, {"more": 1}],
)
@pytest.mark.django_db
def test_a_cursor_that_was_tampered_with_is_refused(change, cast, client_of):
    client = client_of(cast.employee)
    held = opened(client.get(PATH).json()["cursor"])
    assert client.get(PATH, {"cursor": closed({**held, **change})}).status_code == 400


@pytest.mark.django_db
def test_a_cursor_of_another_person_or_another_age_begins_anew(cast, client_of):
    mine = client_of(cast.employee).get(PATH).json()["cursor"]
    theirs = client_of(cast.outsider).get(PATH, {"cursor": mine}).json()
    assert theirs["is_reset"] is True
    assert {row["id"] for row in theirs["feeds"]["employee"]["changed"]} == {str(cast.outsider.employee_id)}
    held = opened(mine)
    for base in (held["base"] + 2**40, max(held["base"] - 2**31, 0) if held["base"] > 2**31 else held["base"] + 10**6):
        assert client_of(cast.employee).get(PATH, {"cursor": closed({**held, "base": base})}).json()["is_reset"] is True
    assert client_of(cast.employee).get(PATH, {"cursor": mine}).json()["is_reset"] is False


@pytest.mark.parametrize("limit", ["0", "501", "x", "-1", "1.5", ""])
@pytest.mark.django_db
def test_a_limit_out_of_range_is_refused_by_name(limit, cast, client_of):
    answer = client_of(cast.employee).get(PATH, {"limit": limit})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["limit"])


@pytest.mark.django_db
def test_a_call_costs_the_same_whatever_the_number_of_rows(cast, client_of):
    client, spent = client_of(cast.employee), []
    for count in (2, 12):
        for number in range(count):
            stay(cast.employee.employee_id, 2 + number + count)
            tell(cast.employee)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(PATH).status_code == 200
        spent.append(len(queries))
    assert spent[0] == spent[1] <= 17


@pytest.mark.django_db
def test_a_user_who_is_nobodys_has_her_notifications_and_no_more(cast, client_of):
    cast.employee.employee = None
    cast.employee.save()
    tell(cast.employee)
    phone = Phone(client_of(cast.employee)).poll()
    assert {name for name, rows in phone.state.items() if rows} == {"notifications", "settings"}


#: Feed -> what makes one row of it.
ONE_ROW = {
    "attendances": routes.attendance,
    "corrections": routes.correction,
    "days": routes.day_of_overtime,
    "exceptions": routes.day_exception,
    "leaves": routes.leave,
    "notifications": routes.notification,
    "payrolls": routes.payroll,
}
CROWD = 400


def crowd(cast):
    """A row of each feed for each of many others, known to the planner."""
    Employee.objects.bulk_create(
        Employee(employee_number=f"O-{number}", first_name=f"Other {number}", hired_at=date(2020, 1, 15))
        for number in range(CROWD)
    )
    tables = [feed.rows(cast.outsider, date(2025, 1, 1)).model._meta.db_table for feed in changes.row_feeds()]
    with connection.cursor() as cursor:
        for feed in changes.row_feeds():
            ONE_ROW[feed.name](cast, cast.outsider)
        for table in tables:
            changed = "'id', gen_random_uuid()" + ("" if table == "core_notification" else ", 'employee_id', other.id")
            cursor.execute(
                f"INSERT INTO {table} SELECT (jsonb_populate_record(sample, jsonb_build_object({changed}))).* "
                f"FROM {table} sample, hr_employee other WHERE other.first_name LIKE 'Other %' "
                f"AND sample.ctid = (SELECT ctid FROM {table} LIMIT 1)"
            )
        cursor.execute(f"ANALYZE {', '.join(tables)}")


@pytest.mark.django_db
def test_every_feed_reaches_its_rows_through_an_index_of_the_person(cast):
    """No walk through everybody's rows, however many there are: an index that begins with the person, or none at all."""
    crowd(cast)
    user = cast.employee
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    for feed in changes.row_feeds():
        rows = changes.changed_rows(feed, user, date(2025, 1, 1), 1)  # the crowd's rows lie in this window
        plan = rows[:201].explain(format="json")
        nodes = list(walk(json.loads(plan)[0]["Plan"]))
        reads = [node for node in nodes if node.get("Relation Name") == rows.model._meta.db_table]
        conditions = [node.get("Index Cond", "") + node.get("Recheck Cond", "") for node in reads]
        owner = "user_id" if feed.name == "notifications" else "employee_id"
        assert reads and all(owner in condition for condition in conditions), (feed.name, plan)


def walk(node):
    yield node
    for inner in node.get("Plans", []):
        yield from walk(inner)


@pytest.mark.django_db(transaction=True)
def test_a_punch_and_its_day_are_on_the_phone_with_the_next_call(cast, client_of):
    phone = Phone(client_of(cast.employee)).poll()
    now = datetime.now(UTC)
    row = clocking.clock_in(
        employee_id=cast.employee.employee_id, punch=presented("2026-11-16 09:00", at=now, received_at=now)
    )
    phone.poll()
    day = DaySummary.objects.get()
    assert set(phone.state["attendances"]) == {str(row.pk)}
    assert phone.state["days"][day.work_date.isoformat()]["status"] == "present"
