"""Kenjo's operations on attendance: read the request, call one service or selector, write the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase

from attendance.adapters.answers import in_words
from attendance.adapters.bodies import json_body
from attendance.adapters.door import Call, json_answer, rows_answer
from attendance.adapters.kenjo import directory, entries, errors, people, reads, stays, wire
from attendance.rules.punches import Break, PunchKind, Refusal
from attendance.services import amendments, events, pairs
from attendance.services.amendments import KEEP
from peoplesync.kernel.dates import local_day
from peoplesync.kernel.errors import NotFound, PeopleSyncError

_WORDS: dict[str, Callable[[], PeopleSyncError]] = {
    Refusal.OVERLAPS.value: errors.overlapping,
    Refusal.ALREADY_CLOCKED_IN.value: errors.overlapping,
    Refusal.NOT_AFTER_START.value: errors.overlapping,
    "before_employment": errors.not_tracked,
    "after_employment": errors.not_tracked,
}


def track(call: Call) -> HttpResponse:
    """One punch; the employee's day is paired anew. The answer is the body as it was sent."""
    sent = wire.read_track(json_body(call.request))
    person = people.named(call.key, sent.who)
    at = entries.instant(sent.at.date(), sent.at.time(), person.zone, "dateTime")
    _check_not_ahead(call, at, "dateTime")
    person.check_tracked(sent.at.date())
    punch = call.presented(at, zone=person.zone, is_overnight=sent.is_overnight)
    with _in_their_words():
        events.record(employee_id=person.id, kind=PunchKind.TOGGLE, punch=punch, is_late=call.is_late(at))
    return json_answer(sent.echo, status=201)


def create(call: Call) -> HttpResponse:
    sent = entries.read_create(json_body(call.request))
    person = people.named(call.key, sent.who)
    span = entries.place(sent, person.zone)
    if span.end_at is None:
        _check_not_ahead(call, span.start_at, "startTime")
    person.check_tracked(sent.day)
    told = {"zone": person.zone}
    with _in_their_words():
        row = pairs.record(
            employee_id=person.id,
            punch=call.presented(span.start_at, comment=sent.comment or "", **told),
            out=None if span.end_at is None else call.presented(span.end_at, **told),
            breaks=_breaks(span.pauses),
            leaves_older_open=True,
        )
    return _shown(stays.of_row(row.pk), entries.Style.CREATED, status=201)


def show(call: Call) -> HttpResponse:
    return _shown(stays.of_id(call.key, str(call.path["id"])), entries.Style.READ)


def update(call: Call) -> HttpResponse:
    row = stays.of_id(call.key, str(call.path["id"]))
    before = stays.entry_of(row)
    after = entries.merge(before, entries.read_change(json_body(call.request)))
    people.check_switched_on(row.employee_id)
    with _in_their_words():
        amendments.change(
            attendance_id=row.pk,
            by=call.presented(before.start_at),
            clock_in=KEEP if after.start_at == before.start_at else after.start_at,
            clock_out=KEEP if after.end_at == before.end_at else after.end_at,
            breaks=KEEP if after.pauses == before.pauses else _breaks(after.pauses),
            comment=KEEP if after.comment == before.comment else after.comment or "",
            reason="Changed through the Kenjo API",
        )
    return _shown(stays.of_row(row.pk), entries.Style.UPDATED)


def delete(call: Call) -> HttpResponse:
    row = stays.of_id(call.key, str(call.path["id"]))
    with _in_their_words():
        pairs.void(attendance_id=row.pk, by=call.presented(row.clock_in), reason="Deleted through the Kenjo API")
    return json_answer(None, status=204)


def listed(call: Call) -> HttpResponseBase:
    return rows_answer(stays.listed(call.key, wire.read_list(call.request.GET.dict())))


def categories(call: Call) -> HttpResponseBase:
    return _data(directory.write_category(row) for row in reads.categories())


def expected(call: Call) -> HttpResponse:
    return json_answer(reads.expected(call.key, wire.read_expected(call.request.GET.dict())))


def employees(call: Call) -> HttpResponseBase:
    return _data(directory.write_employee(row) for row in reads.employees(call.key, _today(call)))


def accounts(call: Call) -> HttpResponseBase:
    return rows_answer(directory.write_account(row) for row in reads.accounts(call.key, _today(call)))


def offices(call: Call) -> HttpResponseBase:
    return rows_answer(directory.write_office(row) for row in reads.offices(call.key))


def departments(call: Call) -> HttpResponseBase:
    return rows_answer(directory.write_department(row) for row in reads.departments(call.key))


def _data(rows: Iterator[dict[str, object]]) -> HttpResponseBase:
    return rows_answer(rows, before='{"data":[', after="]}")


def _today(call: Call) -> date:
    return local_day(call.at, "UTC")


def _shown(row: Any, style: entries.Style, status: int = 200) -> HttpResponse:
    return json_answer(entries.write_entry(stays.entry_of(row), style), status=status)


def _check_not_ahead(call: Call, at: datetime, param: str) -> None:
    if call.is_ahead(at):
        raise errors.not_valid(param, "It lies more than a day ahead. Check the clock of the device.")


def _breaks(pauses: Sequence[entries.Pause]) -> list[Break]:
    return [Break(pause.start_at, pause.end_at) for pause in pauses]


@contextmanager
def _in_their_words() -> Iterator[None]:
    """A refusal of the rules goes out in Kenjo's sentence."""
    try:
        with in_words(_WORDS):
            yield
    except NotFound as gone:
        raise errors.unknown_entry() from gone
