"""Time clocks over HTTP: everybody reads which there are and whom they are for, HR writes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.response import Response

from attendance.api import work_jobs
from attendance.models import TimeClock
from attendance.selectors import time_clocks as selector
from attendance.services import time_clocks
from peoplesync.core.api import includes
from peoplesync.core.api.fields import IdField, InstantField, ItemsField, StrictBooleanField, TextField
from peoplesync.core.api.includes import Included
from peoplesync.core.api.views import ApiView, PostView

RESOURCE = "time_clocks"
#: People and jobs that one request may assign.
MOST_IDS = 1000


class TimeClockSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    timezone = serializers.CharField(help_text="Empty: the organisation's.")
    requires_job = serializers.BooleanField(help_text="Nobody clocks in here without naming a job.")
    is_archived = serializers.BooleanField(help_text="It takes no clock-in any more.")
    takes_day_locks = serializers.BooleanField(
        help_text="Clients of a foreign clocking API may lock and unlock days of this clock's people."
    )
    employee_ids = serializers.SerializerMethodField()
    work_job_ids = serializers.SerializerMethodField()
    created_at = InstantField()
    updated_at = InstantField()
    work_jobs = Included(RESOURCE, "work_jobs")

    def get_employee_ids(self, clock: Any) -> list[str]:
        return sorted(str(link.employee_id) for link in clock.employee_links.all())

    def get_work_job_ids(self, clock: Any) -> list[str]:
        return sorted(str(link.work_job_id) for link in clock.job_links.all())


class TimeClockUpdateSerializer(serializers.Serializer):
    name = TextField(max_length=100, required=False)
    timezone = TextField(max_length=64, allow_blank=True, required=False)
    requires_job = StrictBooleanField(required=False)
    is_archived = StrictBooleanField(required=False)
    takes_day_locks = StrictBooleanField(required=False)
    employee_ids = ItemsField(child=IdField(), max_length=MOST_IDS, required=False)
    work_job_ids = ItemsField(child=IdField(), max_length=MOST_IDS, required=False)


class TimeClockCreateSerializer(TimeClockUpdateSerializer):
    name = TextField(max_length=100)


def expand_work_jobs(rows: Sequence[TimeClock], user: Any) -> dict[UUID, Any]:
    """`?include=work_jobs`: the jobs assigned to the clock; their sub-jobs come with them."""
    found = selector.jobs_by_clock(rows)
    return {row.pk: [work_jobs.shape(job) for job in found.get(row.pk, [])] for row in rows}


def register_includes() -> None:
    """Called with the routes."""
    shape = work_jobs.WorkJobSerializer
    includes.register(RESOURCE, "work_jobs", expand_work_jobs, shape=shape, is_list=True)
    includes.register(work_jobs.RESOURCE, "children", work_jobs.expand_children, shape=shape, is_list=True)


class TimeClockView(ApiView):
    resource = RESOURCE
    read_serializer = TimeClockSerializer

    def visible(self) -> Any:
        return selector.listed()

    def asked(self) -> dict[str, Any]:
        """The body as the services take it: the lists of ids apart from the clock's own values."""
        values = self.valid()
        lists = {name: values.pop(name) for name in ("employee_ids", "work_job_ids") if name in values}
        return {"values": values, **lists}


class TimeClockList(TimeClockView, PostView):
    actions = {"GET": "read", "POST": "write"}
    titles = {"GET": "List time clocks", "POST": "Create a time clock"}
    write_serializers = {"POST": TimeClockCreateSerializer}
    is_list = True

    def get(self, request: Any) -> Response:
        return self.listed()

    def posted(self, request: Any, **path: Any) -> Response:
        return self.shown(time_clocks.create(by=request.user, at=self.now(), **self.asked()), status=201)


class TimeClockDetail(TimeClockView):
    actions = {"GET": "read", "PUT": "write"}
    titles = {"GET": "Get time clock details", "PUT": "Update or archive a time clock"}
    write_serializers = {"PUT": TimeClockUpdateSerializer}

    def get(self, request: Any, **path: Any) -> Response:
        return self.shown(self.get_object())

    def put(self, request: Any, **path: Any) -> Response:
        clock = self.get_object()
        return self.shown(time_clocks.update(clock=clock, by=request.user, at=self.now(), **self.asked()))
