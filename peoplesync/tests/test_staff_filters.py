"""Filters of staff lists: each has its button, knows its values beforehand, and finds nothing for what is no value."""

from __future__ import annotations

from datetime import date

import pytest
from django.contrib.admin import ShowFacets
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from attendance.models import DayException
from peoplesync.core.staff.theme import DropdownFilter
from peoplesync.tests.staff import staff_models

pytestmark = pytest.mark.django_db


def test_every_page_with_a_drop_down_has_the_button_that_applies_it():
    pages = [page.model_admin for page in staff_models() if page.model_admin.list_filter]
    assert len(pages) > 10 and all(page.list_filter_submit for page in pages)


@pytest.mark.parametrize(("asked", "count"), [("", 2), ("?kind=late", 1), ("?kind=early", 0), ("?kind=x%00'", 0)])
def test_a_filter_of_known_values_asks_the_table_for_none(cast, staff, asked, count):
    for kind in ("late", "absent"):
        DayException.objects.create(
            employee=cast.employee.employee, work_date=date(2026, 11, 2), kind=kind, created_at=cast.hr.created_at
        )
    with CaptureQueriesContext(connection) as statements:
        answer = staff(cast.hr).get(f"/admin/attendance/dayexception/{asked}")
    assert answer.context["cl"].result_count == count
    assert not [one for one in statements if "SELECT DISTINCT" in one["sql"]]


def test_payslips_are_filtered_by_months_and_by_the_years_of_runs(cast, staff):
    hana = staff(cast.hr)
    filters = hana.get("/admin/payroll/payroll/?period_month=10").context["cl"].filter_specs
    months = next(one for one in filters if getattr(one, "parameter_name", "") == "period_month")
    assert isinstance(months, DropdownFilter) and months.lookup_choices[9] == ("10", "October")
    assert hana.get("/admin/payroll/payroll/?period_year=nonsense").context["cl"].result_count == 0


@pytest.mark.parametrize(
    ("page", "status"),
    [
        ("search/?s=%00Ema", 200),
        ("presence/month/?q=Ema%00", 200),
        ("autocomplete/?term=Ema%00&app_label=hr&model_name=user&field_name=employee", 200),
        ("hr/employee/?q=%00Ema", 200),
        ("hr/employee/?status=active%00&q=Ema", 200),
        ("hr/leave/?leave_type=%00", 200),
        ("core/job/?id=%00", 200),
        ("hr/user/add/?employee=%00", 200),
        ("core/job/%00/change/", 404),
    ],
)
def test_a_nul_typed_into_a_box_a_filter_or_an_address_is_no_mistake_of_ours(cast, staff, page, status):
    answer = staff(cast.superadmin).get(f"/admin/{page}")
    assert answer.status_code == status
    if "Ema" in page:
        assert b"Ema" in answer.content and b"Otto" not in answer.content


def test_what_is_no_id_is_nothing_chosen_where_people_are_searched_for(cast, staff):
    sue = staff(cast.superadmin)
    for page in ("hr/user/add/?employee=ema", "hr/department/add/?parent=1"):
        assert sue.get(f"/admin/{page}").status_code == 200
    page = f"/admin/hr/employee/{cast.employee.employee_id}/change/"
    answer = sue.post(page, {"first_name": "Emma", "department": "sales"})
    assert answer.status_code == 200 and "department" in answer.context["adminform"].form.errors
    answer = sue.post(reverse("admin:hr_leaveledgerentry_act_adjust"), {"employee": "ema"})
    assert answer.status_code == 200 and "employee" in answer.context["errors"]


def test_no_list_counts_what_each_of_its_filters_would_find(cast, staff):
    for page in staff_models():
        assert page.model_admin.show_facets is ShowFacets.NEVER, page.name
    with CaptureQueriesContext(connection) as asked:
        shown = staff(cast.hr).get("/admin/attendance/attendance/?_facets=True")
    assert "Show counts" not in shown.content.decode()
    assert not [each for each in asked if "FILTER (WHERE" in each["sql"]]
