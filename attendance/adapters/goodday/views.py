"""GoodDay's operations: read the request, call one service or selector, write the answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase

from attendance.adapters.answers import in_words
from attendance.adapters.bodies import form_body, is_form, is_multipart, json_body, multipart_body
from attendance.adapters.door import Call, json_answer, rows_answer
from attendance.adapters.goodday import errors, events, people, wire
from attendance.adapters.goodday.wire import EventType
from attendance.models import Attendance
from attendance.rules.clocking import TIMER_CLOCKING
from attendance.rules.punches import Refusal
from attendance.services import clocking, pairs
from attendance.services.presented import Presented
from peoplesync.kernel.errors import NotFound, PeopleSyncError

_WORDS: dict[str, Callable[[], PeopleSyncError]] = {
    Refusal.ALREADY_CLOCKED_IN.value: errors.timer_running,
    Refusal.NOT_CLOCKED_IN.value: errors.timer_not_running,
    Refusal.NOT_AFTER_START.value: errors.timer_not_running,
    Refusal.OVERLAPS.value: errors.overlapping,
}


def clock_in(call: Call) -> HttpResponseBase:
    return _punch(call, EventType.CLOCK_IN, clocking.clock_in)


def clock_out(call: Call) -> HttpResponseBase:
    return _punch(call, EventType.CLOCK_OUT, clocking.clock_out)


def _punch(call: Call, asked: EventType, act: Callable[..., Attendance]) -> HttpResponse:
    sent = wire.read_punch(_body(call))
    acting = people.acting(call.key, sent.user_id, sent.office_id)
    punch = _presented(call, acting, at=call.at, comment=sent.comment, zone=acting.office_zone)
    with in_words(_WORDS):
        row = act(employee_id=acting.employee_id, punch=punch, clocking=TIMER_CLOCKING)
    side = events.side_of(row, call.at, asked)
    if side is None:
        raise errors.timer_not_running()
    return json_answer(wire.write_event(events.written(row, side, acting)))


def create(call: Call) -> HttpResponse:
    sent = wire.read_create(_body(call))
    acting = people.acting(call.key, sent.user_id, sent.office_id)
    with in_words(_WORDS):
        row = pairs.record(
            employee_id=acting.employee_id,
            punch=_presented(call, acting, at=sent.clock_in_at, comment=sent.clock_in_comment, work_date=sent.day),
            out=_presented(call, acting, at=sent.clock_out_at, comment=sent.clock_out_comment),
        )
    return json_answer(wire.write_created(*events.both(row, acting)))


def delete(call: Call) -> HttpResponse:
    event_id = _path_id(call, errors.no_such_event)
    row = events.of_stay(call.key, event_id)
    try:
        pairs.void(attendance_id=row.pk, by=call.presented(row.clock_in), reason="Deleted through the GoodDay API")
    except NotFound as gone:
        raise errors.no_such_event(event_id) from gone
    return json_answer(wire.DELETED)


def query(call: Call) -> HttpResponseBase:
    return rows_answer(events.listed(call.key, wire.read_query(call.request.GET.dict())))


def users(call: Call) -> HttpResponseBase:
    return rows_answer(wire.write_user(user) for user in people.users(call.key))


def user(call: Call) -> HttpResponse:
    user_id = _path_id(call, errors.no_such_user)
    for found in people.users(call.key, only=user_id):
        return json_answer(wire.write_user(found))
    raise errors.no_such_user(user_id)


def offices(call: Call) -> HttpResponseBase:
    return rows_answer(wire.write_office(office) for office in people.offices(call.key))


def _body(call: Call) -> Any:
    if is_form(call.request):
        return form_body(call.request)
    if is_multipart(call.request):
        return multipart_body(call.request)
    return json_body(call.request)


def _path_id(call: Call, missing: Callable[[str], PeopleSyncError]) -> str:
    sent = str(call.path["id"])
    read = wire.read_path_id(sent)
    if read is None:
        raise missing(sent[:40])
    return read


def _presented(call: Call, acting: people.Acting, *, comment: str | None, **more: Any) -> Presented:
    return call.presented(comment=comment or "", site_id=acting.site_id, **more)
