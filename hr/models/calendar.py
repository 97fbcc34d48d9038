"""Holiday calendars: which days are holidays or collective leave, by country and region, editable by HR."""

from __future__ import annotations

import pghistory
from django.db import models

from peoplesync.core.models import TouchedRecord


class HolidayKind(models.TextChoices):
    HOLIDAY = "holiday", "Public holiday"
    #: Cuti bersama: taken from annual leave, no holiday overtime rate.
    COLLECTIVE_LEAVE = "collective_leave", "Collective leave"


@pghistory.track()
class HolidayCalendar(TouchedRecord):
    """The holidays that count for a group of people. One is the organisation's default."""

    name = models.CharField(max_length=100, unique=True)
    country = models.CharField(max_length=2, blank=True)
    region = models.CharField(max_length=10, blank=True)
    is_default = models.BooleanField(default=False)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=models.Q(is_default=True), name="hr_holidaycalendar_one_default"
            )
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Holiday(TouchedRecord):
    """One day of one calendar."""

    calendar = models.ForeignKey(HolidayCalendar, on_delete=models.CASCADE, related_name="holidays")
    on = models.DateField()
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=HolidayKind.choices, default=HolidayKind.HOLIDAY)
    #: The library's date may still move (religious calendars); HR confirms it.
    is_estimated = models.BooleanField(default=False)

    class Meta:
        ordering = ["on"]
        constraints = [
            models.UniqueConstraint(fields=["calendar", "on"], name="hr_holiday_once_a_day"),
            models.CheckConstraint(condition=models.Q(kind__in=HolidayKind.values), name="hr_holiday_kind_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.name}"
