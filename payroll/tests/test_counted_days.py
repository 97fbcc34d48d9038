"""Which days a month counts: each exactly once, whatever the cut-off day and however it changes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from hr.tests import builders as people
from payroll.selectors import facts
from payroll.services import posting, runs
from payroll.tests import builders
from peoplesync.kernel.dates import ONE_DAY, counted_window

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("cutoff_day", [1, 25, 28, 29, 30, 31])
def test_every_day_is_counted_in_exactly_one_month(cutoff_day):
    months = [(year, month) for year in (2027, 2028, 2099, 2100) for month in range(1, 13)]
    windows = [counted_window(year, month, cutoff_day) for year, month in months]
    for (_, last), (first, _), (year, month) in zip(windows, windows[1:], months[1:], strict=False):
        assert first - last == ONE_DAY or (year, month) == (2099, 1)
    assert [(last.year, last.month) for _, last in windows] == months


def posted(cast, month: int) -> tuple[date, date]:
    run = builders.computed(by=cast.hr, month=month)
    runs.approve(run=run, acknowledgement="Agreed", by=cast.payroll, at=timezone.now())
    posting.post(run=run, by=cast.payroll, at=timezone.now())
    return run.counted_first_on, run.counted_last_on


def days_of(month: int) -> tuple[date, date]:
    counted = facts.terms(year=2025, month=month, kind="regular").counted
    return counted.starts_on, counted.ends_on


@pytest.mark.parametrize(("cutoff_day", "last"), [(20, date(2025, 11, 20)), (31, date(2025, 11, 30))])
def test_a_changed_cut_off_begins_where_the_posted_month_ended(cast, cutoff_day, last):
    builders.paid("Jane")
    assert posted(cast, 10) == (date(2025, 9, 26), date(2025, 10, 25))
    people.setting(payroll_cutoff_day=cutoff_day)
    assert days_of(10) == (date(2025, 9, 26), date(2025, 10, 25))
    assert days_of(11) == posted(cast, 11) == (date(2025, 10, 26), last)
    assert days_of(12)[0] == last + timedelta(days=1)
