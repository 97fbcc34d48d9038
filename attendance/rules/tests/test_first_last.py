"""Independent events: first in, last out, whatever lies between and in whatever order it came."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from attendance.rules.first_last import pair_events
from attendance.rules.pairing import PairingPolicy, policy_of_door
from attendance.rules.punches import Door, PunchKind
from attendance.rules.tests.builders import fact, instant, spans, stay

IN, OUT, TOGGLE = PunchKind.IN, PunchKind.OUT, PunchKind.TOGGLE


def test_many_ins_and_outs_make_one_stay() -> None:
    day = [("08:00", IN), ("08:01", IN), ("12:00", OUT), ("12:30", IN), ("17:00", OUT), ("17:05", OUT)]
    pairing = pair_events([fact(f"2026-02-03 {text}", kind) for text, kind in reversed(day)])
    assert spans(pairing.stays) == [("02-03 08:00", "02-03 17:05")]


def test_toggles_count_by_their_order() -> None:
    toggles = [fact(f"2026-02-03 {hour}:00") for hour in ("12", "08", "17")]
    assert spans(pair_events(toggles).stays) == [("02-03 08:00", "02-03 17:00")]
    assert spans(pair_events(toggles[:1]).stays) == [("02-03 12:00", None)]


def test_a_day_with_outs_only_makes_no_stay() -> None:
    outs = [fact("2026-02-03 17:00", OUT)]
    assert (pair_events(outs).stays, pair_events(outs).unpaired) == ((), tuple(outs))


def test_an_out_before_the_first_in_is_no_end() -> None:
    events = [fact("2026-02-03 07:00", OUT), fact("2026-02-03 08:00", IN)]
    assert spans(pair_events(events).stays) == [("02-03 08:00", None)]


def test_a_morning_out_ends_the_evening_that_awaits_it() -> None:
    events = [fact("2026-02-03 21:00", IN), fact("2026-02-04 09:11", OUT), fact("2026-02-04 21:00", IN)]
    assert spans(pair_events(events).stays) == [("02-03 21:00", "02-04 09:11"), ("02-04 21:00", None)]


def test_a_morning_out_after_the_maximum_is_not_the_evenings() -> None:
    events = [fact("2026-02-03 08:00", IN), fact("2026-02-04 08:00", OUT)]
    pairing = pair_events(events)
    assert spans(pairing.stays) == [("02-03 08:00", None)]
    assert pairing.unpaired == (events[1],)


def test_an_out_after_a_days_own_in_is_that_days() -> None:
    events = [fact("2026-02-03 21:00", IN), fact("2026-02-04 08:00", IN), fact("2026-02-04 12:00", OUT)]
    assert spans(pair_events(events).stays) == [("02-03 21:00", None), ("02-04 08:00", "02-04 12:00")]


def test_a_planned_night_shift_gathers_all_events_until_its_end() -> None:
    texts = [("02-03 21:00", IN), ("02-04 00:50", OUT), ("02-04 01:30", IN), ("02-04 06:10", OUT), ("02-04 21:00", IN)]
    events = [fact(f"2026-{text}", kind) for text, kind in texts]
    ends = {events[0].local_day: instant("2026-02-04 06:00")}
    assert spans(pair_events(events, scheduled_ends=ends).stays) == [
        ("02-03 21:00", "02-04 06:10"),
        ("02-04 21:00", None),
    ]


def test_a_stay_keeps_its_id_through_a_later_out_and_an_earlier_in() -> None:
    stored = stay("2026-02-03 08:00", "2026-02-03 12:00", comment="gate")
    known = [fact("2026-02-03 08:00", IN), fact("2026-02-03 12:00", OUT)]
    later = pair_events([*known, fact("2026-02-03 17:00", OUT)], [stored])
    earlier = pair_events([*known, fact("2026-02-03 07:00", IN)], [stored])
    assert [(each.id, each.comment) for each in later.stays + earlier.stays] == [(stored.id, "gate")] * 2
    assert not later.added + later.removed + earlier.added + earlier.removed


def test_every_door_has_its_policy() -> None:
    first_last = dict.fromkeys([Door.WORKLY, Door.KIOSK], PairingPolicy.FIRST_LAST)
    others = {**first_last, Door.KENJO: PairingPolicy.PAIRED_DAY}
    assert {door: policy_of_door(door) for door in Door} == dict.fromkeys(Door, PairingPolicy.STATE_MACHINE) | others


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.data())
def test_arrival_order_and_repeats_do_not_matter(data: st.DataObject) -> None:
    made = data.draw(st.lists(st.tuples(st.sampled_from([IN, OUT, TOGGLE]), st.integers(0, 3 * 1440)), max_size=8))
    start = instant("2026-02-03 00:00")
    facts = [replace(fact("2026-02-03 00:00", kind), at=start + timedelta(minutes=at)) for kind, at in made]
    pairing = pair_events(facts)
    again = pair_events(data.draw(st.permutations(facts)) + facts)
    assert (again.stays, again.unpaired) == (pairing.stays, pairing.unpaired)
    for index, first in enumerate(pairing.stays):
        assert not any(first.overlaps(later) for later in pairing.stays[index + 1 :])
