"""The attendance app: registers what it adds to the apps below it once Django is ready."""

from django.apps import AppConfig


class AttendanceConfig(AppConfig):
    name = "attendance"
    label = "attendance"
