"""A list's total is exact while counting is cheap; beyond, it is an estimate and its pages are exact all the same."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hr.models import Employee
from peoplesync.core import counting
from peoplesync.tests.cast import Cast

PEOPLE = 8


@pytest.fixture
def long_list(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Cast:
    """The cast's eight employees, where five are already too many to count."""
    monkeypatch.setattr(counting, "COUNTED", 5)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE hr_employee")
    return cast


def test_a_short_list_is_counted_to_the_row(cast: Cast) -> None:
    assert counting.rows_of(Employee.objects.all()) == (PEOPLE, True)
    assert counting.rows_of(Employee.objects.none()) == (0, True)


def test_a_long_list_is_estimated_for_one_more_statement_and_never_below_what_was_counted(long_list: Cast) -> None:
    with CaptureQueriesContext(connection) as seen:
        total, is_exact = counting.rows_of(Employee.objects.order_by("first_name"))
    assert (is_exact, len(seen)) == (False, 2)
    assert 6 <= total <= 2 * PEOPLE
    assert counting.rows_of(Employee.objects.exclude(pk=None).filter(first_name__gt=""))[0] >= 6


def test_pages_of_an_estimated_list_reach_its_last_row_and_end_there(long_list: Cast, client_of: Any) -> None:
    client, seen, page = client_of(long_list.hr), [], 1
    while rows := client.get(f"/api/v1/employees?per_page=3&page={page}").json()["data"]:
        seen += [row["id"] for row in rows]
        page += 1
    assert (len(seen), len(set(seen)), page) == (PEOPLE, PEOPLE, 4)
    far = client.get(f"/api/v1/employees?page={2**63 - 1}").json()
    assert (far["data"], far["meta"]["from"], far["meta"]["to"]) == ([], None, None)
