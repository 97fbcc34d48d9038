"""Payroll's routes."""

from django.urls import path

from payroll.api import components, terms

urlpatterns = [
    path("salary_components", components.ComponentList.as_view()),
    path("salary_components/<uuid:id>", components.ComponentDetail.as_view()),
    path("pay_rates", terms.PayRates.as_view()),
    path("salary_assignments", terms.SalaryAssignments.as_view()),
    path("salary_assignments/<uuid:id>", terms.SalaryAssignmentDetail.as_view()),
]
