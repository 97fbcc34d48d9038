"""Connecteam's manual breaks: which there are on a clock, beginning one, ending one."""

from __future__ import annotations

from django.http import HttpResponse

from attendance.adapters import ids
from attendance.adapters.bodies import json_body
from attendance.adapters.connecteam import clocks, punching, refusals, shifts, wire, wire_breaks
from attendance.adapters.connecteam.clocks import VENDOR
from attendance.adapters.door import Call, json_answer
from attendance.models import Attendance, BreakKind
from attendance.models.vendor_id import IdKind
from attendance.rules.punches import Refusal
from attendance.selectors import vendor_ids as known
from attendance.services import standalone_breaks, vendor_ids
from peoplesync.kernel.errors import PeopleSyncError


def listed(call: Call) -> HttpResponse:
    clock = clocks.clock(wire.clock_id(call.path["timeClockId"]))
    rows = list(BreakKind.objects.alive().filter(time_clock_id=clock.id).order_by("name", "id"))
    named = vendor_ids.ensure(vendor=VENDOR, kind=IdKind.BREAK.value, object_ids=[row.pk for row in rows])
    shown = [wire_breaks.ManualBreak(named[row.pk], row.name, row.is_paid, row.minimum_minutes) for row in rows]
    return json_answer(wire_breaks.breaks_answer(shown, is_enabled=bool(rows), request_id=punching.request_id()))


def begin(call: Call) -> HttpResponse:
    """Begin a break of this kind; the shift she is in ends with it."""
    number = wire.clock_id(call.path["timeClockId"])
    sent = wire_breaks.break_start_request(json_body(call.request))
    found = clocks.puncher(call.key, number, sent.user_id)
    kind = kind_of(found.clock, str(call.path["manualBreakId"]))
    punch = punching.presented(call, found, sent)
    with punching.in_their_words(punch.at, punch.zone or ""):
        begun = standalone_breaks.begin(employee_id=found.employee_id, punch=punch, kind=kind, policy=punching.CLOCKING)
    closed = _shift(begun.closed, found.user_id)
    start = shifts.point(begun.pause.start_punch, begun.pause.start_at, begun.pause.timezone)
    break_id = ids.kenjo_record_id(begun.pause.pk)
    return json_answer(wire_breaks.break_start_answer(break_id, start, closed, punching.request_id()))


def end(call: Call) -> HttpResponse:
    """End the running break; the answer says whether a shift began again."""
    number = wire.clock_id(call.path["timeClockId"])
    sent = wire_breaks.break_end_request(json_body(call.request))
    found = clocks.puncher(call.key, number, sent.punch.user_id)
    punch = punching.presented(call, found, sent.punch)
    try:
        with punching.in_their_words(punch.at, punch.zone or ""):
            ended = standalone_breaks.end(
                employee_id=found.employee_id, punch=punch, is_resuming=sent.is_resume_shift, policy=punching.CLOCKING
            )
    except PeopleSyncError as refusal:
        if refusal.code != Refusal.BREAK_TOO_SHORT:
            raise
        running = standalone_breaks.running(found.employee_id)
        raise refusals.break_too_short(running.kind.minimum_minutes if running else 0) from refusal
    finish = shifts.point(ended.pause.end_punch, punch.at, punch.zone or ended.pause.timezone)
    resumed = _shift(ended.resumed, found.user_id)
    break_id = ids.kenjo_record_id(ended.pause.pk)
    return json_answer(wire_breaks.break_end_answer(break_id, finish, resumed, punching.request_id()))


def kind_of(clock: clocks.Clock, break_id: str) -> BreakKind:
    """The kind of break of this clock. Raises Refused (400)."""
    rows = BreakKind.objects.alive().filter(time_clock_id=clock.id)
    found = known.with_object_id(rows, vendor=VENDOR, kind=IdKind.BREAK.value, external_id=break_id[:64]).first()
    if found is None:
        raise refusals.break_unknown(break_id)
    kind: BreakKind = found
    return kind


def _shift(row: Attendance | None, user_id: int) -> wire.Shift | None:
    return None if row is None else shifts.shift(row, user_id, clocks.job_name(row.work_job_id))
