"""Punches as facts of their day: for doors whose punches know no state, and for every door on such a day.

A day follows the policy its first punch set; a punch through another door is one more event under that policy. Nothing
here is refused for its order: an event that makes no stay stays in the log. Only a pairing that would overlap is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from attendance.models import Attendance, Break, Punch
from attendance.rules.clocking import NATIVE_CLOCKING, replay
from attendance.rules.first_last import days_of_events, pair_events
from attendance.rules.paired_day import needs_flags, track
from attendance.rules.pairing import Pairing, PairingPolicy, compare, only_latest_open
from attendance.rules.punches import Fact, PunchKind, Refusal, Stay, StayFlag
from attendance.selectors.counting import punches_of
from attendance.selectors.ground import LOOKING_AHEAD, Ground, ground_of, lock
from attendance.services import rejections, single_event
from attendance.services.judging import judge
from attendance.services.one_statement import OneStatement
from attendance.services.pairings import store
from attendance.services.policies import policy_for, policy_in_force
from attendance.services.presented import Presented
from attendance.services.refusals import one_act, refuse
from attendance.services.rows import fact_of, punch_of
from hr.selectors import locks
from peoplesync.core.models import ActivityLog, new_id
from peoplesync.core.services import activity
from peoplesync.kernel.dates import ONE_DAY, local_day

#: How far before a punch's day the log is read to pair it.
DAYS_BACK = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Recorded:
    """`punch` is the log's row (the known one when the same was told before), `stay` the one it now bounds or lies in,
    `is_new` whether anything was written.
    """

    punch: Punch | None
    stay: Attendance | None
    is_new: bool


@rejections.kept()
def record(*, employee_id: UUID, kind: PunchKind, punch: Presented, is_late: bool = False) -> Recorded:
    """Log one event and pair its day anew. The same event again (kind, instant, site) changes nothing.

    `is_late`: told long after it happened, so a locked day refuses it as it refuses a correction; a live one never is.
    Raises Conflict `overlaps` when the pairing would run into another stay, or `period_locked`; NotFound, Invalid.
    """
    with one_act():
        if is_late:
            locks.pass_gate()
        lock(employee_id)
        return record_on(ground_of(employee_id, punch.at), kind, punch, is_late=is_late)


def as_stay(ground: Ground, kind: PunchKind, punch: Presented) -> Attendance:
    """As `record`, for doors that answer with a stay: the one the event bounds or lies in, else its day's last, since
    an in after the day's last out is kept and may be followed by another out. Raises Conflict when the day has none.
    """
    recorded = record_on(ground, kind, punch)
    stay = recorded.stay
    if stay is None and recorded.punch is not None:
        stay = _last_of_day(ground, recorded.punch)
    if stay is None:
        refuse(Refusal.NOT_CLOCKED_IN)
    return stay


def record_on(ground: Ground, kind: PunchKind, presented: Presented, *, is_late: bool = False) -> Recorded:
    """Log and pair, the employee being locked."""
    policy = policy_for(ground, presented, kind)
    recent = _events_near(ground, presented, policy)
    known = _same_event(ground, kind, presented, policy, recent)
    if known is not None:
        return Recorded(known, _stay_at(ground, known.at), is_new=False)
    judged = judge(ground, presented, kind)
    zone = presented.zone or ground.zone
    fact = Fact(
        kind,
        presented.at,
        zone,
        presented.door,
        id=new_id(),
        client_id=presented.client_id,
        is_overnight=presented.is_overnight,
    )
    log = {punch.pk: punch for punch in recent if ground.policies.get(punch.work_date, policy) == policy}
    pairing, day = _pair(ground, fact, presented, policy, log)
    pairing = _marked(pairing, fact, judged.flags)
    if pairing.refusal is not None:
        refuse(pairing.refusal, pairing.in_the_way)
    punch = punch_of(
        presented, kind, employee_id=ground.employee_id, zone=zone, work_date=day, id=fact.id, **judged.columns
    )
    if is_late:
        _ensure_open(ground, single_event.days_of(ground, pairing) | {day})
    if single_event.fits(ground, pairing, punch.pk):
        row = single_event.write(ground, pairing, punch, _activity(punch, presented))
        return Recorded(punch, row or _stay_at(ground, presented.at), is_new=True)
    _insert(punch)
    log[punch.pk] = punch
    _fill_in_punches(pairing, log)
    rows = store(ground, pairing, log, presented.received_at, door=presented.door, extra_days={day})
    _activity(punch, presented).save(force_insert=True)
    return Recorded(punch, _stay_of(rows, punch) or _stay_at(ground, presented.at), is_new=True)


def _marked(pairing: Pairing, fact: Fact, flags: frozenset[StayFlag]) -> Pairing:
    """The pairing with what the fact's evidence says on the stay it bounds, as for a punch of the state machine."""
    moved = [stay for stay in (*pairing.added, *pairing.changed) if fact.id in (stay.in_punch_id, stay.out_punch_id)]
    if not flags or not moved:
        return pairing
    marked = {id(stay): replace(stay, flags=stay.flags | flags) for stay in moved}

    def told(stays: Sequence[Stay]) -> tuple[Stay, ...]:
        return tuple(marked.get(id(stay), stay) for stay in stays)

    return replace(pairing, stays=told(pairing.stays), added=told(pairing.added), changed=told(pairing.changed))


def _ensure_open(ground: Ground, days: set[date]) -> None:
    """Refuse a late event of a closed day. The gate was passed first, so what is known of locks still holds."""
    if any(ground.is_locked(day) for day in days):
        locks.ensure_open(ground.employee_id, days, "This punch")


def _same_event(
    ground: Ground, kind: PunchKind, presented: Presented, policy: PairingPolicy, recent: Sequence[Punch]
) -> Punch | None:
    """A repeat after a lost answer: the same person, kind, instant, door and site."""
    if policy != PairingPolicy.PAIRED_DAY:
        return next((punch for punch in recent if _is_same(punch, kind, presented)), None)
    # On a re-paired day every punch bounds a stay: one at an instant that bounds none is new, without asking the log.
    if not any(presented.at in (stay.start_at, stay.end_at) for stay in ground.stays):
        return None
    at_once = Punch.objects.counting().filter(employee_id=ground.employee_id, at=presented.at)
    return next((punch for punch in at_once if _is_same(punch, kind, presented)), None)


def _is_same(punch: Punch, kind: PunchKind, presented: Presented) -> bool:
    told = (punch.at, punch.kind, punch.door) == (presented.at, kind.value, presented.door.value)
    return told and presented.site_id in (None, punch.site_id)


def _pair(
    ground: Ground, fact: Fact, presented: Presented, policy: PairingPolicy, log: Mapping[UUID, Punch]
) -> tuple[Pairing, date]:
    """What the fact changes beside the logged punches of days with the same policy, and the day it belongs to."""
    if policy == PairingPolicy.PAIRED_DAY:
        flagged = _flagged(ground) if needs_flags(fact, ground.stays) else set()
        pairing = track(fact, ground.stays, ground.attribution, flagged)
        return pairing, presented.work_date or _day_in(pairing, fact)
    facts = [*(fact_of(punch) for punch in log.values()), fact]
    if policy == PairingPolicy.FIRST_LAST:
        days = days_of_events(facts, ground.scheduled_ends(), ground.maximum)
        stays = [stay for stay in ground.stays if stay.work_date in days and _is_paired_by(ground, stay, policy)]
        pairing = pair_events(facts, stays, ground.scheduled_ends(), ground.maximum, ground.attribution)
        return _among_all(ground, pairing, stays), next(
            (day for day, found in days.items() if fact in found), fact.local_day
        )
    pairing = _replayed(ground, facts, fact)
    around = ground.closed_around(fact.at)
    return pairing, presented.work_date or _day_in(pairing, fact, around)


def _flagged(ground: Ground) -> set[datetime]:
    """When the punches that say they end an overnight shift were made, of those that bound a stay of a re-paired day."""
    bounds = [moment for stay in ground.stays for moment in (stay.start_at, stay.end_at) if moment is not None]
    said = Punch.objects.counting().filter(employee_id=ground.employee_id, is_overnight=True, at__in=bounds)
    paired = PairingPolicy.PAIRED_DAY
    return {
        at
        for at, zone in said.values_list("at", "timezone")
        if ground.policies.get(local_day(at, zone), paired) == paired
    }


def _among_all(ground: Ground, pairing: Pairing, paired: Sequence[Stay]) -> Pairing:
    """The pairing of some days beside all other stays: she is in at most once, and that is the latest."""
    seen = {stay.id for stay in paired}
    others = [stay for stay in ground.stays if stay.id not in seen]
    return compare(ground.stays, only_latest_open([*pairing.stays, *others]), pairing.unpaired)


def _replayed(ground: Ground, facts: Sequence[Fact], fact: Fact) -> Pairing:
    """The state machine run again from the last stay that the fact may change; stays of other punches are left alone."""
    around, day = ground.closed_around(fact.at), fact.local_day
    near = (stay for stay in ground.stays if stay.is_open or stay == around or day in (stay.began_on, stay.work_date))
    first = min([stay.start_at for stay in near] + [fact.at])
    told = {each.id for each in facts if each.at >= first}
    existing = [stay for stay in ground.stays if stay.in_punch_id in told]
    again = {stay.id for stay in existing}
    bound = {stay.out_punch_id for stay in ground.stays if stay.id not in again}
    acting = [each for each in facts if each.at >= first and each.id not in bound]
    policy = policy_in_force(ground, NATIVE_CLOCKING)
    return _among_all(ground, replay(acting, existing, policy, ground.scheduled_ends()), existing)


def _events_near(ground: Ground, presented: Presented, policy: PairingPolicy) -> list[Punch]:
    """The counting punches that are paired anew with this one.

    First and last are a question of whole days: from two days before, whose evening the morning is judged with, to the
    day after. The state machine runs again from the open stay, or from the days before, to the present.
    """
    if policy == PairingPolicy.PAIRED_DAY:
        return []
    if policy == PairingPolicy.FIRST_LAST:
        day = ground.today(presented.at, presented.zone)
        return punches_of(ground.employee_id, days=(day - DAYS_BACK, day + ONE_DAY))
    first = presented.at - DAYS_BACK
    if ground.open_stay is not None:
        first = min(first, ground.open_stay.start_at)
    return punches_of(ground.employee_id, since=first, until=presented.at + LOOKING_AHEAD)


def _is_paired_by(ground: Ground, stay: Stay, policy: PairingPolicy) -> bool:
    return ground.policies.get(stay.work_date, policy) == policy


def _day_in(pairing: Pairing, fact: Fact, around: Stay | None = None) -> date:
    """The work date of the stay a fact bounds, or of the one `around` it, else its own local day."""
    mine = (stay for stay in pairing.stays if fact.id in (stay.in_punch_id, stay.out_punch_id))
    stay = next(mine, around)
    return fact.local_day if stay is None else stay.work_date


def _fill_in_punches(pairing: Pairing, log: dict[UUID, Punch]) -> None:
    """Punches that begin an added stay and were logged before."""
    missing = [stay.in_punch_id for stay in pairing.added if stay.in_punch_id and stay.in_punch_id not in log]
    if missing:
        log.update(Punch.objects.in_bulk(missing))


def _insert(punch: Punch) -> None:
    writing = OneStatement()
    writing.insert(punch)
    writing.insert(punch.evidence)
    writing.run()


def _activity(punch: Punch, presented: Presented) -> ActivityLog:
    return activity.entry(
        action="attendance.punched",
        resource_type="punch",
        resource_id=punch.pk,
        by=presented.made_by_id,
        meta={
            "employee_id": str(punch.employee_id),
            "door": punch.door,
            "kind": punch.kind,
            "at": punch.at.isoformat(),
        },
        at=presented.received_at,
    )


def _stay_of(rows: Sequence[Attendance], punch: Punch) -> Attendance | None:
    return next((row for row in rows if punch.pk in (row.in_punch_id, row.out_punch_id)), None)


def _stay_at(ground: Ground, at: datetime) -> Attendance | None:
    """The stored stay around an instant, bounds included."""
    rows = Attendance.objects.for_the_wire().filter(employee_id=ground.employee_id, deleted_at=None, clock_in__lte=at)
    row = rows.order_by("-clock_in").first()
    return row if row is not None and (row.clock_out is None or row.clock_out >= at) else None


def _last_of_day(ground: Ground, punch: Punch) -> Attendance | None:
    rows = Attendance.objects.for_the_wire().filter(employee_id=ground.employee_id, deleted_at=None)
    return rows.filter(work_date=punch.work_date).order_by("-clock_in").first()


def end_running_break(writing: OneStatement, before: Stay, stays: Sequence[Stay], at: datetime) -> None:
    """A break that was running when its stay ended, ended with it in the same statement."""
    after = next((stay for stay in stays if stay.id == before.id), before)
    for old in before.breaks:
        new = next((pause for pause in after.breaks if pause.id == old.id), None)
        if new is not None and new != old:
            writing.update(Break(pk=old.id, end_at=new.end_at, updated_at=at), ("end_at", "updated_at"))
