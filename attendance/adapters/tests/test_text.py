"""What any vendor's text must be before its own rules look at it."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.adapters import text


@given(st.text())
def test_storable_text_survives_utf_8_and_holds_no_nul(value):
    if text.is_storable(value):
        assert value.encode().decode() == value
        assert "\x00" not in value


@pytest.mark.parametrize("value", ["\x00", "a\x1b[31m", "\x7f", "\x85", "\ud800", "ok\udfff"])
def test_controls_and_lone_surrogates_are_not_storable(value):
    assert not text.is_storable(value)


@pytest.mark.parametrize("value", ["", "tab\there", "line\r\nline", "Ёлка", "勤務", "👩‍🏭", "a\u200db"])
def test_people_s_writing_is_storable(value):
    assert text.is_storable(value)


@given(st.dates())
def test_a_day_reads_back_from_its_text(day):
    assert text.read_day(day.isoformat()) == day


@given(st.times().map(lambda clock: clock.replace(microsecond=0, tzinfo=None)))
def test_a_clock_time_reads_back_from_its_text(clock):
    assert text.read_clock(clock.isoformat()) == clock


@given(st.text())
def test_no_text_breaks_the_readers(value):
    day, clock = text.read_day(value), text.read_clock(value)
    assert day is None or day.isoformat() == value
    assert clock is None or clock.isoformat() == value


@pytest.mark.parametrize(
    "value",
    [
        "2026-02-30",
        "2026-13-01",
        "0000-01-01",
        "2026-W05-1",
        "20260201",
        "２０２６-02-01",
        " 2026-02-01",
        "2026-02-01T",
    ],
)
def test_what_is_not_an_exact_day_reads_as_none(value):
    assert text.read_day(value) is None


@pytest.mark.parametrize("value", ["24:00:00", "23:59:60", "08:00", "8:00:00", "08:00:00.5", "08:00:00Z", "０８:00:00"])
def test_what_is_not_an_exact_clock_time_reads_as_none(value):
    assert text.read_clock(value) is None


def test_workable_days_leave_room_for_arithmetic_at_both_ends():
    assert text.is_workable(date(1900, 1, 1))
    assert text.is_workable(date(2199, 12, 31))
    assert not text.is_workable(date(1899, 12, 31))
    assert not text.is_workable(date.max)
    assert text.read_clock("18:00:00") == time(18)
