"""The state machine: in opens, out closes, a new day always begins."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attendance.rules.breaks import decide_break_end, decide_break_start
from attendance.rules.clocking import NATIVE_CLOCKING, TIMER_CLOCKING, decide_in, decide_out, replay
from attendance.rules.punches import Break, Door, EndReason, PunchKind, Refusal, StayFlag
from attendance.rules.tests.builders import (
    BERLIN,
    JAKARTA,
    LORD_HOWE,
    NEW_YORK,
    fact,
    instant,
    spans,
    stay,
)
from attendance.rules.work_dates import DayAttribution, MaximumLength


def test_the_first_in_of_a_day_opens_a_stay_on_its_local_day() -> None:
    decision = decide_in(None, [], instant("2025-11-17 00:30"), JAKARTA)
    assert decision.opened is not None
    assert (decision.opened.work_date.isoformat(), decision.opened.is_open) == ("2025-11-17", True)


def test_one_second_around_jakartas_midnight_is_two_days() -> None:
    first = decide_in(None, [], instant("2025-11-16 16:59:59Z"), JAKARTA).opened
    assert first is not None
    second = decide_in(first, [], instant("2025-11-16 17:00:00Z"), JAKARTA)
    assert second.opened is not None
    assert second.older is not None
    assert [first.work_date.day, second.opened.work_date.day] == [16, 17]
    assert second.older.is_unfinished


@pytest.mark.parametrize("today", [("08:00", None), ("08:00", "12:00")])
def test_a_second_native_in_on_the_same_local_day_is_refused(today: tuple[str, str | None]) -> None:
    begun = stay(f"2025-11-17 {today[0]}", today[1] and f"2025-11-17 {today[1]}")
    open_stay, others = (begun, []) if begun.is_open else (None, [begun])
    decision = decide_in(open_stay, others, instant("2025-11-17 13:00"), JAKARTA)
    assert (decision.refusal, decision.in_the_way, decision.opened) == (Refusal.ALREADY_CLOCKED_IN, begun, None)


def test_several_stays_a_day_are_a_matter_of_policy() -> None:
    morning = stay("2025-11-17 08:00", "2025-11-17 12:00")
    allowed = replace(NATIVE_CLOCKING, has_several_stays_a_day=True)
    assert decide_in(None, [morning], instant("2025-11-17 13:00"), JAKARTA, allowed).opened is not None
    assert decide_in(None, [morning], instant("2025-11-17 13:00"), JAKARTA, TIMER_CLOCKING).opened is not None


def test_a_night_shift_may_begin_again_on_the_evening_of_its_morning() -> None:
    night = stay("2025-11-16 22:00", "2025-11-17 06:00")
    assert decide_in(None, [night], instant("2025-11-17 22:00"), JAKARTA).opened is not None


def test_today_is_the_day_of_the_in_even_where_the_work_date_is_the_outs() -> None:
    night = stay("2025-11-16 22:00", "2025-11-17 06:00", work_date=instant("2025-11-17 12:00").date())
    assert decide_in(None, [night], instant("2025-11-17 22:00"), JAKARTA).opened is not None


def test_a_stored_stay_keeps_the_local_day_of_its_own_zone() -> None:
    early = stay("2025-11-17 00:30", "2025-11-17 04:00")  # in UTC this is the 16th
    assert decide_in(None, [early], instant("2025-11-17 20:00Z"), "UTC").refusal == Refusal.ALREADY_CLOCKED_IN


def test_an_older_open_stay_within_the_maximum_becomes_unfinished() -> None:
    older = stay("2025-11-16 20:00")
    decision = decide_in(older, [], instant("2025-11-17 08:00"), JAKARTA)
    assert decision.opened is not None
    assert decision.older is not None
    assert (decision.older.id, decision.older.is_unfinished, decision.older.flags) == (
        older.id,
        True,
        {StayFlag.MISSING_OUT},
    )


@pytest.mark.parametrize(("planned", "end"), [("2025-11-16 17:00", "11-16 17:00"), (None, "11-17 00:00")])
def test_past_the_maximum_an_older_stay_is_closed_by_rule(planned: str | None, end: str) -> None:
    older = stay("2025-11-16 08:00")
    decision = decide_in(
        older, [], instant("2025-11-17 08:00"), JAKARTA, scheduled_end_at=instant(planned) if planned else None
    )
    assert decision.older is not None
    assert spans([decision.older]) == [("11-16 08:00", end)]
    assert decision.older.reason == EndReason.AUTO_CLOSED
    assert StayFlag.MISSING_OUT in decision.older.flags


def test_exactly_the_maximum_is_not_past_it() -> None:
    older = stay("2025-11-16 16:00")
    decision = decide_in(older, [], instant("2025-11-17 08:00"), JAKARTA)
    assert decision.older is not None
    assert decision.older.is_unfinished


def test_a_forgotten_stay_of_a_re_paired_day_is_left_without_end() -> None:
    older = stay("2025-11-16 08:00", door=Door.KENJO)
    decision = decide_in(older, [], instant("2025-11-17 08:00"), JAKARTA)
    assert decision.older is not None
    assert decision.older.is_unfinished


def test_a_running_timer_refuses_every_in_until_it_is_forgotten() -> None:
    running = stay("2025-11-16 20:00")
    assert decide_in(running, [], instant("2025-11-17 08:00"), JAKARTA, TIMER_CLOCKING).refusal is not None
    assert decide_in(running, [], instant("2025-11-17 13:00"), JAKARTA, TIMER_CLOCKING).opened is not None


def test_a_host_clock_that_jumped_back_makes_no_second_day_and_no_negative_stay() -> None:
    open_stay = stay("2025-11-17 00:10")
    before = instant("2025-11-16 23:50")
    assert decide_in(open_stay, [], before, JAKARTA).refusal == Refusal.ALREADY_CLOCKED_IN
    assert decide_out(open_stay, [], before).refusal == Refusal.NOT_AFTER_START


def test_an_in_before_or_inside_a_stored_stay_is_refused() -> None:
    later = stay("2025-11-17 08:00", "2025-11-17 12:00")
    for text in ("2025-11-17 07:00", "2025-11-17 10:00"):
        decision = decide_in(None, [later], instant(text), JAKARTA, TIMER_CLOCKING)
        assert (decision.refusal, decision.in_the_way) == (Refusal.OVERLAPS, later)


def test_an_out_closes_the_open_stay_and_its_running_break() -> None:
    open_stay = stay("2025-11-17 08:00", breaks=(Break(instant("2025-11-17 16:00")),))
    closed = decide_out(open_stay, [], instant("2025-11-17 17:00")).stay
    assert closed is not None
    assert (closed.seconds, closed.breaks[0].end_at) == (9 * 3600, closed.end_at)


def test_an_out_without_an_open_stay_is_refused() -> None:
    assert decide_out(None, [], instant("2025-11-17 17:00")).refusal == Refusal.NOT_CLOCKED_IN


def test_an_out_past_the_maximum_ends_the_stay_as_the_timetable_would_have() -> None:
    decision = decide_out(stay("2025-11-16 08:00"), [], instant("2025-11-17 17:00"))
    assert decision.stay is not None
    assert decision.stay.is_auto_closed


NIGHTS = [
    (BERLIN, "2026-03-28 22:00", "2026-03-29 06:00", 7.0),
    (BERLIN, "2026-10-24 22:00", "2026-10-25 06:00", 9.0),
    (NEW_YORK, "2026-03-07 22:00", "2026-03-08 06:00", 7.0),
    (NEW_YORK, "2026-10-31 22:00", "2026-11-01 06:00", 9.0),
    (LORD_HOWE, "2026-10-03 22:00", "2026-10-04 06:00", 7.5),
    (LORD_HOWE, "2026-04-04 22:00", "2026-04-05 06:00", 8.5),
    (JAKARTA, "2026-03-28 22:00", "2026-03-29 06:00", 8.0),
]


@pytest.mark.parametrize(("zone", "start", "end", "hours"), NIGHTS)
def test_a_night_is_as_long_as_it_really_was(zone: str, start: str, end: str, hours: float) -> None:
    decision = decide_out(stay(start, zone_name=zone), [], instant(end, zone))
    assert decision.stay is not None
    assert decision.stay.seconds == hours * 3600
    assert decision.stay.work_date.isoformat() == start[:10]
    assert StayFlag.OVERNIGHT in decision.stay.flags


def test_the_work_date_follows_the_attribution_policy_once_the_end_is_known() -> None:
    policy = replace(NATIVE_CLOCKING, attribution=DayAttribution.MOST_HOURS)
    closed = decide_out(stay("2025-11-16 22:00"), [], instant("2025-11-17 06:00"), policy).stay
    assert closed is not None
    assert closed.work_date.isoformat() == "2025-11-17"


def test_replaying_facts_rebuilds_the_stays_and_keeps_ids() -> None:
    stored = stay("2025-11-17 08:00", "2025-11-17 12:00")
    facts = [
        fact("2025-11-17 17:00", PunchKind.OUT),
        fact("2025-11-17 08:00", PunchKind.IN),
        fact("2025-11-17 13:00", PunchKind.TOGGLE),
        fact("2025-11-17 11:00", PunchKind.OUT),
        fact("2025-11-17 07:00", PunchKind.OUT),
    ]
    pairing = replay(facts, [stored])
    assert spans(pairing.stays) == [("11-17 08:00", "11-17 11:00"), ("11-17 13:00", "11-17 17:00")]
    assert pairing.stays[0].id == stored.id
    assert spans(pairing.changed) == spans(pairing.stays[:1])
    assert [each.at for each in pairing.unpaired] == [instant("2025-11-17 07:00")]


def test_replaying_an_in_over_an_open_stay_treats_the_older_as_a_live_in_would() -> None:
    facts = [fact("2025-11-16 08:00", PunchKind.IN), fact("2025-11-17 08:00", PunchKind.IN)]
    facts += [fact("2025-11-17 20:00", PunchKind.IN), fact("2025-11-19 20:00", PunchKind.OUT)]
    pairing = replay(facts, scheduled_ends={facts[0].local_day: instant("2025-11-16 17:00")})
    assert spans(pairing.stays) == [
        ("11-16 08:00", "11-16 17:00"),
        ("11-17 08:00", None),
        ("11-17 20:00", "11-18 12:00"),
    ]
    assert [each.reason for each in pairing.stays] == [EndReason.AUTO_CLOSED, None, EndReason.AUTO_CLOSED]


def test_breaks_begin_and_end_only_inside_an_open_stay() -> None:
    noon = instant("2025-11-17 12:00")
    assert decide_break_start(None, noon).refusal == Refusal.NOT_CLOCKED_IN
    on_break = decide_break_start(stay("2025-11-17 08:00"), noon).stay
    assert on_break is not None
    assert decide_break_start(on_break, noon).refusal == Refusal.ON_BREAK
    assert decide_break_end(on_break, noon).refusal == Refusal.NOT_AFTER_START
    back = decide_break_end(on_break, noon + timedelta(minutes=30)).stay
    assert back is not None
    assert decide_break_end(back, noon).refusal == Refusal.NOT_ON_BREAK


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.data())
def test_replay_never_overlaps_and_does_not_depend_on_order(data: st.DataObject) -> None:
    kinds = st.sampled_from([PunchKind.IN, PunchKind.OUT, PunchKind.TOGGLE])
    made = data.draw(st.lists(st.tuples(kinds, st.integers(0, 4 * 1440)), max_size=8))
    start = instant("2025-11-16 00:00")
    facts = [replace(fact("2025-11-16 00:00", kind), at=start + timedelta(minutes=at)) for kind, at in made]
    pairing = replay(facts)
    assert replay(data.draw(st.permutations(facts))).stays == pairing.stays
    for index, first in enumerate(pairing.stays):
        assert not any(first.overlaps(later) for later in pairing.stays[index + 1 :])
        assert first.seconds <= MaximumLength().length.total_seconds()
