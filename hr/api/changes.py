"""What hr tells a phone about its person: her own record, her leave, the settings, her work sites and schedules."""

from __future__ import annotations

from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

from rest_framework import serializers

from hr.api.employees import EmployeeSerializer
from hr.api.leaves import LeaveSerializer
from hr.api.schedules import ScheduleSerializer
from hr.api.settings import SettingSerializer
from hr.models import Employee, Leave, Schedule, SitePolicy
from hr.selectors import organisation, schedules, work_sites
from hr.services.leaves import LONGEST
from peoplesync.core.api.changes import is_deleted, shown_by
from peoplesync.core.api.fields import NumberField
from peoplesync.core.changes import TWO_MONTHS, RowFeed, WholeFeed, register
from peoplesync.kernel.dates import ONE_DAY


class OwnWorkSiteSerializer(serializers.Serializer):
    """A site as its people need it: where it is, not who else works there."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    lat = NumberField(max_digits=18, decimal_places=14, source="latitude", allow_null=True)
    lng = NumberField(max_digits=18, decimal_places=14, source="longitude", allow_null=True)
    radius_metres = serializers.IntegerField()
    timezone = serializers.CharField()
    address = serializers.CharField()
    policy = serializers.ChoiceField(SitePolicy.values)


def _leaves(user: Any, first: date) -> Any:
    """Hers that reach into the window; the start bounds the index range, since no leave is longer than a year."""
    return Leave.objects.filter(employee_id=user.employee_id, start_date__gte=first - LONGEST, end_date__gte=first)


def _employee(user: Any, at: datetime) -> list[dict[str, Any]]:
    mine = Employee.objects.alive().filter(pk=user.employee_id)
    writing = EmployeeSerializer(context={"request": SimpleNamespace(user=user)})
    return [writing.to_representation(row) for row in mine]


def _settings(user: Any, at: datetime) -> list[dict[str, Any]]:
    row = organisation.current()
    return [] if row is None else [SettingSerializer().to_representation(row)]


def _work_sites(user: Any, at: datetime) -> list[dict[str, Any]]:
    if user.employee_id is None:
        return []
    return [OwnWorkSiteSerializer().to_representation(site) for site in work_sites.sites_of(user.employee_id)]


def _schedules(user: Any, at: datetime) -> list[dict[str, Any]]:
    """The weekly patterns that hold for her on any day from yesterday for two months."""
    if user.employee_id is None:
        return []
    today = at.date()
    plans = schedules.each_plan([user.employee_id], today - ONE_DAY, today + TWO_MONTHS)
    wanted = {plan.schedule_id for plan in plans if plan.schedule_id}
    rows = Schedule.objects.alive().filter(pk__in=wanted).prefetch_related("days").order_by("pk")
    return [ScheduleSerializer().to_representation(row) for row in rows]


def register_feeds() -> None:
    """Called with the routes."""
    register(
        RowFeed(
            name="leaves",
            rows=_leaves,
            shown=shown_by(LeaveSerializer),
            shape=LeaveSerializer,
            kept_for=TWO_MONTHS,
            is_gone=is_deleted,
        ),
        WholeFeed("employee", _employee, EmployeeSerializer),
        WholeFeed("settings", _settings, SettingSerializer),
        WholeFeed("work_sites", _work_sites, OwnWorkSiteSerializer),
        WholeFeed("schedules", _schedules, ScheduleSerializer),
    )
