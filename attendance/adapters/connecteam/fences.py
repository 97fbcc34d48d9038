"""Work sites as Connecteam's geofences. A fence made here only says where a punch was; it never refuses one."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpResponse

from attendance.adapters import ids
from attendance.adapters.bodies import json_body
from attendance.adapters.connecteam import clocks, punching, refusals, wire, wire_geofences
from attendance.adapters.connecteam.wire_geofences import Geofence, GeofenceWrite
from attendance.adapters.door import Call, json_answer
from attendance.selectors import vendor_keys
from hr.models import SitePolicy, WorkSite
from hr.services import work_sites


def listed(call: Call) -> HttpResponse:
    clocks.clock(wire.clock_id(call.path["timeClockId"]))
    rows = vendor_keys.sites(call.key, WorkSite.objects.alive()).filter(latitude__isnull=False)
    found = [_fence(row) for row in rows.order_by("name", "id")]
    return json_answer(wire_geofences.geofences_answer(found, punching.request_id()))


def create(call: Call) -> HttpResponse:
    """All of them or none. A fence is everybody's, so only a key that reaches everybody makes one."""
    clocks.clock(wire.clock_id(call.path["timeClockId"]))
    sent = wire_geofences.create_request(json_body(call.request))
    key = call.key
    if key.employee_id or key.employee_ids or key.department_ids or key.site_ids:
        raise refusals.out_of_scope("time_clock.write for the whole company")
    with transaction.atomic():
        made = [work_sites.create(values=_values(fence), by=key.acts_as, at=call.at) for fence in sent]
    return json_answer(wire_geofences.created_answer([_fence(row) for row in made], punching.request_id()))


def _values(sent: GeofenceWrite) -> dict[str, Any]:
    return {
        "name": sent.name[:100],
        "latitude": sent.latitude,
        "longitude": sent.longitude,
        "radius_metres": sent.size,
        "address": sent.address[:255],
        "policy": SitePolicy.ALLOW.value,
        "is_for_everyone": True,
    }


def _fence(row: WorkSite) -> Geofence:
    assert row.latitude is not None and row.longitude is not None, "a fence has a centre"
    settings = GeofenceWrite(row.name, row.address, row.latitude, row.longitude, row.radius_metres)
    return Geofence(ids.kenjo_record_id(row.pk), settings)
