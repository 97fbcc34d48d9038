"""Every filter a list of presence shows works: a lookup that is not on the page is refused, these are not."""

from __future__ import annotations

import pytest
from django.urls import reverse

from attendance.services import clocking
from attendance.tests.builders import presented


@pytest.mark.parametrize(
    ("page", "asked"),
    [
        ("attendance_dayexception", {"state": "open"}),
        ("attendance_dayexception", {"state": "resolved", "since": "7"}),
        ("attendance_attendance", {"since": "7"}),
        ("attendance_punch", {"since": "1"}),
        ("attendance_daysummary", {"since": "31"}),
        ("hr_periodlock", {"state": "live"}),
    ],
)
def test_lists_narrow_by_every_filter_on_them(cast, staff, page, asked):
    clocking.clock_in(employee_id=cast.employee.employee_id, punch=presented("2026-11-16 08:00"))
    assert staff(cast.hr).get(reverse(f"admin:{page}_changelist"), asked).status_code == 200


def test_a_lookup_that_is_not_on_the_page_is_refused(cast, staff):
    listed = reverse("admin:attendance_attendance_changelist")
    assert staff(cast.hr).get(listed, {"employee__users__password__startswith": "a"}).status_code == 400


@pytest.mark.parametrize(("day", "count"), [("2026-11-16", 1), ("2026-11-17", 0), ("2026-13-45", 1)])
def test_a_link_may_ask_for_one_day(cast, staff, day, count):
    clocking.clock_in(employee_id=cast.employee.employee_id, punch=presented("2026-11-16 08:00"))
    page = staff(cast.hr).get(reverse("admin:attendance_attendance_changelist"), {"since": day})
    assert page.context["cl"].result_count == count
