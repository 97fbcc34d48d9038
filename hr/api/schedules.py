"""Schedules over HTTP: the weekly patterns, and who works them from when to when."""

from __future__ import annotations

from datetime import time
from typing import Any

from rest_framework import serializers
from rest_framework.response import Response

from hr.api.days import day
from hr.models import Schedule, ScheduleAssignment, ScheduleKind
from hr.services import schedules
from peoplesync.core.api.fields import (
    IdField,
    InstantField,
    ItemsField,
    StrictBooleanField,
    StrictIntegerField,
    TextField,
    WordField,
)
from peoplesync.core.api.views import ApiView, PostView
from peoplesync.kernel.dates import ONE_DAY
from peoplesync.kernel.errors import NotFound

DAY_MINUTES = 24 * 60


class ClockField(serializers.TimeField):
    """A wall-clock time, `HH:MM`."""

    default_error_messages = {"invalid": "Give a time of the day as HH:MM."}

    def __init__(self, **options: Any) -> None:
        super().__init__(format="%H:%M", input_formats=["%H:%M", "%H:%M:%S"], **options)

    def to_internal_value(self, value: Any) -> time:
        if not isinstance(value, str):
            self.fail("invalid")
        return super().to_internal_value(value)


class ScheduleDaySerializer(serializers.Serializer):
    default_error_messages = {"invalid": "Send each day as a JSON object."}

    weekday = StrictIntegerField(min_value=0, max_value=6, help_text="Monday is 0.")
    starts_at = ClockField()
    ends_at = ClockField(help_text="At or before the start: on the next day.")
    break_minutes = StrictIntegerField(min_value=0, max_value=DAY_MINUTES, default=60)
    required_minutes = StrictIntegerField(
        min_value=0, max_value=DAY_MINUTES, allow_null=True, default=None, help_text="Makes the hours flexible."
    )


class ScheduleSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(ScheduleKind.values)
    grace_in_minutes = serializers.IntegerField()
    grace_out_minutes = serializers.IntegerField()
    calendar_id = serializers.UUIDField(allow_null=True)
    is_default = serializers.BooleanField()
    days = ScheduleDaySerializer(many=True)
    created_at = InstantField()
    updated_at = InstantField()


class ScheduleUpdateSerializer(serializers.Serializer):
    name = TextField(max_length=100, required=False)
    kind = WordField(ScheduleKind.values, required=False)
    grace_in_minutes = StrictIntegerField(min_value=0, max_value=DAY_MINUTES, required=False)
    grace_out_minutes = StrictIntegerField(min_value=0, max_value=DAY_MINUTES, required=False)
    calendar_id = IdField(allow_null=True, required=False)
    is_default = StrictBooleanField(required=False)
    days = ItemsField(child=ScheduleDaySerializer(), required=False, max_length=7)


class ScheduleCreateSerializer(ScheduleUpdateSerializer):
    name = TextField(max_length=100)


class ScheduleAssignmentSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    schedule_id = serializers.UUIDField()
    employee_id = serializers.UUIDField(allow_null=True)
    department_id = serializers.UUIDField(allow_null=True)
    first_on = serializers.SerializerMethodField()
    last_on = serializers.SerializerMethodField()
    created_at = InstantField()

    def get_first_on(self, row: ScheduleAssignment) -> str | None:
        return row.valid.lower.isoformat() if row.valid.lower else None

    def get_last_on(self, row: ScheduleAssignment) -> str | None:
        return (row.valid.upper - ONE_DAY).isoformat() if row.valid.upper else None


class ScheduleAssignmentUpdateSerializer(serializers.Serializer):
    first_on = day(allow_null=True, required=False, help_text="The first day; null is unlimited.")
    last_on = day(allow_null=True, required=False, help_text="The last day, inside; null is unlimited.")


class ScheduleAssignmentCreateSerializer(ScheduleAssignmentUpdateSerializer):
    employee_id = IdField(allow_null=True, required=False, default=None)
    department_id = IdField(allow_null=True, required=False, default=None)


class ScheduleView(ApiView):
    resource = "schedules"
    read_serializer = ScheduleSerializer

    def visible(self) -> Any:
        return Schedule.objects.alive().prefetch_related("days")


class ScheduleList(ScheduleView, PostView):
    actions = {"GET": "read", "POST": "write"}
    titles = {"GET": "List schedules", "POST": "Create a schedule"}
    write_serializers = {"POST": ScheduleCreateSerializer}
    is_list = True

    def get(self, request: Any) -> Response:
        return self.listed()

    def posted(self, request: Any, **path: Any) -> Response:
        values = self.valid()
        days = values.pop("days", [])
        made = schedules.create(values=values, days=days, by=request.user, at=self.now())
        return self.shown(made, status=201)


class ScheduleDetail(ScheduleView):
    actions = {"GET": "read", "PUT": "write"}
    titles = {"GET": "Get schedule details", "PUT": "Update a schedule"}
    write_serializers = {"PUT": ScheduleUpdateSerializer}

    def get(self, request: Any, **path: Any) -> Response:
        return self.shown(self.get_object())

    def put(self, request: Any, **path: Any) -> Response:
        schedule, values = self.get_object(), self.valid()
        days = values.pop("days", None)
        schedules.update(schedule=schedule, values=values, days=days, by=request.user, at=self.now())
        return self.shown(self.get_object())


class AssignmentView(ApiView):
    resource = "schedules"
    read_serializer = ScheduleAssignmentSerializer

    def schedule(self) -> Schedule:
        found = Schedule.objects.alive().filter(pk=self.kwargs["id"]).first()
        if found is None:
            raise NotFound("Not found. It does not exist, or you may not see it.", code="not_found")
        return found


class AssignmentList(AssignmentView, PostView):
    actions = {"GET": "read", "POST": "write"}
    titles = {"GET": "List a schedule's assignments", "POST": "Assign a schedule"}
    write_serializers = {"POST": ScheduleAssignmentCreateSerializer}
    is_list = True

    def visible(self) -> Any:
        return ScheduleAssignment.objects.filter(schedule=self.schedule()).order_by("created_at", "id")

    def get(self, request: Any, **path: Any) -> Response:
        return self.listed()

    def posted(self, request: Any, **path: Any) -> Response:
        schedule, values = self.schedule(), {"first_on": None, "last_on": None, **self.valid()}
        return self.shown(
            schedules.assign(schedule=schedule, by=request.user, at=self.now(), **values),
            status=201,
        )


class AssignmentDetail(AssignmentView):
    """PUT gives an assignment other days: what is not sent stays."""

    actions = {"PUT": "write"}
    titles = {"PUT": "Change the days of an assignment"}
    write_serializers = {"PUT": ScheduleAssignmentUpdateSerializer}
    lookup_url_kwarg = "assignment_id"

    def visible(self) -> Any:
        return ScheduleAssignment.objects.filter(schedule=self.schedule())

    def put(self, request: Any, **path: Any) -> Response:
        assignment, values = self.get_object(), self.valid()
        standing = assignment.valid
        first_on = values.get("first_on", standing.lower)
        last_on = values.get("last_on", standing.upper - ONE_DAY if standing.upper else None)
        changed = schedules.change_days(
            assignment=assignment, first_on=first_on, last_on=last_on, by=request.user, at=self.now()
        )
        return self.shown(changed)
