"""Work sites over HTTP: circles on the map, their policy, and who works there."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.response import Response

from hr.models import SitePolicy
from hr.selectors import work_sites as selector
from hr.services import work_sites
from peoplesync.core.api.fields import (
    IdField,
    InstantField,
    ItemsField,
    MeasureField,
    StrictBooleanField,
    StrictIntegerField,
    TextField,
    WordField,
)
from peoplesync.core.api.views import ApiView, PostView

#: More people than this belong to a department, or the site is for everyone.
MOST_IDS = 1000


def _coordinate(limit: int, source: str, **options: Any) -> MeasureField:
    return MeasureField(max_digits=18, decimal_places=14, min_value=-limit, max_value=limit, source=source, **options)


class WorkSiteSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    lat = _coordinate(90, "latitude", allow_null=True)
    lng = _coordinate(180, "longitude", allow_null=True)
    radius_metres = serializers.IntegerField()
    timezone = serializers.CharField(help_text="Empty: the organisation's.")
    address = serializers.CharField()
    policy = serializers.ChoiceField(SitePolicy.values)
    is_for_everyone = serializers.BooleanField()
    employee_ids = serializers.SerializerMethodField()
    department_ids = serializers.SerializerMethodField()
    created_at = InstantField()
    updated_at = InstantField()

    def get_employee_ids(self, site: Any) -> list[str]:
        return sorted(str(row.employee_id) for row in site.assignments.all() if row.employee_id)

    def get_department_ids(self, site: Any) -> list[str]:
        return sorted(str(row.department_id) for row in site.assignments.all() if row.department_id)


class WorkSiteUpdateSerializer(serializers.Serializer):
    name = TextField(max_length=100, required=False)
    lat = _coordinate(90, "latitude", allow_null=True, required=False)
    lng = _coordinate(180, "longitude", allow_null=True, required=False)
    radius_metres = StrictIntegerField(min_value=1, max_value=100_000, required=False)
    timezone = TextField(max_length=64, allow_blank=True, required=False)
    address = TextField(max_length=255, allow_blank=True, required=False)
    policy = WordField(SitePolicy.values, required=False)
    is_for_everyone = StrictBooleanField(required=False)
    employee_ids = ItemsField(child=IdField(), max_length=MOST_IDS, required=False)
    department_ids = ItemsField(child=IdField(), max_length=MOST_IDS, required=False)


class WorkSiteCreateSerializer(WorkSiteUpdateSerializer):
    name = TextField(max_length=100)


class WorkSiteView(ApiView):
    resource = "work_sites"
    read_serializer = WorkSiteSerializer

    def visible(self) -> Any:
        return selector.listed()

    def asked(self) -> dict[str, Any]:
        """The body as the services take it: the lists of people apart from the site's own values."""
        values = self.valid()
        lists = {name: values.pop(name) for name in ("employee_ids", "department_ids") if name in values}
        return {"values": values, **lists}


class WorkSiteList(WorkSiteView, PostView):
    actions = {"GET": "read", "POST": "write"}
    titles = {"GET": "List work sites", "POST": "Create a work site"}
    write_serializers = {"POST": WorkSiteCreateSerializer}
    is_list = True

    def get(self, request: Any) -> Response:
        return self.listed()

    def posted(self, request: Any, **path: Any) -> Response:
        return self.shown(work_sites.create(by=request.user, at=self.now(), **self.asked()), status=201)


class WorkSiteDetail(WorkSiteView):
    actions = {"GET": "read", "PUT": "write"}
    titles = {"GET": "Get work site details", "PUT": "Update a work site"}
    write_serializers = {"PUT": WorkSiteUpdateSerializer}

    def get(self, request: Any, **path: Any) -> Response:
        return self.shown(self.get_object())

    def put(self, request: Any, **path: Any) -> Response:
        site = self.get_object()
        return self.shown(work_sites.update(site=site, by=request.user, at=self.now(), **self.asked()))
