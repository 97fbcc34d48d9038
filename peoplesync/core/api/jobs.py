"""Jobs over HTTP (contract, 3.8): one's own, or everybody's with a role that oversees them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.response import Response

from peoplesync.core.api.fields import InstantField
from peoplesync.core.api.views import ApiView
from peoplesync.core.models import Job, JobStatus
from peoplesync.kernel.roles import Scope

#: People without a payslip from the run, in lists that are there only when somebody is in them.
_LEVELS = {
    "refused": "Cannot be paid until somebody puts it right.",
    "skipped": "Rightly without a payslip in this run.",
    "posted": "Has a posted payslip already, which stays; `subject` is its id.",
    "overtaken": "A later run computed the payslip; `subject` is that run's id.",
}
_LEFT_OUT: dict[str, Any] = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["employee_id", "code", "message"],
        "properties": {
            "employee_id": {"type": "string", "format": "uuid"},
            "code": {"type": "string"},
            "message": {"type": "string"},
            "subject": {"type": "string"},
        },
    },
}


@extend_schema_field(
    {
        "nullable": True,
        "oneOf": [
            {"type": "string"},
            {
                "type": "object",
                "properties": {
                    "payroll_ids": {"type": "array", "items": {"type": "string", "format": "uuid"}},
                    "run_id": {"type": "string", "format": "uuid", "description": "See /payroll_runs/{id}."},
                    **{level: _LEFT_OUT | {"description": why} for level, why in _LEVELS.items()},
                },
            },
        ],
    }
)
class ResultField(serializers.JSONField):
    """What the work came to: null until it ends, then a sentence or the ids of what was made."""


class JobProgressSerializer(serializers.Serializer):
    processed = serializers.IntegerField()
    total = serializers.IntegerField()


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A job at work",
            {
                "job_id": "job_payroll_nov2025",
                "status": "processing",
                "progress": {"processed": 15, "total": 100},
                "result": None,
                "error": None,
                "created_at": "2025-11-13T09:00:00Z",
                "updated_at": "2025-11-13T09:05:00Z",
            },
            response_only=True,
            status_codes=["200", "202"],
        )
    ]
)
class JobStatusSerializer(serializers.Serializer):
    job_id = serializers.CharField(source="pk")
    status = serializers.ChoiceField(JobStatus.choices)
    progress = JobProgressSerializer(source="*")
    result = ResultField(allow_null=True)
    error = serializers.CharField(allow_null=True)
    created_at = InstantField()
    updated_at = InstantField()


class JobDetail(ApiView):
    resource = "jobs"
    actions = {"GET": "read"}
    titles = {"GET": "Check job status"}
    read_serializer = JobStatusSerializer
    lookup_url_kwarg = "job_id"

    def visible(self) -> Any:
        mine = {} if self.reach("read") is Scope.ALL else {"user_id": self.request.user.pk}
        return Job.objects.filter(**mine)

    def get(self, request: Any, **path: Any) -> Response:
        return self.shown(self.get_object())


def shown(job: Job) -> dict[str, Any]:
    """A job as its 202 shows it: the body to give `views.accepted`."""
    return JobStatusSerializer().to_representation(job)
