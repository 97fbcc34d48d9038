"""Anchor F: the least a DRF view can do for a clock-in. One select, one insert, no middleware, no rules."""

from __future__ import annotations

import os
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.bare_settings"

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

from django.db import connection, transaction  # noqa: E402 models exist only after setup
from django.urls import path  # noqa: E402
from django.utils import timezone  # noqa: E402
from rest_framework import serializers  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402
from rest_framework_simplejwt.authentication import JWTAuthentication  # noqa: E402

from hr.models import Employee  # noqa: E402
from peoplesync.core.models import new_id  # noqa: E402


class BareClockInSerializer(serializers.Serializer):
    lat = serializers.DecimalField(max_digits=10, decimal_places=7)
    lng = serializers.DecimalField(max_digits=10, decimal_places=7)
    location = serializers.CharField(max_length=255)


class BareClockIn(APIView):
    authentication_classes = [JWTAuthentication]
    permission_classes: list[Any] = []
    throttle_classes: list[Any] = []

    def post(self, request: Any) -> Response:
        asked = BareClockInSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        employee = Employee.objects.get(users=request.user.pk)
        record, now = new_id(), timezone.now()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO bench_punch (id, employee_id, clock_in, lat, lng, location) VALUES (%s, %s, %s, %s, %s, %s)",
                [record, employee.pk, now, asked.validated_data["lat"], asked.validated_data["lng"], "HQ"],
            )
        return Response({"id": str(record), "employee_id": str(employee.pk), "clock_in": now}, status=201)


urlpatterns = [path("attendances/clock-in", BareClockIn.as_view())]
