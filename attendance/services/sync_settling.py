"""One chunk of offline records settled: a constant number of statements, whatever the number of records and people.

The rules make stays from the whole set of what is known of a person (`attendance/rules/offline.py`); here it is loaded,
and what changed is written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from attendance.models import Attendance, Punch, SyncState
from attendance.rules.client_time import ClientTimePolicy, Tenure, judge_client_time
from attendance.rules.evidence import Site
from attendance.rules.offline import Settlement, SettleRules
from attendance.rules.offline import settle as settle_person
from attendance.rules.offline_records import OfflineRecord
from attendance.rules.punches import Stay, StayFlag, Verdict
from attendance.rules.work_dates import days_given_time
from attendance.selectors.demands import planned_end_of
from attendance.selectors.house_rules import HouseRules, house_rules
from attendance.selectors.sync_ground import Known, Person, known_of, lock_people, sites_of
from attendance.services import days, sync_displaced, sync_places
from attendance.services.pairings import begin_of, move_stays
from attendance.services.rows import Origin, new_columns
from attendance.services.sync_answers import tell
from attendance.services.sync_photos import Photos
from attendance.services.sync_rows import Item, Log, Taken, store_answers
from hr.selectors import locks, schedules
from peoplesync.core import copying
from peoplesync.core.models import new_id
from peoplesync.kernel.dates import ONE_DAY, local_day
from peoplesync.kernel.roles import Scope


@dataclass(slots=True)
class _Batch:
    """What a chunk has come to so far."""

    about: HouseRules
    log: Log
    photos: Photos

    @property
    def received_at(self) -> datetime:
        return self.log.received_at


def settle(
    items: Sequence[Item], *, received_at: datetime, made_by_id: UUID | None, reach: Any, photos: Photos
) -> None:
    """Settle and answer a chunk of records in the caller's transaction.

    `reach` says whose records the sender may send: Scope.ALL, one employee's id, or anything else for nobody's.
    """
    locks.pass_gate()
    people = lock_people(sorted({item.employee_id for item in items}))
    mine = [item for item in items if _may_send(item, people, reach)]
    if mine:
        _settle_known_people(mine, people, _Batch(house_rules(), Log(received_at, made_by_id), photos))
    store_answers(items)


def _may_send(item: Item, people: Mapping[UUID, Person], reach: Any) -> bool:
    if reach is not Scope.ALL and item.employee_id != reach:
        tell(item, SyncState.REFUSED, "foreign_employee")
        return False
    if item.employee_id not in people:
        tell(item, SyncState.REFUSED, "unknown_employee")
        return False
    return True


def _settle_known_people(items: Sequence[Item], people: Mapping[UUID, Person], batch: _Batch) -> None:
    # Times are judged first: one absurd date would stretch everything that is loaded over centuries.
    by_person = _judged(items, people, batch)
    if not by_person:
        return
    arriving = {who: [(each.told.client_id, each.told.in_at) for each in theirs] for who, theirs in by_person.items()}
    known = known_of(arriving)
    first, last = _span([each.item for theirs in by_person.values() for each in theirs], known)
    closed = locks.locked_days(list(by_person), first, last)
    ends = _planned_ends(by_person, known, people, batch.about)
    sites = sites_of(list(by_person))
    batch.photos.hold([each.item for theirs in by_person.values() for each in theirs])
    settled: dict[UUID, Settlement] = {}
    before: dict[UUID | None, Stay] = {}
    for who, theirs in by_person.items():
        zone = people[who].zone or batch.about.zone
        _hold_locked_days(known[who], closed[who])
        before.update({stay.id: stay for stay in (*known[who].live, *known[who].stored)})
        taken = [each for each in theirs if _may_count(each, known[who], closed[who], sites[who], batch.photos)]
        settled[who] = _settle_one(taken, zone, known[who], ends[who], batch)
    _write(settled, before, known, batch)
    sync_displaced.tell(settled, batch.received_at)
    batch.photos.attach(batch.log.made_by_id, batch.received_at)


def _planned_ends(
    by_person: Mapping[UUID, Sequence[Taken]],
    known: Mapping[UUID, Known],
    people: Mapping[UUID, Person],
    about: HouseRules,
) -> dict[UUID, dict[date, datetime]]:
    """When the shifts end on which something has no out yet: nothing else asks for them, and most batches have none."""
    wanted: dict[UUID, set[date]] = defaultdict(set)
    for who, theirs in by_person.items():
        told = (*(each.told for each in theirs), *known[who].records.values())
        wanted[who] |= {local_day(record.in_at, record.zone) for record in told if record.out_at is None}
        wanted[who] |= {stay.began_on for stay in (*known[who].live, *known[who].stored) if stay.is_open}
    wanted = {who: days for who, days in wanted.items() if days}
    ends: dict[UUID, dict[date, datetime]] = defaultdict(dict)
    if not wanted:
        return ends
    first, last = min(map(min, wanted.values())), max(map(max, wanted.values()))
    for plan in schedules.each_plan(list(wanted), first, last):
        if plan.on in wanted[plan.employee_id]:
            who = plan.employee_id
            if end := planned_end_of(plan, people[who].zone or about.zone):
                ends[who][plan.on] = end
    return ends


def _span(items: Sequence[Item], known: Mapping[UUID, Known]) -> tuple[date, date]:
    """The days that may matter: of the records and of everything they may meet, with a day to both sides for zones."""
    moments = [moment for item in items for moment in (item.in_at, item.out_at) if moment]
    moments += [record.in_at for each in known.values() for record in each.records.values()]
    moments += [stay.start_at for each in known.values() for stay in (*each.stored, *each.live)]
    return min(moments).date() - ONE_DAY, max(moments).date() + ONE_DAY


def _hold_locked_days(known: Known, closed: Mapping[date, Any]) -> None:
    """Stays on locked days are as firm as live ones."""
    known.live += [stay for stay in known.stored if stay.work_date in closed]
    known.stored = [stay for stay in known.stored if stay.work_date not in closed]


def _judged(items: Sequence[Item], people: Mapping[UUID, Person], batch: _Batch) -> dict[UUID, list[Taken]]:
    """By person the records whose times may count; the others are answered."""
    found: dict[UUID, list[Taken]] = defaultdict(list)
    limits = ClientTimePolicy(skew_limit=timedelta(seconds=batch.about.maximum_skew_seconds))
    for item in items:
        person = people[item.employee_id]
        zone = person.zone or batch.about.zone
        tenure = Tenure(zone, person.hired_on, person.ended_on)
        judgement = judge_client_time(item.in_at, batch.received_at, tenure, limits)
        if item.out_at is not None and judgement.verdict != Verdict.REJECT:
            at_end = judge_client_time(item.out_at, batch.received_at, Tenure(zone), limits)
            judgement = at_end if at_end.verdict == Verdict.REJECT else judgement
        if judgement.verdict == Verdict.REJECT:
            tell(item, SyncState.REFUSED, judgement.reasons[0].value)
            continue
        told = OfflineRecord(item.client_id, item.in_at, item.out_at, zone, new_id(), new_id() if item.out_at else None)
        found[item.employee_id].append(Taken(item, told, judgement))
    return found


def _may_count(taken: Taken, known: Known, closed: Mapping[date, Any], sites: Collection[Site], photos: Photos) -> bool:
    """Whether a record is neither taken back, nor new on a locked day, from a wrong place or with a wrong photo; else it
    is answered.
    """
    item, told = taken.item, taken.told
    if item.client_id in known.voided:
        tell(item, SyncState.DUPLICATE, "taken_back")
        return False
    day = local_day(told.in_at, told.zone)
    if told != known.records.get(item.client_id) and day in closed:
        tell(item, SyncState.REFUSED, "locked_day")
        item.reason = f"{closed[day].sentence} While its day is locked the record is not taken; ask for a correction."
        return False
    is_known = item.client_id in known.records
    return (is_known or sync_places.may_come(taken, sites)) and photos.may_come(item, known.records)


def _settle_one(
    taken: Sequence[Taken],
    zone: str,
    known: Known,
    ends: Mapping[date, datetime],
    batch: _Batch,
) -> Settlement:
    rules = SettleRules(
        as_of=batch.received_at,
        maximum=batch.about.day_policy.maximum,
        scheduled_ends=ends,
        attribution=batch.about.day_policy.attribution,
    )
    settlement = settle_person([each.told for each in taken], known.records.values(), known.live, known.stored, rules)
    settlement = _with_ids_and_flags(settlement, {each.told.client_id: each.flags for each in taken})
    _log_new(settlement, taken, zone, batch)
    stays = {stay.client_id: stay.id for stay in settlement.pairing.stays if stay.client_id}
    twins = {each.client_id: each.in_the_way.id for each in settlement.standings if each.in_the_way}
    for answer in settlement.answers:
        item = taken[answer.position].item
        where = stays.get(answer.client_id) or twins.get(answer.client_id)
        tell(item, answer.outcome.value, answer.reason.value, where)
    return settlement


def _with_ids_and_flags(settlement: Settlement, flagged: Mapping[str, frozenset[StayFlag]]) -> Settlement:
    """New stays get their ids before anything refers to them, and the flags of what speaks against their records."""
    made: dict[str | None, Stay] = {}
    for stay in settlement.pairing.added:
        flags = stay.flags | flagged.get(stay.client_id or "", frozenset())
        made[stay.client_id] = replace(stay, id=new_id(), flags=flags)
    pairing = settlement.pairing
    stays = tuple(stay if stay.id else made[stay.client_id] for stay in pairing.stays)
    return replace(settlement, pairing=replace(pairing, stays=stays, added=tuple(made.values())))


def _log_new(
    settlement: Settlement,
    taken: Sequence[Taken],
    zone: str,
    batch: _Batch,
) -> None:
    """Every fact that was accepted for the first time goes to the log, whether or not it made a stay."""
    kept = {record.client_id: record for record in settlement.records}
    days = {stay.client_id: stay.work_date for stay in settlement.pairing.stays}
    for each in taken:
        told = each.told
        # Punch ids were made for this batch: a fact that was kept under its own is new.
        record = kept.get(told.client_id)
        if record is None or told.in_punch_id is None:
            continue
        day = days.get(told.client_id) or local_day(record.in_at, zone)
        if record.in_punch_id == told.in_punch_id:
            batch.log.come(each, told.in_punch_id, record.in_at, zone, day)
        if told.out_punch_id and record.out_at and record.out_punch_id == told.out_punch_id:
            batch.log.leave(each, told.out_punch_id, record.out_at, zone, day)


def _write(
    settled: Mapping[UUID, Settlement],
    before: Mapping[UUID | None, Stay],
    known: Mapping[UUID, Known],
    batch: _Batch,
) -> None:
    batch.log.write()
    pairings = [each.pairing for each in settled.values()]
    move_stays(pairings, before, batch.received_at)
    begun = {begin_of(stay): stay for each in pairings for stay in each.added}
    origins: dict[UUID, Origin | Punch] = {**batch.log.origins}
    origins |= Punch.objects.in_bulk(list(begun.keys() - origins.keys()))
    rows = (new_columns(stay, origins[punch_id], batch.received_at) for punch_id, stay in begun.items())
    copying.held(Attendance, rows)
    touched: dict[UUID, set[date]] = {}
    held: dict[UUID, Sequence[Stay]] = {}
    for who, each in settled.items():
        moved = (*each.pairing.added, *each.pairing.changed, *each.pairing.removed)
        was = [before[stay.id] for stay in moved if stay.id in before]
        touched[who] = days_given_time((*moved, *was), batch.about.day_policy.attribution)
        if touched[who] and days.reach_of(touched[who]) > known[who].since.date():
            held[who] = each.pairing.stays
    days.compute(days=touched, at=batch.received_at, held=held)
