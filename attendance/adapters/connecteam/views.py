"""Connecteam's clocking calls: read the request, call one service, write the shift."""

from __future__ import annotations

from django.http import HttpResponse

from attendance.adapters.connecteam import clocks, punching, refusals, shifts, wire
from attendance.adapters.door import Call, json_answer
from attendance.services import clocking
from hr.selectors import organisation


def clock_in(call: Call) -> HttpResponse:
    number = wire.clock_id(call.path["timeClockId"])
    sent = wire.clock_in_request(punching.body(call))
    found = clocks.puncher(call.key, number, sent.punch.user_id, job_id=sent.job_id, shift_ref=sent.scheduler_shift_id)
    clocks.admit(found)
    punch = punching.presented(
        call, found, sent.punch, work_job_id=found.work_job_id, shift_ref=sent.scheduler_shift_id or ""
    )
    with punching.in_their_words(punch.at, punch.zone or ""):
        row = clocking.clock_in(employee_id=found.employee_id, punch=punch, clocking=punching.CLOCKING)
    return json_answer(wire.shift_answer(shifts.shift(row, found.user_id, found.job_id), punching.request_id()))


def clock_out(call: Call) -> HttpResponse:
    number = wire.clock_id(call.path["timeClockId"])
    sent = wire.clock_out_request(punching.body(call))
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


def me(call: Call) -> HttpResponse:
    """Whose key it is. One installation is one company, so its id is always the same."""
    name = organisation.settings().org_name
    return json_answer(wire.me_answer(company_name=name, company_id="1", request_id=punching.request_id()))
