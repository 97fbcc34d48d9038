"""Paying in the admin: a month from generation to paid by buttons, reading logged, nothing final edited."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse
from django.utils import timezone

from hr.models import Employee
from hr.tests import builders
from payroll.models import Payment, PayRate, Payroll, PayrollRun, SalaryAssignment, SalaryComponent
from peoplesync.core.models import ActivityLog
from peoplesync.core.services import jobs
from peoplesync.core.staff import show

FORM = {"period_year": "2026", "period_month": "10", "kind": "regular"}


@pytest.fixture
def paid_people(cast):
    Employee.objects.update(current_salary=Decimal(9_000_000))
    return cast


def _generate(client, **more):
    answer = client.post(reverse("admin:payroll_payrollrun_act_generate"), {**FORM, **more})
    assert answer.status_code == 302, answer.content.decode()
    run = PayrollRun.objects.get()
    assert answer["Location"] == reverse("admin:payroll_payrollrun_change", args=[run.pk])
    jobs.run(job_id=run.job_id)
    run.refresh_from_db()
    return run


def _act(client, run, name, **form):
    return client.post(reverse(f"admin:payroll_payrollrun_act_{name}", args=[run.pk]), form)


def test_a_month_goes_from_generated_to_paid_by_buttons_and_by_two_people(paid_people, staff):
    hana, paula = staff(paid_people.hr), staff(paid_people.payroll)
    run = _generate(hana)
    page = paula.get(reverse("admin:payroll_payrollrun_change", args=[run.pk])).content.decode()
    assert "Readiness" in page
    assert "Approve" in page
    for name in ("approve", "post", "pay"):
        assert _act(paula, run, name, acknowledgement="As agreed").status_code == 302, name
    run.refresh_from_db()
    assert run.status == "paid"
    assert Payment.objects.count() == Payroll.objects.count() == run.payroll_count > 0


def _shown(client, query=""):
    page = client.get(f"/admin/payroll/payroll/?{query}")
    made_by = page.context["cl"].model_admin
    return [(made_by.shown_status(row), made_by.paid_on(row)) for row in page.context["cl"].result_list]


def test_a_payslip_says_when_it_was_paid_and_the_list_finds_what_is_still_to_pay(paid_people, staff):
    hana, paula = staff(paid_people.hr), staff(paid_people.payroll)
    run = _generate(hana)
    _act(paula, run, "approve")
    _act(paula, run, "post")
    assert set(_shown(paula)) == set(_shown(paula, "payment=waiting")) == {("Posted", show.EMPTY)}
    assert _shown(paula, "payment=paid") == _shown(paula, "payment=other") == []
    _act(paula, run, "pay", paid_at_0="2026-10-30", paid_at_1="20:00")
    assert set(_shown(paula)) == set(_shown(paula, "payment=paid")) == {("Paid", "30 Oct 2026")}
    assert _shown(paula, "payment=waiting") == []
    row = Payroll.objects.get(employee=paid_people.employee.employee)
    assert "30 Oct 2026" in paula.get(reverse("admin:payroll_payroll_change", args=[row.pk])).content.decode()


def test_whoever_started_a_run_does_not_approve_it(paid_people, staff):
    paula = staff(paid_people.payroll)
    run = _generate(paula)
    answer = _act(paula, run, "approve", acknowledgement="")
    assert answer.status_code == 403
    assert "another person must approve" in answer.content.decode()
    run.refresh_from_db()
    assert run.status == "computed"


def test_hr_reads_runs_and_does_not_act_on_them(paid_people, staff):
    hana = staff(paid_people.hr)
    run = _generate(hana)
    assert hana.get(reverse("admin:payroll_payrollrun_change", args=[run.pk])).status_code == 200
    for name in ("approve", "cancel"):
        assert _act(hana, run, name).status_code == 403, name


def test_a_run_that_was_computed_again_leads_to_the_later_one(paid_people, staff):
    hana = staff(paid_people.hr)
    first = _generate(hana)
    again = hana.post(reverse("admin:payroll_payrollrun_act_generate"), FORM)["Location"]
    second = PayrollRun.objects.exclude(pk=first.pk).get()
    jobs.run(job_id=second.job_id)
    page = hana.get(reverse("admin:payroll_payrollrun_change", args=[first.pk])).content.decode()
    assert "Empty" in page and "cancel this one" in page and f'href="{again}"' in page
    assert "Generate the month again" not in page


def test_a_payslip_explains_each_line_and_its_reading_is_logged(paid_people, staff):
    _generate(staff(paid_people.hr))
    row = Payroll.objects.get(employee=paid_people.employee.employee)
    page = staff(paid_people.payroll).get(reverse("admin:payroll_payroll_change", args=[row.pk])).content.decode()
    assert "Basic Salary" in page
    assert "9,000,000" in page
    read = ActivityLog.objects.filter(user=paid_people.payroll, action="payroll.read", resource_id=row.pk)
    assert read.count() == 1


def test_a_payslip_is_never_edited_not_even_by_an_administrator(paid_people, staff):
    _generate(staff(paid_people.hr))
    row = Payroll.objects.first()
    page = reverse("admin:payroll_payroll_change", args=[row.pk])
    sara = staff(paid_people.superadmin)
    assert sara.post(page, {"net_amount": "1", "status": "posted"}).status_code == 403
    assert sara.get(reverse("admin:payroll_payroll_delete", args=[row.pk])).status_code == 403
    row.refresh_from_db()
    assert row.status == "computed"


def test_a_manager_sees_no_payslip_of_her_people(paid_people, staff):
    _generate(staff(paid_people.hr))
    mona = staff(paid_people.manager)
    assert mona.get("/admin/payroll/payroll/").context["cl"].result_count == 0
    row = Payroll.objects.get(employee=paid_people.employee.employee)
    assert mona.get(reverse("admin:payroll_payroll_change", args=[row.pk])).status_code == 404
    person = reverse("admin:hr_employee_change", args=[row.employee_id])
    assert "Latest payslips" not in mona.get(person).content.decode()


def test_a_rate_since_ever_over_a_posted_month_must_be_meant(paid_people, staff):
    hana, paula = staff(paid_people.hr), staff(paid_people.payroll)
    run = _generate(hana)
    _act(paula, run, "approve")
    _act(paula, run, "post")
    act, person = reverse("admin:payroll_payrate_act_set"), paid_people.employee.employee
    PayRate.objects.filter(employee=person).update(valid=DateRange(date(2020, 1, 1), None))
    for valid_from, status in (("", 302), ("2026-10-31", 409)):
        form = {"employee": person.pk, "amount": "7000000", "valid_from": valid_from}
        assert paula.post(act, form).status_code == status
    assert paula.post(act, {**form, "allow_retro": "on"}).status_code == 302
    PayRate.objects.filter(employee=paid_people.colleague.employee).delete()
    since_ever = {"employee": paid_people.colleague.employee.pk, "amount": "7000000", "valid_from": ""}
    assert paula.post(act, since_ever).status_code == 409


def test_rates_are_set_by_payroll_and_never_ones_own(paid_people, staff):
    act = reverse("admin:payroll_payrate_act_set")
    form = {"amount": "12000000", "valid_from": "2026-11-01"}
    paula = staff(paid_people.payroll)
    assert paula.post(act, {**form, "employee": paid_people.employee.employee_id}).status_code == 302
    assert PayRate.objects.get(employee=paid_people.employee.employee).amount == 12_000_000
    own = paula.post(act, {**form, "employee": paid_people.payroll.employee_id})
    assert own.status_code == 403
    assert staff(paid_people.hr).post(act, form).status_code == 403


def test_a_component_is_made_assigned_and_ended(paid_people, staff):
    paula = staff(paid_people.payroll)
    form = {"name": "Meal", "type": "fixed", "default_amount": "0", "code": "meal"}
    assert paula.post("/admin/payroll/salarycomponent/add/", form).status_code == 302
    meal = SalaryComponent.objects.get(code="meal")
    assign = {
        "employee": paid_people.employee.employee_id,
        "component": meal.pk,
        "kind": "regular",
        "valid_from": "2026-10-01",
    }
    refused = paula.post(reverse("admin:payroll_salaryassignment_act_assign"), assign)
    assert "either an amount or a formula" in refused.content.decode()
    paula.post(reverse("admin:payroll_salaryassignment_act_assign"), {**assign, "amount": "500000"})
    row = SalaryAssignment.objects.get()
    paula.post(reverse("admin:payroll_salaryassignment_act_end", args=[row.pk]), {"last_day": "2026-12-31"})
    row.refresh_from_db()
    assert row.valid.upper.isoformat() == "2027-01-01"


def test_a_taken_code_is_said_on_the_form(paid_people, staff):
    form = {"name": "Another", "type": "fixed", "default_amount": "0", "code": "basic"}
    answer = staff(paid_people.payroll).post("/admin/payroll/salarycomponent/add/", form)
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors


def test_the_list_of_payslips_costs_the_same_for_one_person_and_for_many(
    paid_people, staff, django_assert_max_num_queries
):
    for _ in range(10):
        builders.employee("More", current_salary=Decimal(5_000_000))
    _generate(staff(paid_people.hr))
    paula = staff(paid_people.payroll)
    paula.get("/admin/payroll/payroll/")
    with django_assert_max_num_queries(12):
        paula.get("/admin/payroll/payroll/")


def test_the_form_offers_this_month_and_the_page_renews_itself_only_while_it_is_computed(paid_people, staff):
    hana = staff(paid_people.hr)
    offered = hana.get(reverse("admin:payroll_payrollrun_act_generate")).context["adminform"].form
    today = timezone.localdate()
    assert (offered["period_year"].value(), offered["period_month"].value()) == (today.year, today.month)
    form = {"period_year": "2026", "period_month": "10", "kind": "regular"}
    page = hana.post(reverse("admin:payroll_payrollrun_act_generate"), form)["Location"]
    assert "Refresh" in hana.get(page)
    jobs.run(job_id=PayrollRun.objects.get().job_id)
    done = hana.get(page)
    assert "Refresh" not in done
    assert "October 2026, regular month" in done.content.decode()


def test_a_runs_payslips_are_exported_by_who_may_read_them_and_each_reading_is_logged(paid_people, staff):
    hana = staff(paid_people.hr)
    run = _generate(hana)
    form = {"kind": "csv"}
    answer = _act(hana, run, "export", **form)
    lines = list(csv.DictReader(answer.content.decode("utf-8-sig").splitlines()))
    assert len(lines) == run.payroll_count > 1
    assert {line["Basic Salary"] for line in lines} == {line["net"] for line in lines} == {"9000000.00"}
    read = ActivityLog.objects.filter(action="payroll.read", user=paid_people.hr).values_list("resource_id", flat=True)
    assert set(read) == set(run.payrolls.exclude(employee=paid_people.hr.employee).values_list("pk", flat=True))
    assert _act(staff(paid_people.auditor), run, "export", **form).status_code == 200
    assert _act(staff(paid_people.manager), run, "export", **form).status_code in {403, 404}


def test_every_field_for_an_amount_names_its_currency(cast, staff):
    paula, person = staff(cast.payroll), cast.employee.employee
    for page, label in (
        (reverse("admin:hr_employee_act_salary", args=[person.pk]), "Salary a month (IDR)"),
        (reverse("admin:payroll_salarycomponent_add"), "Default amount (IDR)"),
        (reverse("admin:payroll_salaryassignment_act_assign"), "Amount (IDR)"),
    ):
        assert label in paula.get(page).content.decode(), page


def test_the_form_for_a_salary_says_until_when_the_first_is_put_right(cast, staff):
    page = staff(cast.payroll).get(reverse("admin:hr_employee_act_salary", args=[cast.employee.employee.pk]))
    assert "until a payslip that pays it is approved" in page.content.decode()
