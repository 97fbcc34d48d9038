"""GET /health (contract, 3.11): public, 503 with the same shape when something we stand on is away."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import timezone
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiResponse,
    extend_schema,
    extend_schema_serializer,
    extend_schema_view,
)
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from peoplesync.core.api.fields import instant
from peoplesync.core.api.json import OneFormat
from peoplesync.core.api.permissions import Anonymous
from peoplesync.core.selectors import health


class ServicesSerializer(serializers.Serializer):
    database = serializers.CharField()
    redis = serializers.CharField()
    storage = serializers.CharField()


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "All is well",
            {
                "status": "ok",
                "version": "1.0.0",
                "timestamp": "2025-11-16T10:00:00Z",
                "services": {"database": "connected", "redis": "connected", "storage": "connected"},
            },
            response_only=True,
        )
    ]
)
class HealthCheckSerializer(serializers.Serializer):
    status = serializers.CharField()
    version = serializers.CharField()
    timestamp = serializers.DateTimeField()
    services = ServicesSerializer()


@extend_schema_view(
    get=extend_schema(
        summary="Health check",
        responses={200: HealthCheckSerializer, 503: OpenApiResponse(HealthCheckSerializer, description="Degraded")},
    )
)
class Health(APIView):
    authentication_classes: list[Any] = []
    permission_classes = [Anonymous]
    throttle_classes: list[Any] = []
    content_negotiation_class = OneFormat

    def get(self, request: Any) -> Response:
        services = health.services()
        is_well = set(services.values()) == {health.CONNECTED}
        body = {
            "status": "ok" if is_well else "degraded",
            "version": settings.VERSION,
            "timestamp": instant(timezone.now()),
            "services": services,
        }
        return Response(body, status=200 if is_well else 503)
