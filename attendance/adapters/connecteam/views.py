"""Connecteam's clocking calls: read the request, call one service, write the shift."""

from __future__ import annotations

from django.http import HttpResponse
from django.http.response import HttpResponseBase

from attendance.adapters.bodies import json_body
from attendance.adapters.connecteam import (
    activities,
    clocks,
    punching,
    refusals,
    shifts,
    wire,
    wire_activities,
    writing,
)
from attendance.adapters.door import Call, json_answer, rows_answer
from attendance.services import clocking
from hr.selectors import organisation

#: What the column of a punch's planned shift holds.
LONGEST_SHIFT_REF = 64


def clock_in(call: Call) -> HttpResponse:
    number = wire.clock_id(call.path["timeClockId"])
    sent = wire.clock_in_request(json_body(call.request))
    found = clocks.puncher(call.key, number, sent.punch.user_id, job_id=sent.job_id)
    clocks.admit(found)
    shift_ref = (sent.scheduler_shift_id or "")[:LONGEST_SHIFT_REF]
    punch = punching.presented(call, found, sent.punch, work_job_id=found.work_job_id, shift_ref=shift_ref)
    with punching.in_their_words(punch.at, punch.zone or ""):
        row = clocking.clock_in(employee_id=found.employee_id, punch=punch, clocking=punching.CLOCKING)
    return json_answer(wire.shift_answer(shifts.shift(row, found.user_id, found.job_id), punching.request_id()))


def clock_out(call: Call) -> HttpResponse:
    number = wire.clock_id(call.path["timeClockId"])
    sent = wire.clock_out_request(json_body(call.request))
    found = clocks.puncher(call.key, number, sent.user_id)
    punch = punching.presented(call, found, sent)
    with punching.in_their_words(punch.at, punch.zone or ""):
        row = clocking.clock_out(employee_id=found.employee_id, punch=punch, clocking=punching.CLOCKING)
    if row.clock_out is None:
        raise refusals.not_in()
    shown = shifts.shift(row, found.user_id, clocks.job_name(row.work_job_id))
    return json_answer(wire.shift_answer(shown, punching.request_id()))


def list_clocks(call: Call) -> HttpResponse:
    return json_answer(wire.clocks_answer(clocks.listed(), punching.request_id()))


def list_activities(call: Call) -> HttpResponseBase:
    """Streamed: there are no pages, and a year's quarter of everybody may be long."""
    clock = clocks.clock(wire.clock_id(call.path["timeClockId"]))
    query = wire_activities.activities_query(dict(call.request.GET.lists()))
    before = f'{{"requestId":"{punching.request_id()}","data":{{"timeActivitiesByUsers":['
    rows = (wire_activities.user_json(user) for user in activities.listed(call.key, clock, query))
    return rows_answer(rows, before=before, after="]}}")


def create_activities(call: Call) -> HttpResponse:
    clock = clocks.clock(wire.clock_id(call.path["timeClockId"]))
    written = writing.create(call, clock, wire_activities.create_request(json_body(call.request)))
    return json_answer(wire_activities.activities_answer(written, punching.request_id()))


def update_activities(call: Call) -> HttpResponse:
    clock = clocks.clock(wire.clock_id(call.path["timeClockId"]))
    written = writing.update(call, clock, wire_activities.update_request(json_body(call.request)))
    return json_answer(wire_activities.activities_answer(written, punching.request_id()))


def delete_activity(call: Call) -> HttpResponse:
    clock = clocks.clock(wire.clock_id(call.path["timeClockId"]))
    writing.delete(call, clock, wire_activities.activity_id(str(call.path["activityId"])))
    return json_answer(wire_activities.deleted_answer(punching.request_id()))


def me(call: Call) -> HttpResponse:
    """Whose key it is. One installation is one company, so its id is always the same."""
    name = organisation.settings().org_name
    return json_answer(wire.me_answer(company_name=name, company_id="1", request_id=punching.request_id()))
