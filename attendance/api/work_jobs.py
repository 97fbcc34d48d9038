"""Work jobs over HTTP: everybody reads what may be worked on, HR writes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.response import Response

from attendance.models import WorkJob
from attendance.selectors import time_clocks as selector
from attendance.services import work_jobs
from peoplesync.core.api.fields import IdField, InstantField, StrictBooleanField, TextField
from peoplesync.core.api.includes import Included
from peoplesync.core.api.views import ApiView, PostView

RESOURCE = "work_jobs"


class WorkJobSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    code = serializers.CharField()
    parent_id = serializers.UUIDField(allow_null=True, help_text="Set: a sub-job.")
    is_archived = serializers.BooleanField(help_text="Nobody starts on it any more.")
    created_at = InstantField()
    updated_at = InstantField()
    children = Included(RESOURCE, "children")


class WorkJobUpdateSerializer(serializers.Serializer):
    name = TextField(max_length=150, required=False)
    code = TextField(max_length=50, allow_blank=True, required=False)
    parent_id = IdField(allow_null=True, required=False)
    is_archived = StrictBooleanField(required=False)


class WorkJobCreateSerializer(WorkJobUpdateSerializer):
    name = TextField(max_length=150)


def shape(job: WorkJob) -> dict[str, Any]:
    """A job as other resources include it."""
    return WorkJobSerializer().to_representation(job)


def expand_children(rows: Sequence[WorkJob], user: Any) -> dict[UUID, Any]:
    """`?include=children`: the sub-jobs."""
    found = selector.children_of(row.pk for row in rows)
    return {row.pk: [shape(child) for child in found.get(row.pk, [])] for row in rows}


class WorkJobView(ApiView):
    resource = RESOURCE
    read_serializer = WorkJobSerializer

    def visible(self) -> Any:
        return selector.jobs_listed()


class WorkJobList(WorkJobView, PostView):
    actions = {"GET": "read", "POST": "write"}
    titles = {"GET": "List work jobs", "POST": "Create a work job"}
    write_serializers = {"POST": WorkJobCreateSerializer}
    is_list = True

    def get(self, request: Any) -> Response:
        return self.listed()

    def posted(self, request: Any, **path: Any) -> Response:
        return self.shown(work_jobs.create(values=self.valid(), by=request.user, at=self.now()), status=201)


class WorkJobDetail(WorkJobView):
    actions = {"GET": "read", "PUT": "write"}
    titles = {"GET": "Get work job details", "PUT": "Update or archive a work job"}
    write_serializers = {"PUT": WorkJobUpdateSerializer}

    def get(self, request: Any, **path: Any) -> Response:
        return self.shown(self.get_object())

    def put(self, request: Any, **path: Any) -> Response:
        job = self.get_object()
        return self.shown(work_jobs.update(job=job, values=self.valid(), by=request.user, at=self.now()))
