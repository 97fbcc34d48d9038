"""The payroll app: registers what it adds to the apps below it once Django is ready."""

from django.apps import AppConfig


class PayrollConfig(AppConfig):
    name = "payroll"
    label = "payroll"
