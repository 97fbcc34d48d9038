"""Holidays over HTTP: the days of a calendar, for everybody to read."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.response import Response

from hr.api.days import between_days
from hr.models import Holiday, HolidayKind
from peoplesync.core.api import filters
from peoplesync.core.api.views import ApiView


class HolidaySerializer(serializers.Serializer):
    id = serializers.UUIDField()
    calendar_id = serializers.UUIDField()
    date = serializers.DateField(source="on")
    name = serializers.CharField()
    kind = serializers.ChoiceField(HolidayKind.values)
    is_estimated = serializers.BooleanField(help_text="The date may still move.")


@between_days("on")
class HolidayFilter(filters.FilterSet):
    calendar_id = filters.uuid_filter("calendar_id")

    def filter_queryset(self, queryset: Any) -> Any:
        rows = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data.get("calendar_id") else rows.filter(calendar__is_default=True)


class HolidayList(ApiView):
    """The default calendar unless another is asked for, by date."""

    resource = "holidays"
    actions = {"GET": "read"}
    titles = {"GET": "List holidays"}
    read_serializer = HolidaySerializer
    filterset_class = HolidayFilter
    is_list = True

    def visible(self) -> Any:
        return Holiday.objects.order_by("on", "id")

    def get(self, request: Any) -> Response:
        return self.listed()
