"""Offline records: the same set gives the same stays, however it arrived."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from uuid import UUID, uuid5

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attendance.rules.offline import Settlement, SettleRules, settle
from attendance.rules.offline_records import OfflineRecord, Outcome, Reason, derived_client_id
from attendance.rules.punches import Door, Stay
from attendance.rules.tests.builders import JAKARTA, instant, spans, stay

RULES = SettleRules(as_of=instant("2025-11-20 12:00"))


def record(client_id: str, start: str, end: str | None = None) -> OfflineRecord:
    return OfflineRecord(client_id, instant(f"2025-11-{start}"), instant(f"2025-11-{end}") if end else None, JAKARTA)


def batches(*many: list[OfflineRecord], live: list[Stay] | None = None, rules: SettleRules = RULES) -> Settlement:
    """Settles batch after batch, keeping what was stored as a database would."""
    known: tuple[OfflineRecord, ...] = ()
    stored: list[Stay] = []
    present = live or []
    for batch in many:
        done = settle(batch, known, present, stored, rules)
        known = done.records
        after = [
            each if each.id else replace(each, id=uuid5(UUID(int=1), each.client_id or ""))
            for each in done.pairing.stays
        ]
        lived = {each.id for each in present}
        present = [each for each in after if each.id in lived]
        stored = [each for each in after if each.id not in lived]
    return done


def said(done: Settlement) -> list[tuple[Outcome, Reason]]:
    return [(answer.outcome, answer.reason) for answer in done.answers]


def test_a_new_record_makes_a_stay_and_a_replay_makes_none() -> None:
    one = record("a", "17 08:00", "17 17:00")
    done = batches([one, one])
    assert said(done) == [(Outcome.CREATED, Reason.NEW), (Outcome.DUPLICATE, Reason.SAME_RECORD)]
    again = batches([one], [one])
    assert said(again) == [(Outcome.DUPLICATE, Reason.SAME_RECORD)]
    assert again.pairing.is_unchanged


def test_the_missing_out_is_added_once() -> None:
    arrival, whole = record("a", "17 08:00"), record("a", "17 08:00", "17 17:00")
    done = batches([arrival], [whole])
    assert said(done) == [(Outcome.CREATED, Reason.OUT_ADDED)]
    assert spans(done.pairing.stays) == [("11-17 08:00", "11-17 17:00")]
    assert (done.pairing.added, len(done.pairing.changed)) == ((), 1)
    assert said(batches([whole], [arrival])) == [(Outcome.DUPLICATE, Reason.SAME_RECORD)]
    other = batches([arrival], [whole], [record("a", "17 08:00", "17 18:00")])
    assert said(other) == [(Outcome.CONFLICT, Reason.DIFFERENT_TIMES)]
    assert spans(other.pairing.stays) == [("11-17 08:00", "11-17 17:00")]


def test_the_first_story_of_a_client_id_is_kept() -> None:
    done = batches([record("a", "17 09:00", "17 17:00")], [record("a", "17 08:00", "17 17:00")])
    assert said(done) == [(Outcome.CONFLICT, Reason.DIFFERENT_TIMES)]
    assert spans(done.pairing.stays) == [("11-17 09:00", "11-17 17:00")]


@pytest.mark.parametrize("end", ["17 08:00", "16 17:00"])
def test_an_out_that_is_not_after_its_in_is_refused_alone(end: str) -> None:
    done = batches([record("bad", "17 08:00", end), record("good", "18 08:00", "18 17:00")])
    assert said(done) == [(Outcome.REFUSED, Reason.OUT_NOT_AFTER_IN), (Outcome.CREATED, Reason.NEW)]
    assert [each.client_id for each in done.records] == ["good"]


def test_a_record_longer_than_any_stay_is_refused_alone_and_may_come_again_without_its_end() -> None:
    done = batches([record("a", "13 08:00", "16 08:01"), record("b", "17 08:00", "17 17:00"), record("a", "13 08:00")])
    assert said(done) == [
        (Outcome.REFUSED, Reason.TOO_LONG), (Outcome.CREATED, Reason.NEW), (Outcome.CREATED, Reason.NEW),
    ]  # fmt: skip
    assert said(batches([record("a", "13 08:00", "16 08:00")])) == [(Outcome.CREATED, Reason.NEW)]


def test_a_record_longer_than_any_stay_that_was_accepted_before_is_a_duplicate() -> None:
    """It was taken when stays might last longer: the phone that sends it again need not be asked for anything."""
    old = record("a", "12 08:00", "16 08:00")
    done = settle([old, record("b", "12 08:00", "16 08:00")], [old], [], [], RULES)
    assert said(done) == [(Outcome.DUPLICATE, Reason.SAME_RECORD), (Outcome.REFUSED, Reason.TOO_LONG)]


def test_the_earlier_start_wins_an_overlap_whoever_came_first() -> None:
    early, late = record("z", "17 08:00", "17 12:00"), record("a", "17 11:00", "17 17:00")
    for order in ([early], [late]), ([late], [early]), ([early, late],), ([late, early],):
        done = batches(*order)
        assert spans(done.pairing.stays) == [("11-17 08:00", "11-17 12:00")]
        assert [(each.client_id, each.is_counted) for each in done.standings] == [("z", True), ("a", False)]


def test_a_displaced_record_frees_the_one_it_stood_against() -> None:
    last, middle = record("c", "17 15:00", "17 18:00"), record("b", "17 10:00", "17 16:00")
    first = record("a", "17 08:00", "17 11:00")
    assert spans(batches([last], [middle]).pairing.stays) == [("11-17 10:00", "11-17 16:00")]
    done = batches([last], [middle], [first])
    assert spans(done.pairing.stays) == [("11-17 08:00", "11-17 11:00"), ("11-17 15:00", "11-17 18:00")]
    assert [each.client_id for each in done.pairing.removed] == ["b"]


def test_touching_records_do_not_overlap() -> None:
    done = batches([record("a", "17 08:00", "17 12:00"), record("b", "17 12:00", "17 17:00")])
    assert [outcome for outcome, _ in said(done)] == [Outcome.CREATED] * 2


def test_of_records_without_out_only_the_very_last_is_open() -> None:
    rules = replace(RULES, as_of=instant("2025-11-18 09:00"))
    done = batches([record("b", "18 08:00"), record("a", "17 20:00")], rules=rules)
    assert [(each.is_unfinished, each.is_open) for each in done.pairing.stays] == [(True, False), (False, True)]


def test_a_record_without_out_is_forgotten_past_the_maximum() -> None:
    ends = {instant("2025-11-17 12:00").date(): instant("2025-11-17 17:00")}
    done = batches([record("a", "17 08:00")], rules=replace(RULES, scheduled_ends=ends))
    assert spans(done.pairing.stays) == [("11-17 08:00", "11-17 17:00")]
    assert done.pairing.stays[0].is_auto_closed


def test_a_live_stay_is_never_displaced() -> None:
    lived = stay("2025-11-17 09:00", "2025-11-17 17:00")
    done = batches([record("a", "17 08:00", "17 12:00")], live=[lived])
    assert said(done) == [(Outcome.CONFLICT, Reason.OVERLAPS_LIVE)]
    assert done.pairing.stays == (lived,)


def test_an_open_live_stay_holds_its_local_day_only() -> None:
    lived = stay("2025-11-17 08:00")
    same_day = batches([record("a", "17 12:00", "17 13:00")], live=[lived])
    assert said(same_day) == [(Outcome.CONFLICT, Reason.OVERLAPS_LIVE)]
    next_day = batches([record("a", "18 08:00", "18 17:00")], live=[lived])
    assert said(next_day) == [(Outcome.CREATED, Reason.NEW)]
    assert next_day.pairing.stays[0].is_auto_closed


def test_a_record_of_the_same_arrival_only_adds_the_missing_out() -> None:
    lived = stay("2025-11-17 08:00")
    done = batches([record("a", "17 08:01", "17 17:00")], live=[lived])
    assert said(done) == [(Outcome.CREATED, Reason.NEW)]
    assert spans(done.pairing.stays) == [("11-17 08:00", "11-17 17:00")]
    assert done.pairing.stays[0].id == lived.id
    closed = replace(lived, end_at=instant("2025-11-17 16:00"))
    assert said(batches([record("a", "17 08:01")], live=[closed])) == [(Outcome.DUPLICATE, Reason.SAME_AS_LIVE)]
    late = batches([record("a", "17 08:01", "17 17:00")], live=[closed])
    assert said(late) == [(Outcome.CONFLICT, Reason.DIFFERENT_TIMES)]
    assert late.pairing.stays == (closed,)


def test_a_record_without_id_is_known_by_its_in_and_its_device() -> None:
    morning = instant("2025-11-17 08:00")
    assert derived_client_id(morning, "d1") != derived_client_id(morning, "d2")
    assert derived_client_id(morning, "d1") == derived_client_id(morning.astimezone(), "d1")


def _stories(draw: st.DrawFn) -> list[OfflineRecord]:
    """Records that do not contradict themselves: a client id is one in and one out, told whole or without the out."""
    told = []
    for number in range(draw(st.integers(1, 7))):
        start_at = instant("2025-11-17 00:00") + timedelta(minutes=draw(st.integers(0, 90)) * 30)
        length = draw(st.one_of(st.none(), st.integers(1, 20)))
        end_at = None if length is None else start_at + timedelta(minutes=30 * length)
        whole = OfflineRecord(f"c{draw(st.integers(0, 99))}-{number}", start_at, end_at, JAKARTA)
        told += [whole] * draw(st.integers(1, 2)) + [replace(whole, out_at=None)] * draw(st.integers(0, 1))
    return told


stories = st.composite(_stories)()


def _cut(data: st.DataObject, told: list[OfflineRecord]) -> list[list[OfflineRecord]]:
    shuffled = data.draw(st.permutations(told))
    cuts = sorted(data.draw(st.sets(st.integers(1, len(shuffled)), max_size=4)))
    edges = [0, *cuts, len(shuffled)]
    return [shuffled[first:last] for first, last in pairwise(edges)]


@settings(max_examples=120, derandomize=True, deadline=None)
@given(stories, st.data())
def test_any_order_and_any_batches_end_in_the_same_state(told: list[OfflineRecord], data: st.DataObject) -> None:
    whole = batches(told)
    pieces = batches(*_cut(data, told))
    assert pieces.records == whole.records
    assert [replace(each, id=None) for each in pieces.pairing.stays] == [
        replace(each, id=None) for each in whole.pairing.stays
    ]
    assert [(each.client_id, each.is_counted, each.reason) for each in pieces.standings] == [
        (each.client_id, each.is_counted, each.reason) for each in whole.standings
    ]


def _windowed(many: list[list[OfflineRecord]]) -> list[Stay]:
    """Settles batch after batch, loading only what the module says must be loaded."""
    records: dict[str, OfflineRecord] = {}
    stays: list[Stay] = []
    for batch in many:
        earliest = min(each.in_at for each in batch)
        before = [each for each in stays if each.start_at < earliest][-1:]
        loaded = before + [each for each in stays if each.start_at >= earliest]
        near = {each.client_id for each in before}
        known = [each for each in records.values() if each.in_at >= earliest or each.client_id in near]
        done = settle(batch, known, [], loaded, RULES)
        records |= {each.client_id: each for each in done.records}
        after = [replace(each, id=uuid5(UUID(int=1), each.client_id or "")) for each in done.pairing.stays]
        stays = sorted([each for each in stays if each not in loaded] + after, key=lambda each: each.start_at)
    return stays


@settings(max_examples=120, derandomize=True, deadline=None)
@given(stories, st.data())
def test_loading_only_the_neighbourhood_ends_in_the_same_state(told: list[OfflineRecord], data: st.DataObject) -> None:
    pieces = _windowed([piece for piece in _cut(data, told) if piece])
    whole = batches(told).pairing.stays
    assert [replace(each, id=None) for each in pieces] == [replace(each, id=None) for each in whole]


@settings(max_examples=120, derandomize=True, deadline=None)
@given(stories, st.data())
def test_beside_live_stays_nothing_overlaps_and_every_record_is_answered(
    told: list[OfflineRecord], data: st.DataObject
) -> None:
    start_at = instant("2025-11-17 00:00") + timedelta(minutes=data.draw(st.integers(0, 60)) * 15)
    end_at = data.draw(st.sampled_from([None, start_at + timedelta(hours=3)]))
    lived = Stay(start_at, end_at, start_at.date(), JAKARTA, id=UUID(int=7), door=Door.NATIVE)
    done = batches(*_cut(data, told), live=[lived])
    stays = done.pairing.stays
    assert {each.client_id for each in done.standings} == {each.client_id for each in told}
    kept = next(each for each in stays if each.id == lived.id)
    assert kept.start_at == lived.start_at
    assert lived.end_at is None or kept == lived
    for index, first in enumerate(stays):
        assert not any(first.overlaps(later) for later in stays[index + 1 :])
    assert sum(each.is_open for each in stays) <= 1
    assert len({each.client_id for each in stays}) == len(stays)
