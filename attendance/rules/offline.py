"""PURE. Records of phones without signal: the stays are a function of the set of accepted records, not of its order.

One record is one client id: an in, and an out that may be added once. What a record says never changes after it was
accepted (the first is kept), so the set only grows; and from the set the stays are derived afresh:

- records are placed by precedence: the earlier start first, at the same start one with an out before one without,
  then by client id; a record that runs into one already placed makes no stay ("overlaps"), yet stays known, for a
  record that comes later may displace the one in its way;
- a live stay is never displaced: what overlaps it makes no stay. A record that begins with a live stay (same client
  id, or within `same_punch_within`) is that stay's own arrival told twice: it may add the missing out, nothing else;
- a placed record without an out is open only as the very last stay; else it is unfinished, or closed by rule when
  what came next came past the maximum length.

A new record changes nothing placed before it but the end of the stay just before: the batch's earliest start, the
last stay before that start (with its record) and everything from there on are all that must be loaded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from attendance.rules.offline_records import Answer, OfflineRecord, Outcome, Reason, Standing, precedence
from attendance.rules.pairing import END_FLAGS, Pairing, compare, give_up_waiting, policy_of_door
from attendance.rules.punches import Door, Stay, StayFlag, overlapping
from attendance.rules.work_dates import (
    LONGEST,
    DayAttribution,
    MaximumLength,
    as_unfinished,
    ended,
    work_date_of,
)


@dataclass(frozen=True, slots=True)
class SettleRules:
    """The organisation's choices, and what time it is (`as_of`, only to judge the last record without an out).

    `scheduled_ends` gives the planned end (UTC) of the shift of a local day.
    """

    as_of: datetime
    maximum: MaximumLength = field(default_factory=MaximumLength)
    scheduled_ends: Mapping[date, datetime] = field(default_factory=dict)
    attribution: DayAttribution = DayAttribution.START
    same_punch_within: timedelta = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Settlement:
    """One batch settled."""

    answers: tuple[Answer, ...]
    records: tuple[OfflineRecord, ...]
    standings: tuple[Standing, ...]
    pairing: Pairing


def settle(
    arriving: Sequence[OfflineRecord],
    known: Iterable[OfflineRecord],
    live: Sequence[Stay],
    stored: Sequence[Stay],
    rules: SettleRules,
) -> Settlement:
    """One person's batch against what is known of her.

    `known` are the records accepted before (those that made no stay included), `live` the stays that a live punch or
    a correction touched, `stored` the stays made by offline records alone (ids are kept by client id). The records and
    stays that come out are the same for any order and any cutting into batches of records that do not contradict
    themselves; where one client id tells two stories the first is kept.
    """
    records = {record.client_id: record for record in known}
    took = [_take(records, record) for record in arriving]
    wanted, standings = _derive(records, live, rules)
    by_client = {stay.client_id: stay for stay in stored}
    stays = [_with_id(stay, by_client.get(stay.client_id)) for stay in wanted]
    where = {standing.client_id: standing for standing in standings}
    answers = tuple(
        _answer(position, record, reason, where)
        for position, (record, reason) in enumerate(zip(arriving, took, strict=True))
    )
    kept = tuple(sorted(records.values(), key=precedence))
    return Settlement(answers, kept, tuple(standings), compare([*live, *stored], stays))


def _take(records: dict[str, OfflineRecord], record: OfflineRecord) -> Reason:
    """Adds what a record newly says to the known ones. What was accepted before is not judged anew."""
    have = records.get(record.client_id)
    if have is not None and have.in_at == record.in_at and record.out_at in (None, have.out_at):
        return Reason.SAME_RECORD
    if record.out_at is not None and record.out_at <= record.in_at:
        return Reason.OUT_NOT_AFTER_IN
    if record.out_at is not None and record.out_at - record.in_at > LONGEST:
        return Reason.TOO_LONG
    if have is None:
        records[record.client_id] = record
        return Reason.NEW
    if have.in_at != record.in_at or have.out_at is not None:
        return Reason.DIFFERENT_TIMES
    records[record.client_id] = replace(have, out_at=record.out_at, out_punch_id=record.out_punch_id)
    return Reason.OUT_ADDED


_OUTCOMES = {
    Reason.OUT_NOT_AFTER_IN: Outcome.REFUSED,
    Reason.TOO_LONG: Outcome.REFUSED,
    Reason.DIFFERENT_TIMES: Outcome.CONFLICT,
    Reason.SAME_RECORD: Outcome.DUPLICATE,
}


def _answer(position: int, record: OfflineRecord, reason: Reason, where: Mapping[str, Standing]) -> Answer:
    """The answer of one record: what it newly said, or says again, counts by where it stands in the end."""
    standing = where.get(record.client_id)
    is_displaced = reason == Reason.SAME_RECORD and standing is not None and not standing.is_counted
    if standing is None or (reason in _OUTCOMES and not is_displaced):
        return Answer(position, record.client_id, _OUTCOMES[reason], reason)
    if standing.reason == Reason.SAME_AS_LIVE:
        return Answer(position, record.client_id, Outcome.DUPLICATE, standing.reason)
    if standing.is_counted:
        return Answer(position, record.client_id, Outcome.CREATED, reason)
    return Answer(position, record.client_id, Outcome.CONFLICT, standing.reason)


def _derive(
    records: Mapping[str, OfflineRecord], live: Sequence[Stay], rules: SettleRules
) -> tuple[list[Stay], list[Standing]]:
    """The stays a set of records makes beside the live ones, and where each record stands."""
    present = list(live)
    placed: list[Stay] = []
    standings = []
    for record in sorted(records.values(), key=precedence):
        twin = next((stay for stay in present if _is_twin(record, stay, rules)), None)
        if twin is not None:
            standing, ending = _tell_twice(record, twin, [*present, *placed], rules)
            present[present.index(twin)] = ending
        else:
            standing, made = _place(record, present, placed, rules)
            placed += made
        standings.append(standing)
    return _settle_endless([*present, *placed], rules), standings


def _is_twin(record: OfflineRecord, stay: Stay, rules: SettleRules) -> bool:
    """Whether a record tells of the same arrival as a live stay."""
    return record.client_id == stay.client_id or abs(record.in_at - stay.start_at) <= rules.same_punch_within


def _tell_twice(record: OfflineRecord, twin: Stay, stays: Sequence[Stay], rules: SettleRules) -> tuple[Standing, Stay]:
    """What a record adds to the live stay it repeats: the missing out, if it fits; and that stay afterwards."""
    if record.out_at is None or record.out_at == twin.end_at:
        return Standing(record.client_id, True, Reason.SAME_AS_LIVE, twin), twin
    if twin.end_at is not None or record.out_at <= twin.start_at:
        return Standing(record.client_id, False, Reason.DIFFERENT_TIMES, twin), twin
    closed = replace(ended(twin, record.out_at, rules.attribution), out_punch_id=record.out_punch_id)
    in_the_way = overlapping(closed, (stay for stay in stays if stay is not twin))
    if in_the_way is not None:
        return Standing(record.client_id, False, Reason.OVERLAPS_LIVE, in_the_way), twin
    return Standing(record.client_id, True, Reason.OUT_ADDED), closed


def _place(
    record: OfflineRecord, present: Sequence[Stay], placed: Sequence[Stay], rules: SettleRules
) -> tuple[Standing, list[Stay]]:
    """The stay a record makes where nothing is in its way."""
    stay = _stay_of(record, rules)
    span = stay if stay.is_closed else as_unfinished(stay)
    in_the_way = overlapping(span, [_as_seen_by(stay, other) for other in present])
    if in_the_way is not None:
        return Standing(record.client_id, False, Reason.OVERLAPS_LIVE, in_the_way), []
    # Placed stays are ascending and disjoint and none starts later, so only the last can reach this one.
    last = placed[-1] if placed else None
    if last is not None and span.overlaps(last if last.is_closed else as_unfinished(last)):
        return Standing(record.client_id, False, Reason.OVERLAPS_OFFLINE, last), []
    return Standing(record.client_id, True, Reason.NEW), [stay]


def _as_seen_by(stay: Stay, live: Stay) -> Stay:
    """An open live stay holds the rest of its local day; on a later day a new stay may begin, as for a live in."""
    return as_unfinished(live) if live.is_open and stay.began_on > live.began_on else live


def _stay_of(record: OfflineRecord, rules: SettleRules) -> Stay:
    stay = Stay(
        record.in_at,
        record.out_at,
        work_date_of(record.in_at, record.out_at, record.zone, rules.attribution),
        record.zone,
        door=Door.OFFLINE,
        client_id=record.client_id,
        in_punch_id=record.in_punch_id,
        out_punch_id=record.out_punch_id,
    )
    return replace(stay, flags=frozenset({StayFlag.OVERNIGHT})) if stay.is_overnight else stay


def _settle_endless(stays: Iterable[Stay], rules: SettleRules) -> list[Stay]:
    """The stays, ascending; each open one judged by what came next: forgotten, unfinished, or open if it is the last."""
    ordered = sorted(stays, key=lambda stay: stay.start_at)
    nexts: list[datetime | None] = [*(stay.start_at for stay in ordered[1:]), None]
    return [_settle_one(stay, following, rules) for stay, following in zip(ordered, nexts, strict=False)]


def _settle_one(stay: Stay, following: datetime | None, rules: SettleRules) -> Stay:
    if not stay.is_open:
        return stay
    planned = rules.scheduled_ends.get(stay.began_on)
    horizon = rules.as_of if following is None else following
    how = policy_of_door(stay.door)
    forgotten = give_up_waiting(how, stay, horizon, rules.maximum, planned, rules.attribution)
    if forgotten is not None:
        return forgotten
    return stay if following is None else as_unfinished(stay)


def _with_id(wanted: Stay, stored: Stay | None) -> Stay:
    """A wanted offline stay as the one stored for its client id: with its id, comment, breaks and evidence flags."""
    if wanted.id is not None or stored is None:
        return wanted
    flags = wanted.flags | (stored.flags - END_FLAGS)
    return replace(wanted, id=stored.id, comment=stored.comment, breaks=stored.breaks, flags=flags)
