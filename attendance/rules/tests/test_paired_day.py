"""The re-paired day, row by row as the vendor's page states it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attendance.rules.paired_day import needs_flags, track
from attendance.rules.punches import Break, PunchKind, Refusal, Stay, StayFlag
from attendance.rules.tests.builders import fact, instant, spans, stay, stored


def day_after(punches: list[str], stays: list[Stay] | None = None, is_overnight: bool = False) -> list[Stay]:
    stays = stays or []
    for text in punches:
        stays = stored(track(fact(text, is_overnight=is_overnight), stays))
    return stays


def test_the_third_punch_of_a_day_begins_an_entry_without_end() -> None:
    stays = day_after(["2026-02-03 08:00", "2026-02-03 09:00", "2026-02-03 10:00"])
    assert spans(stays) == [("02-03 08:00", "02-03 09:00"), ("02-03 10:00", None)]
    stays = day_after(["2026-02-03 12:00"], stays)
    assert spans(stays) == [("02-03 08:00", "02-03 09:00"), ("02-03 10:00", "02-03 12:00")]


def test_a_late_earlier_punch_pairs_the_whole_day_anew() -> None:
    stays = day_after(["2026-02-03 08:00", "2026-02-03 09:00", "2026-02-03 10:00", "2026-02-03 07:00"])
    assert spans(stays) == [("02-03 07:00", "02-03 08:00"), ("02-03 09:00", "02-03 10:00")]


def test_the_same_instant_twice_changes_nothing() -> None:
    stays = day_after(["2026-02-03 08:00", "2026-02-03 09:00"])
    for again in ("2026-02-03 08:00", "2026-02-03 09:00"):
        assert track(fact(again), stays).is_unchanged


def test_a_retried_overnight_punch_changes_nothing() -> None:
    stays = [stay("2026-02-03 22:00", "2026-02-04 06:00")]
    assert track(fact("2026-02-04 06:00", is_overnight=True), stays).is_unchanged
    assert track(fact("2026-02-04 06:00"), stays).is_unchanged


OVERNIGHT_ROWS = [
    # stays before, punch, flag, spans after
    (["02-03 22:00"], "02-04 06:00", True, [("02-03 22:00", "02-04 06:00")]),
    (["02-03 22:00"], "02-04 00:00:00", True, [("02-03 22:00", "02-04 00:00")]),
    (["02-03 22:00"], "02-04 18:00:00", True, [("02-03 22:00", "02-04 18:00")]),
    (["02-03 22:00"], "02-04 18:01:00", True, [("02-03 22:00", None), ("02-04 18:01", None)]),
    (["02-03 22:00"], "02-04 12:00:00", True, [("02-03 22:00", "02-04 12:00")]),
    (["02-03 22:00"], "02-03 06:00", True, [("02-03 06:00", "02-03 22:00")]),
    (["02-03 22:00"], "02-04 18:00:01", True, [("02-03 22:00", None), ("02-04 18:00", None)]),
    (["02-03 22:00"], "02-04 18:00:59", True, [("02-03 22:00", None), ("02-04 18:00", None)]),
    ([], "02-04 06:00", True, [("02-04 06:00", None)]),
    (["02-02 22:00"], "02-04 06:00", True, [("02-02 22:00", None), ("02-04 06:00", None)]),
    (["02-03 22:00", "02-04 08:00"], "02-04 06:00", True, [("02-03 22:00", "02-04 06:00"), ("02-04 08:00", None)]),
    (["02-03 22:00"], "02-04 06:00", False, [("02-03 22:00", None), ("02-04 06:00", None)]),
]


@pytest.mark.parametrize(("before", "punch", "flag", "after"), OVERNIGHT_ROWS)
def test_overnight_rows(before: list[str], punch: str, flag: bool, after: list[tuple[str, str | None]]) -> None:
    stays = day_after([f"2026-{text}" for text in before])
    pairing = track(fact(f"2026-{punch}", is_overnight=flag), stays)
    assert pairing.refusal is None
    assert spans(pairing.stays) == after
    assert all(each.is_unfinished for each in pairing.stays[:-1] if each.end_at is None)


def test_an_overnight_entry_belongs_to_the_evening_and_keeps_its_id() -> None:
    before = stay("2026-02-03 22:00", comment="night", breaks=(Break(instant("2026-02-03 23:00")),))
    (after,) = track(fact("2026-02-04 06:00", is_overnight=True), [before]).stays
    assert (after.id, after.work_date, after.comment) == (before.id, before.work_date, "night")
    assert StayFlag.OVERNIGHT in after.flags


def test_only_the_last_entry_without_end_is_open_whichever_came_first() -> None:
    for order in (["2026-02-03 22:00", "2026-02-04 06:00"], ["2026-02-04 06:00", "2026-02-03 22:00"]):
        first, last = day_after(order)
        assert first.is_unfinished
        assert last.is_open


def test_an_overnight_end_is_not_paired_by_the_next_days_punches() -> None:
    night = stay("2026-02-03 22:00", "2026-02-04 06:00")
    stays = day_after(["2026-02-04 09:00", "2026-02-04 17:00"], [night])
    assert spans(stays) == [("02-03 22:00", "02-04 06:00"), ("02-04 09:00", "02-04 17:00")]
    assert spans(day_after(["2026-02-03 08:00"], [night]))[0] == ("02-03 08:00", None)


def test_an_entry_whose_start_stays_keeps_its_id_break_and_comment() -> None:
    before = stay("2026-02-03 08:00", "2026-02-03 12:00", comment="desk", breaks=(Break(instant("2026-02-03 08:30")),))
    pairing = track(fact("2026-02-03 10:00"), [before])
    kept, added = pairing.stays
    assert (kept.id, kept.comment, kept.breaks) == (before.id, before.comment, before.breaks)
    assert (added.id, spans([added])) == (None, [("02-03 12:00", None)])


def test_a_punch_inside_an_overnight_entry_is_refused_as_overlapping() -> None:
    night = stay("2026-02-03 22:00", "2026-02-04 06:00")
    for inside in ("2026-02-03 23:00", "2026-02-04 05:00"):
        pairing = track(fact(inside), [night])
        assert (pairing.refusal, pairing.in_the_way) == (Refusal.OVERLAPS, night)
        assert pairing.is_unchanged


def test_a_flagged_punch_after_others_of_its_day_is_paired_with_them() -> None:
    stays = day_after(["2026-02-03 22:00", "2026-02-04 05:00"])
    pairing = track(fact("2026-02-04 06:00", is_overnight=True), stays)
    assert pairing.refusal is None
    assert spans(pairing.stays) == [("02-03 22:00", None), ("02-04 05:00", "02-04 06:00")]


def test_a_flagged_punch_that_a_fixed_night_keeps_from_the_evening_is_one_of_its_day() -> None:
    stays = [stay("2026-02-03 21:00", is_unfinished=True), stay("2026-02-03 22:00", "2026-02-04 05:00")]
    pairing = track(fact("2026-02-04 06:00", is_overnight=True), [stays[1], replace(stays[0])])
    assert spans(pairing.stays)[-1] == ("02-04 06:00", None)


def test_a_late_evening_is_closed_by_the_flagged_punch_that_waited() -> None:
    stays = day_after(["2026-02-04 06:00", "2026-02-04 09:00"])
    pairing = track(fact("2026-02-03 22:00"), stays, flagged={instant("2026-02-04 06:00")})
    assert spans(pairing.stays) == [("02-03 22:00", "02-04 06:00"), ("02-04 09:00", None)]
    assert pairing.stays[0].work_date.isoformat() == "2026-02-03"


def test_an_evening_that_is_paired_otherwise_gives_the_morning_back() -> None:
    night = stay("2026-02-03 22:00", "2026-02-04 06:00", flags=frozenset({StayFlag.OVERNIGHT}))
    pairing = track(fact("2026-02-03 08:00"), [night], flagged={instant("2026-02-04 06:00")})
    assert spans(pairing.stays) == [("02-03 08:00", "02-03 22:00"), ("02-04 06:00", None)]
    assert all(StayFlag.OVERNIGHT not in each.flags for each in pairing.stays)


def test_a_punch_before_the_seam_of_two_touching_entries_makes_no_empty_entry() -> None:
    touching = [stay("2026-02-03 08:00", "2026-02-03 09:00"), stay("2026-02-03 09:00", "2026-02-03 10:00")]
    assert spans(day_after(["2026-02-03 08:30"], touching)) == [("02-03 08:00", "02-03 08:30"), ("02-03 10:00", None)]
    assert spans(day_after(["2026-02-03 11:00"], touching))[-1] == ("02-03 11:00", None)


def test_an_explicit_out_after_midnight_ends_the_evening_without_the_flag() -> None:
    stays = [stay("2026-02-03 22:00")]
    assert spans(track(fact("2026-02-04 02:00", PunchKind.OUT), stays).stays) == [("02-03 22:00", "02-04 02:00")]


minutes = st.lists(st.integers(0, 24 * 60 - 1), min_size=1, max_size=7, unique=True)


@settings(max_examples=60, derandomize=True, deadline=None)
@given(minutes.flatmap(lambda some: st.tuples(st.just(sorted(some)), st.permutations(some))))
def test_any_order_of_a_days_punches_gives_the_same_entries(case: tuple[list[int], list[int]]) -> None:
    def text(minute: int) -> str:
        return f"2026-02-03 {minute // 60:02}:{minute % 60:02}"

    ordered, shuffled = ([text(minute) for minute in some] for some in case)
    forget_ids = [replace(each, id=None) for each in day_after(ordered)]
    assert [replace(each, id=None) for each in day_after(shuffled + shuffled)] == forget_ids


#: (minute of two days, flagged): each minute once.
two_days = st.lists(
    st.tuples(st.integers(0, 16).map(lambda step: step * 170), st.booleans()), min_size=2, max_size=6,
    unique_by=lambda each: each[0],
)  # fmt: skip


@settings(max_examples=400, derandomize=True, deadline=None)
@given(two_days.flatmap(lambda some: st.tuples(st.just(sorted(some)), st.permutations(some))))
def test_any_order_of_two_days_punches_with_flags_gives_the_same_entries(
    case: tuple[list[tuple[int, bool]], list[tuple[int, bool]]],
) -> None:
    def entries(punches: list[tuple[int, bool]]) -> list[Stay]:
        stays: list[Stay] = []
        flagged = set()
        for minute, is_overnight in punches:
            clock = f"{minute // 60 % 24:02}:{minute % 60:02}"
            told = fact(f"2026-02-{3 + minute // 1440:02} {clock}", is_overnight=is_overnight)
            pairing = track(told, stays, flagged=flagged if needs_flags(told, stays) else ())
            assert pairing.refusal is None
            stays = stored(pairing)
            if is_overnight:
                flagged.add(told.at)
        return [replace(each, id=None, in_punch_id=None, out_punch_id=None) for each in stays]

    ordered, shuffled = case
    assert entries(shuffled + shuffled[:2]) == entries(ordered)
    bounds = [moment for each in entries(shuffled) for moment in (each.start_at, each.end_at) if moment]
    assert len(bounds) == len(ordered), "a punch was lost"
