"""Payroll's routes."""

from django.urls import path

from payroll.api import components, payrolls, registrations, runs, terms

registrations.register()

urlpatterns = [
    path("salary_components", components.ComponentList.as_view()),
    path("salary_components/<id:id>", components.ComponentDetail.as_view()),
    path("pay_rates", terms.PayRates.as_view()),
    path("salary_assignments", terms.SalaryAssignments.as_view()),
    path("salary_assignments/<id:id>", terms.SalaryAssignmentDetail.as_view()),
    path("payrolls", payrolls.Payrolls.as_view()),
    path("payrolls/<id:id>", payrolls.PayrollDetail.as_view()),
    path("payrolls/<id:id>/snapshot", payrolls.PayrollSnapshotDetail.as_view()),
    path("payroll_runs", runs.PayrollRuns.as_view()),
    path("payroll_runs/<id:id>", runs.PayrollRunDetail.as_view()),
    path("payroll_runs/<id:id>/readiness", runs.RunReadiness.as_view()),
    path("payroll_runs/<id:id>/variance", runs.RunVariance.as_view()),
    path("payroll_runs/<id:id>/approve", runs.Approve.as_view()),
    path("payroll_runs/<id:id>/post", runs.Post.as_view()),
    path("payroll_runs/<id:id>/pay", runs.Pay.as_view()),
    path("payroll_runs/<id:id>/cancel", runs.Cancel.as_view()),
]
