"""Which day a stay belongs to, and how long it really was."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attendance.rules.punches import Stay
from attendance.rules.tests.builders import BERLIN, JAKARTA, LORD_HOWE, NEW_YORK, instant, stay
from attendance.rules.work_dates import (
    DayAttribution,
    MaximumLength,
    by_local_day,
    close_forgotten,
    portions_of,
    work_date_of,
)

START, END, MOST, SPLIT = DayAttribution

ATTRIBUTIONS = [
    # in, out, day by START, END, MOST_HOURS
    ("2025-11-16 22:00", "2025-11-17 06:00", 16, 17, 17),
    ("2025-11-16 18:00", "2025-11-17 01:00", 16, 17, 16),
    ("2025-11-16 20:00", "2025-11-17 04:00", 16, 17, 16),  # a tie goes to the earlier day
    ("2025-11-16 16:00", "2025-11-17 00:00", 16, 16, 16),  # nobody worked on the new day
    ("2025-11-16 08:00", None, 16, 16, 16),
]


@pytest.mark.parametrize(("start", "end", "by_start", "by_end", "by_most"), ATTRIBUTIONS)
def test_the_work_date_by_policy(start: str, end: str | None, by_start: int, by_end: int, by_most: int) -> None:
    end_at = instant(end) if end else None
    days = [work_date_of(instant(start), end_at, JAKARTA, policy).day for policy in (START, END, MOST)]
    assert days == [by_start, by_end, by_most]


def test_the_last_second_of_a_jakarta_day_and_the_first_of_the_next() -> None:
    days = [work_date_of(instant(f"2025-11-16 {text}Z"), None, JAKARTA).day for text in ("16:59:59", "17:00:00")]
    assert days == [16, 17]


MIDNIGHTS = [
    (JAKARTA, "2026-03-28 22:00", "2026-03-29 06:00", [2.0, 6.0]),
    (BERLIN, "2026-03-28 22:00", "2026-03-29 06:00", [2.0, 5.0]),
    (BERLIN, "2026-10-24 22:00", "2026-10-25 06:00", [2.0, 7.0]),
    (NEW_YORK, "2026-03-07 22:00", "2026-03-08 06:00", [2.0, 5.0]),
    (NEW_YORK, "2026-10-31 22:00", "2026-11-01 06:00", [2.0, 7.0]),
    (LORD_HOWE, "2026-10-03 22:00", "2026-10-04 06:00", [2.0, 5.5]),
    (LORD_HOWE, "2026-04-04 22:00", "2026-04-05 06:00", [2.0, 6.5]),
    ("Africa/Cairo", "2026-04-23 22:00", "2026-04-24 06:00", [2.0, 5.0]),  # this midnight does not exist
    (JAKARTA, "2026-03-27 22:00", "2026-03-29 06:00", [2.0, 24.0, 6.0]),
]


@pytest.mark.parametrize(("zone", "start", "end", "hours"), MIDNIGHTS)
def test_a_night_split_at_midnight_on_change_nights(zone: str, start: str, end: str, hours: list[float]) -> None:
    night = stay(start, end, zone)
    portions = portions_of(night, SPLIT)
    assert [part.seconds / 3600 for part in portions] == hours
    first = date.fromisoformat(start[:10])
    assert [(part.work_date - first).days for part in portions] == list(range(len(hours)))
    assert sum(part.seconds for part in portions) == night.seconds


def test_a_stay_without_end_gives_no_day_any_time() -> None:
    assert portions_of(stay("2025-11-16 08:00"), SPLIT) == ()


FORGOTTEN = [
    # planned end, as of, becomes
    (None, "2025-11-17 00:00", None),
    (None, "2025-11-17 00:01", "2025-11-17 00:00"),
    ("2025-11-16 17:00", "2025-11-16 23:00", None),
    ("2025-11-16 17:00", "2025-11-17 09:00", "2025-11-16 17:00"),
    ("2025-11-17 08:00", "2025-11-17 07:00", None),  # a planned 24-hour shift is not cut short
    ("2025-11-17 08:00", "2025-11-17 08:01", "2025-11-17 08:00"),
    ("2025-11-16 07:00", "2025-11-17 09:00", "2025-11-17 00:00"),  # the shift was over before the in
]


@pytest.mark.parametrize(("planned", "as_of", "end"), FORGOTTEN)
def test_a_forgotten_stay_is_closed_at_the_planned_end_or_the_maximum(
    planned: str | None, as_of: str, end: str | None
) -> None:
    begun = stay("2025-11-16 08:00")
    closed = close_forgotten(begun, instant(as_of), MaximumLength(), instant(planned) if planned else None)
    assert (closed and closed.end_at) == (instant(end) if end else None)
    assert closed is None or closed.is_auto_closed


def test_a_maximum_length_must_be_positive() -> None:
    with pytest.raises(ValueError, match="positive"):
        MaximumLength(timedelta(0))


def test_a_closed_or_unfinished_stay_is_never_forgotten() -> None:
    late = instant("2025-12-01 00:00")
    assert close_forgotten(stay("2025-11-16 08:00", "2025-11-16 09:00"), late, MaximumLength()) is None
    assert close_forgotten(stay("2025-11-16 08:00", is_unfinished=True), late, MaximumLength()) is None


@pytest.mark.parametrize("end", ["2025-11-16 08:00", "2025-11-16 07:59"])
def test_a_stay_cannot_end_before_it_starts(end: str) -> None:
    with pytest.raises(ValueError, match="must end"):
        stay("2025-11-16 08:00", end)


OVERLAPS = [
    (("08:00", "12:00"), ("12:00", "13:00"), False),
    (("08:00", "12:00"), ("11:59", "13:00"), True),
    (("08:00", None), ("23:00", "23:30"), True),
    (("08:00", "12:00"), ("12:00", None), False),
]


@pytest.mark.parametrize(("first", "second", "expected"), OVERLAPS)
def test_overlaps_are_half_open(first: tuple[str, str | None], second: tuple[str, str | None], expected: bool) -> None:
    one, two = (stay(f"2025-11-16 {start}", end and f"2025-11-16 {end}") for start, end in (first, second))
    assert one.overlaps(two) is two.overlaps(one) is expected


def test_an_unfinished_stay_occupies_its_start_alone() -> None:
    unfinished = stay("2025-11-16 10:00", is_unfinished=True)
    assert unfinished.overlaps(stay("2025-11-16 09:00", "2025-11-16 11:00"))
    assert unfinished.overlaps(stay("2025-11-16 10:00", "2025-11-16 11:00"))
    assert not unfinished.overlaps(stay("2025-11-16 09:00", "2025-11-16 10:00"))
    assert not unfinished.overlaps(stay("2025-11-16 10:01"))


ZONES = st.sampled_from([BERLIN, NEW_YORK, LORD_HOWE, JAKARTA, "America/Sao_Paulo", "Pacific/Apia"])


@settings(max_examples=100, derandomize=True, deadline=None)
@given(
    ZONES,
    st.datetimes(instant("2010-01-01 00:00Z").replace(tzinfo=None), instant("2027-01-01 00:00Z").replace(tzinfo=None)),
    st.integers(1, 200_000),
)
def test_portions_tile_the_stay_whatever_the_zone(zone: str, start: object, seconds: int) -> None:
    start_at = instant(f"{start}Z")
    portions = by_local_day(start_at, start_at + timedelta(seconds=seconds), zone)
    assert sum((part.end_at - part.start_at for part in portions), timedelta(0)) == timedelta(seconds=seconds)
    assert all(first.end_at == second.start_at for first, second in pairwise(portions))
    whole = Stay(start_at, start_at + timedelta(seconds=seconds), portions[0].work_date, zone)
    assert whole.began_on == portions[0].work_date
