"""An update of a Kenjo entry changes what it sends and nothing else."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from attendance.adapters.kenjo import entries
from attendance.adapters.kenjo.entries import Pause, Style
from attendance.adapters.kenjo.tests.samples import DAY, at, breaks, entry, night
from peoplesync.kernel.errors import Invalid


def test_an_empty_change_changes_nothing():
    before = night(pauses=(Pause(at("23:00:00"), at("23:30:00")),), comment="Hello")
    assert entries.merge(before, entries.read_change({})) == before
    nulls = {"startTime": None, "endTime": None, "breaks": None, "comment": None, "date": "2020-01-01"}
    assert entries.merge(before, entries.read_change(nulls)) == before


@pytest.mark.parametrize(
    ("body", "differs"),
    [
        ({"startTime": "09:00:00"}, {"start_at": at("09:00:00")}),
        ({"endTime": "14:00:00"}, {"end_at": at("14:00:00")}),
        ({"startTime": "14:00:00", "endTime": "15:00:00", "breaks": []}, {
            "start_at": at("14:00:00"), "end_at": at("15:00:00"), "pauses": ()}),
        ({"breaks": []}, {"pauses": ()}),
        ({"breaks": breaks(("12:00:00", "12:15:00"))}, {"pauses": (Pause(at("12:00:00"), at("12:15:00")),)}),
        ({"comment": "Changed"}, {"comment": "Changed"}),
        ({"comment": ""}, {"comment": None}),
    ],
)  # fmt: skip
def test_a_change_touches_only_what_it_sends(body, differs):
    before = entry(pauses=(Pause(at("11:00:00"), at("11:30:00")),), comment="Hello", category_id="c" * 24)
    assert entries.merge(before, entries.read_change(body)) == replace(before, **differs)


@pytest.mark.parametrize(
    ("before", "body", "end_at"),
    [
        (entry(end_at=None), {"endTime": "13:00:00"}, at("13:00:00")),
        (night(), {"endTime": "05:30:00"}, at("05:30:00", DAY + timedelta(days=1))),
        (night(), {"endTime": "18:00:00"}, at("18:00:00", DAY + timedelta(days=1))),
        (night(), {"endTime": "23:30:00"}, at("23:30:00")),
        (
            entry(end_at=None),
            {"endTime": "06:00:00", "isOvernightShift": True},
            at("06:00:00", DAY + timedelta(days=1)),
        ),
        (entry(), {"endTime": "12:00:00", "isOvernightShift": True}, at("12:00:00", DAY + timedelta(days=1))),
        (night(), {"startTime": "04:00:00", "endTime": "06:00:00", "isOvernightShift": False}, at("06:00:00")),
    ],
)
def test_a_changed_end_lies_on_the_day_it_is_meant_for(before, body, end_at):
    assert entries.merge(before, entries.read_change(body)).end_at == end_at


@pytest.mark.parametrize(
    ("before", "body", "sentence"),
    [
        (entry(), {"endTime": "10:00:00"}, entries.ENDS_BEFORE_START),
        (entry(), {"startTime": "13:00:00"}, entries.ENDS_BEFORE_START),
        (entry(end_at=None), {"endTime": "06:00:00"}, entries.ENDS_BEFORE_START),
        (night(), {"endTime": "06:00:00", "isOvernightShift": False}, entries.ENDS_BEFORE_START),
        (night(), {"endTime": "18:00:01"}, entries.ENDS_TOO_LATE),
        (entry(), {"endTime": "18:00:01", "isOvernightShift": True}, entries.ENDS_TOO_LATE),
    ],
)
def test_a_change_that_would_not_hold_together_is_refused(before, body, sentence):
    with pytest.raises(Invalid) as refused:
        entries.merge(before, entries.read_change(body))
    assert refused.value.message == sentence


def test_a_change_of_the_times_that_leaves_a_break_outside_is_refused():
    before = entry(pauses=(Pause(at("11:00:00"), at("11:30:00")),))
    for body in ({"startTime": "11:15:00"}, {"endTime": "11:15:00"}):
        with pytest.raises(Invalid, match="inside the entry"):
            entries.merge(before, entries.read_change(body))


def test_an_update_of_the_comment_does_not_judge_times_that_came_through_another_door():
    odd = entry(pauses=(Pause(at("09:00:00"), at("09:30:00")),))
    assert entries.merge(odd, entries.read_change({"comment": "Seen"})) == replace(odd, comment="Seen")


def test_an_update_of_the_comment_does_not_move_the_hour_that_happens_twice():
    berlin = "Europe/Berlin"
    second_two_thirty = datetime(2021, 10, 31, 1, 30, tzinfo=UTC)
    before = entry(
        zone=berlin, day=date(2021, 10, 31), start_at=second_two_thirty, end_at=second_two_thirty + timedelta(hours=8)
    )
    after = entries.merge(before, entries.read_change({"comment": "Clocks went back"}))
    assert after.start_at == second_two_thirty
    assert entries.write_entry(after, Style.READ)["startTime"] == "2021-10-31T02:30:00.000Z"


def test_a_break_of_the_very_second_of_a_live_punch_starts_with_it():
    live = entry(start_at=at("10:00:00.561000"))
    change = entries.read_change({"breaks": breaks(("10:00:00", "10:30:00"))})
    assert entries.merge(live, change).pauses == (Pause(at("10:00:00.561000"), at("10:30:00")),)
