"""Notifications over HTTP (contract, 3.11): the caller's own, whatever her role."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers
from rest_framework.response import Response

from peoplesync.core.api import filters
from peoplesync.core.api.fields import InstantField
from peoplesync.core.api.views import ApiView, PostView
from peoplesync.core.models import Notification
from peoplesync.core.services import notifications

_ID = "3fa85f64-5717-4562-b3fc-2c963f66afa6"


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A notification",
            {
                "id": _ID,
                "user_id": _ID,
                "title": "Payroll Finished",
                "message": "Payroll for Nov 2025 has been processed.",
                "is_read": False,
                "sent_at": None,
                "created_at": "2025-11-26T14:35:00Z",
            },
            response_only=True,
        )
    ]
)
class NotificationSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    user_id = serializers.UUIDField()
    title = serializers.CharField()
    message = serializers.CharField()
    is_read = serializers.BooleanField()
    sent_at = InstantField(allow_null=True)
    created_at = InstantField()


class NotificationsReadSerializer(serializers.Serializer):
    updated = serializers.IntegerField(help_text="How many were unread until now.")


class NotificationFilter(filters.FilterSet):
    is_read = filters.BooleanWordFilter(field_name="is_read")


class _Own:
    """One's own notifications and nobody else's."""

    resource = "notifications"
    read_serializer = NotificationSerializer
    request: Any

    def visible(self) -> Any:
        return Notification.objects.filter(user_id=self.request.user.pk, deleted_at=None)


class Notifications(_Own, ApiView):
    actions = {"GET": "read"}
    titles = {"GET": "List notifications"}
    filterset_class = NotificationFilter

    def get(self, request: Any) -> Response:
        return self.listed()


class NotificationRead(_Own, PostView):
    actions = {"POST": "write"}
    titles = {"POST": "Mark a notification as read"}
    answers = {"POST": (200, NotificationSerializer)}

    def posted(self, request: Any, **path: Any) -> Response:
        return self.shown(notifications.mark_read(notification=self.get_object()))


class NotificationsReadAll(_Own, PostView):
    actions = {"POST": "write"}
    titles = {"POST": "Mark all notifications as read"}
    answers = {"POST": (200, NotificationsReadSerializer)}

    def posted(self, request: Any) -> Response:
        return Response({"updated": notifications.mark_all_read(user_id=request.user.pk)})
