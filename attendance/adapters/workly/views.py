"""Workly's punches and locations: read the request, call one service or selector, write the answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.http import HttpResponse

from attendance.adapters.bodies import json_body
from attendance.adapters.door import Call, json_answer
from attendance.adapters.workly import auth, people, sites, wire, wire_locations
from attendance.adapters.workly.errors import Refused, ValidationFailed
from attendance.adapters.workly.messages import Code
from attendance.rules.punches import PunchKind
from attendance.services import events
from hr.models import WorkSite
from hr.services import work_sites
from peoplesync.kernel.errors import Invalid, PeopleSyncError

#: Columns of the evidence.
_DIGITS, _LONGEST_IP = 7, 45

_FIELD_OF_RULE = {"outside_site": "latitude", "period_locked": "event_time", "overlaps": "event_time"}


def clock_in(call: Call) -> HttpResponse:
    return _punch(call, PunchKind.IN)


def clock_out(call: Call) -> HttpResponse:
    return _punch(call, PunchKind.OUT)


def _punch(call: Call, kind: PunchKind) -> HttpResponse:
    """One event. The zone its time is read in comes with the person, so the body is read twice."""
    body = json_body(call.request)
    found = people.puncher(call.key, wire.punch_request(body, "UTC"))
    sent = wire.punch_request(body, found.zone)
    at = sent.event_at or call.at
    if call.is_ahead(at):
        raise ValidationFailed.of("event_time", Code.INVALID, rule="too_far_ahead")
    punch = call.presented(
        at,
        site_id=found.place.id,
        lat=None if sent.latitude is None else round(sent.latitude, _DIGITS),
        lng=None if sent.longitude is None else round(sent.longitude, _DIGITS),
        reported_ip=(sent.ip or "")[:_LONGEST_IP],
    )
    with _in_their_words():
        events.record(employee_id=found.employee_id, kind=kind, punch=punch, is_late=call.is_late(at))
    return json_answer(wire.punch_answer(at, sites.punched(found.place, sent.location_id), found.zone))


@contextmanager
def _in_their_words() -> Iterator[None]:
    """A refusal of the rules is a validation fault of the field it is about."""
    try:
        yield
    except PeopleSyncError as refusal:
        field = _FIELD_OF_RULE.get(refusal.code, "event_time")
        raise ValidationFailed.of(field, Code.INVALID, refusal.message, rule=refusal.code) from refusal


def list_locations(call: Call) -> HttpResponse:
    page = wire.page_request(call.request.GET.dict())
    rows = sites.reached(call.key).order_by("name", "id")
    shown = sites.shown(list(rows[page.offset : page.offset + page.size]))
    return json_answer(wire.list_answer([wire.location_json(each) for each in shown], total=rows.count(), page=page))


def show_location(call: Call) -> HttpResponse:
    return _location(sites.one(call.key, wire.path_id(call.path["id"])))


def create_location(call: Call) -> HttpResponse:
    auth.require_administrator(call)
    if call.key.site_ids:
        raise Refused(Code.DENIED)  # a key of some sites would not reach the new one
    sent = wire_locations.location_write(json_body(call.request))
    with _title_taken():
        made = work_sites.create(values=sites.values_of(sent, is_new=True), by=call.key.acts_as, at=call.at)
    return _location(made)


def update_location(call: Call) -> HttpResponse:
    auth.require_administrator(call)
    site = sites.one(call.key, wire.path_id(call.path["id"]))
    sent = wire_locations.location_write(json_body(call.request))
    with _title_taken():
        changed = work_sites.update(
            site=site, values=sites.values_of(sent, is_new=False), by=call.key.acts_as, at=call.at
        )
    return _location(changed)


def delete_location(call: Call) -> HttpResponse:
    """Raises Refused (400, 7011) while people are attached."""
    auth.require_administrator(call)
    site = sites.one(call.key, wire.path_id(call.path["id"]))
    try:
        work_sites.delete(site=site, by=call.key.acts_as, at=call.at)
    except PeopleSyncError as refusal:
        raise Refused(Code.HAS_EMPLOYEES) from refusal
    return json_answer(wire.deleted_answer())


def _location(site: WorkSite) -> HttpResponse:
    (shown,) = sites.shown([site])
    return json_answer(wire.location_json(shown))


@contextmanager
def _title_taken() -> Iterator[None]:
    try:
        yield
    except Invalid as refusal:
        if "name" in refusal.errors:
            raise ValidationFailed.of("title", Code.EXISTS) from refusal
        raise
