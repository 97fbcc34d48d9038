"""HR's app: registers its include expanders, job handlers and constraint messages once Django is ready."""

from django.apps import AppConfig


class HrConfig(AppConfig):
    name = "hr"
    label = "hr"
    verbose_name = "People and organisation"
