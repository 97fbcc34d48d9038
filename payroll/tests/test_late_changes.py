"""Who is worth computing again is found out without computing anybody, and no kind of late change slips through."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection, transaction
from django.utils import timezone

from attendance.services import hr_changes
from attendance.tests.builders import compute_span
from hr.models import Employee, HolidayCalendar, LeaveType
from hr.services import employees, holidays
from hr.tests import builders as people
from hr.tests import timetable
from payroll.engine import inputs
from payroll.models import PayrollRun, SalaryComponent
from payroll.selectors import facts, readiness, stale, touched
from payroll.services import assignments, generation, rates
from payroll.tests import builders
from peoplesync.core import changes
from peoplesync.core.models import Job
from peoplesync.core.services import jobs


def now(cast):
    return {"by": cast.payroll, "at": timezone.now()}


def raised(cast, person):
    values = {"amount": 12_000_000, "valid_from": date(2025, 11, 16), "allow_retro": True}
    rates.set_from(employee_id=person.pk, **values, **now(cast))


def assigned(cast, person):
    given = {"component_id": SalaryComponent.objects.get(name="Bonus").pk, "valid_from": date(2025, 11, 1)}
    assignments.assign(employee_id=person.pk, amount=5, **given, **now(cast))


def taken_away(cast, person):
    row = person.salary_assignments.get()
    assignments.end(assignment=row, last_day=date(2025, 10, 10), allow_retro=True, **now(cast))


def last_day(cast, person):
    employees.end(employee=person, last_day=date(2025, 11, 20), reason="", **now(cast))


def first_day(cast, person):
    Employee.objects.filter(pk=person.pk).update(hired_at=date(2025, 11, 4))


def deleted(cast, person):
    employees.delete(employee=person, **now(cast))


def moved_away(cast, person):
    Employee.objects.filter(pk=person.pk).update(department=cast.sales)


def overtime(cast, person):
    person.days.filter(work_date=date(2025, 11, 3)).update(counted_overtime={"weekday": 5400})


def first_rate(cast, person):
    builders.rate(cast.manager.employee)


def hired(cast, person):
    people.employee("Late", department=cast.engineering)


def leave_approved(cast, person):
    timetable.leave(person, date(2025, 11, 10), date(2025, 11, 11), code="unpaid")


def leave_taken_back(cast, person):
    person.leaves.update(status="rejected")


def month_before_posted(cast, person):
    """As a leaver's, to the 28th; then she stays after all, and her November begins later."""
    before = {"hired_at": person.hired_at, "ended_on": None}
    Employee.objects.filter(pk=person.pk).update(ended_on=date(2025, 10, 28))
    builders.posted(builders.computed(by=cast.hr, month=10, employee_ids=[person.pk]), by=cast.payroll)
    Employee.objects.filter(pk=person.pk).update(**before)


OF_ONE = (
    raised, assigned, taken_away, last_day, first_day, deleted, moved_away, overtime, first_rate, hired, leave_approved,
    leave_taken_back, month_before_posted,
)  # fmt: skip


def holiday(cast, person):
    calendar = HolidayCalendar.objects.create(name="Ours", is_default=True)
    holidays.put(calendar=calendar, on=date(2025, 11, 3), name="Late", kind="holiday", **now(cast))


def leave_is_paid(cast, person):
    LeaveType.objects.filter(code="unpaid").update(is_paid=True)


def component(cast, person):
    SalaryComponent.objects.filter(name="Bonus").update(default_amount=7)


def rounding(cast, person):
    people.setting(money_unit="1000000")


OF_ALL = (holiday, leave_is_paid, component, rounding)


@pytest.fixture
def run(cast):
    """A computed November of Engineering: Ema and a colleague, paid by the day, too, and Mona, who has no salary."""
    paid = [cast.employee.employee, builders.paid("Stays", 10_900_000, department=cast.engineering)]
    builders.rate(paid[0], 10_900_000)
    builders.component("Bonus")
    for person in paid:
        formula = "overtime_minutes * 1000 + scheduled_days * 10"
        builders.assign(person, builders.component(f"Days of {person.pk}"), formula=formula)
    ids = [person.pk for person in paid]
    compute_span(ids, date(2025, 11, 1), date(2025, 11, 25), as_of=timezone.now())
    timetable.leave(paid[0], date(2025, 10, 27), date(2025, 10, 27), code="unpaid")
    return builders.computed(by=cast.hr, department_id=cast.engineering.pk)


def answer(run):
    found = stale.look(run)
    return found.changed, found.missing, found.gone


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_every_kind_of_late_change_is_found_as_if_everybody_were_computed_again(cast, run, monkeypatch):
    """One test of many kinds: what was committed before counts as read, which takes emptied tables afterwards."""
    ema, asked, gather = cast.employee.employee, set(), facts.gather
    monkeypatch.setattr(facts, "gather", lambda terms, ids: asked.update(ids) or gather(terms, ids))
    with connection.cursor() as cursor:
        # Whoever else uses this server may be running since before these people were entered.
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        run.facts_as_of |= {"transaction": cursor.fetchone()[0]}
    assert (run.payroll_count, run.refused_count) == (2, 1) and touched.since_computed(run) is None
    for change in OF_ONE + OF_ALL:
        with transaction.atomic(), monkeypatch.context() as many:
            many.setattr(touched, "FEW", 0)
            change(cast, ema)
            asked.clear()
            quickly = answer(run)
            assert any(quickly) and len(asked) <= (1 if change in OF_ONE else 3), change
            many.undo()
            assert quickly == answer(run), change
            transaction.set_rollback(True)
    monkeypatch.setattr(touched, "FEW", 0)
    asked.clear()
    assert answer(run) == ({}, {}, frozenset()) and not asked
    as_read = run.facts_as_of
    for tells_nothing in (
        None,
        as_read | {"server": "7"},
        as_read | {"transaction": as_read["transaction"] - 2**30},
        as_read | {"rules": "0"},
    ):
        run.facts_as_of = tells_nothing
        assert touched.since_computed(run) is None
    with monkeypatch.context() as unnamed:
        unnamed.setattr(changes, "_server", lambda: None)
        run.facts_as_of = as_read | {"server": None}
        assert touched.since_computed(run) is None
    run.facts_as_of = as_read
    monkeypatch.setattr(inputs, "RULE_VERSION", "2")
    monkeypatch.setattr(touched, "_rules", lambda: "of another release")
    assert len(stale.look(run).changed) == 2


@pytest.mark.django_db
def test_another_release_is_one_whose_rules_stand_in_other_files(settings, tmp_path):
    def told():
        touched._rules.cache_clear()
        return touched._rules()

    try:
        as_released = told()
        settings.BASE_DIR = tmp_path
        (tmp_path / "payroll/engine").mkdir(parents=True)
        (tmp_path / "payroll/engine/compute.py").write_text("once = 1")
        before = told()
        (tmp_path / "payroll/engine/compute.py").write_text("once = 2")
        assert len({as_released, before, told()}) == 3
    finally:
        touched._rules.cache_clear()


@pytest.mark.django_db
def test_days_that_wait_for_their_job_stand_in_the_way(cast, run, monkeypatch):
    def waiting():
        return [point.is_blocking for point in readiness.points(run, timezone.now()) if point.code == "days_to_compute"]

    monkeypatch.setattr(hr_changes, "AT_ONCE", 0)
    calendar = HolidayCalendar.objects.create(name="Ours", is_default=True)
    for on in (date(2025, 11, 3), date(2026, 2, 3)):
        holidays.put(calendar=calendar, on=on, name="Late", kind="holiday", **now(cast))
    assert waiting() == [True]
    job = Job.objects.get(payload__first="2025-11-03")
    jobs.run(job_id=job.pk)
    assert waiting() == []
    assert "stale" in [point.code for point in readiness.points(run, timezone.now())]


def test_a_runs_moment_is_kept_before_its_facts_are_read_and_stays_when_it_is_taken_up_again(cast, monkeypatch):
    kept, terms = [], facts.terms
    stored = PayrollRun.objects.values_list("facts_as_of", flat=True)
    monkeypatch.setattr(facts, "terms", lambda **which: kept.append(stored.first()) or terms(**which))
    run = builders.computed(by=cast.hr)
    assert kept == [None, run.facts_as_of] and run.facts_as_of
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()")
    generation._keep_moment(run)
    assert stored.get() == kept[1]
