"""Breaks inside the open stay: begin and end, through any door."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from attendance.models import Attendance, Break
from attendance.rules.breaks import BreakTurn, decide_break_end, decide_break_start
from attendance.rules.punches import PunchKind, Refusal, Stay
from attendance.selectors.ground import Ground, ground_of, lock
from attendance.services.judging import judge
from attendance.services.one_statement import OneStatement
from attendance.services.photos import attached
from attendance.services.presented import Presented
from attendance.services.refusals import one_act, refuse
from attendance.services.rows import punch_of
from peoplesync.core.models import new_id
from peoplesync.core.services import activity


def start(*, employee_id: UUID, punch: Presented, is_paid: bool = False, kind_id: UUID | None = None) -> Attendance:
    """Begin a break at `punch.at`; the answer is the stay it lies in.

    Raises Conflict (not_clocked_in, on_break, not_after_start), NotFound, Invalid.
    """

    def decide(stay: Stay | None) -> BreakTurn:
        return decide_break_start(stay, punch.at, is_paid=is_paid, break_id=new_id())

    return _act(employee_id, punch, PunchKind.BREAK_START, decide, kind_id)


def end(*, employee_id: UUID, punch: Presented) -> Attendance:
    """End the running break at `punch.at`; the answer is the stay it lies in.

    Raises Conflict (not_clocked_in, not_on_break, not_after_start), NotFound, Invalid.
    """

    def decide(stay: Stay | None) -> BreakTurn:
        return decide_break_end(stay, punch.at)

    return _act(employee_id, punch, PunchKind.BREAK_END, decide, None)


def _act(
    employee_id: UUID,
    presented: Presented,
    kind: PunchKind,
    decide: Callable[[Stay | None], BreakTurn],
    kind_id: UUID | None,
) -> Attendance:
    with one_act():
        lock(employee_id)
        ground = ground_of(employee_id, presented.at)
        turn = decide(ground.open_stay)
        if turn.refusal is not None or turn.stay is None:
            refuse(turn.refusal or Refusal.NOT_CLOCKED_IN, ground.open_stay)
        _write(ground, presented, kind, turn.stay, kind_id)
        return attached(Attendance.objects.for_the_wire().get(pk=turn.stay.id), presented)


def _write(ground: Ground, presented: Presented, kind: PunchKind, stay: Stay, kind_id: UUID | None) -> None:
    assert stay.id is not None, "an open stay is a stored one"
    judged = judge(_without_sites(ground), presented, kind)
    punch = punch_of(
        presented,
        kind,
        employee_id=ground.employee_id,
        zone=presented.zone or ground.zone,
        work_date=stay.work_date,
        **judged.columns,
    )
    pause = stay.breaks[-1]
    row = Break(
        id=pause.id,
        attendance_id=stay.id,
        kind_id=kind_id,
        start_at=pause.start_at,
        end_at=pause.end_at,
        is_paid=pause.is_paid,
        created_at=presented.received_at,
        updated_at=presented.received_at,
    )
    writing = OneStatement()
    writing.insert(punch)
    writing.insert(punch.evidence)
    if pause.end_at is None:
        writing.insert(row)
    else:
        writing.update(row, ("end_at", "updated_at"))
    writing.insert(
        activity.entry(
            action=f"attendance.{'break_started' if pause.end_at is None else 'break_ended'}",
            resource_type="attendance",
            resource_id=stay.id,
            by=presented.made_by,
            meta={"employee_id": str(ground.employee_id), "door": presented.door.value},
            at=presented.received_at,
        )
    )
    writing.run()


def _without_sites(ground: Ground) -> Ground:
    """A break may be spent anywhere: no site is asked for its opinion of where."""
    return replace(ground, sites=())
