"""A Kenjo entry: reading a new one, the two exact refusals, breaks, three formats."""

import json
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from attendance.adapters.kenjo import entries, fields
from attendance.adapters.kenjo.entries import Break, ChangeRequest, Pause, Style
from attendance.adapters.kenjo.tests.samples import CREATE, DAY, JAKARTA, USER, at, breaks, entry, placed
from peoplesync.kernel.errors import Invalid

DOCUMENTED = json.loads(Path(__file__).with_name("documented.json").read_text())

no_texts = [12, 0, True, Decimal("1.5"), Decimal("NaN"), 10**400, ["x"], {"x": 1}]


def test_a_documented_entry_is_read_placed_and_written_back():
    documented = next(row for row in DOCUMENTED["requests"] if row["name"].startswith("create"))
    body = {**documented["body"], "userId": USER, "email": "john@acme.io", "externalId": "00001"}
    request = entries.read_create(body)
    span = entries.place(request, JAKARTA)
    assert span.start_at == datetime(2021, 7, 2, 3, tzinfo=UTC)
    written = entries.write_entry(
        entry(
            day=request.day,
            start_at=span.start_at,
            end_at=span.end_at,
            pauses=span.pauses,
            comment=request.comment,
            email=request.who.email,
            external_id=request.who.external_id,
        ),
        Style.CREATED,
    )
    assert written == {
        "_id": "60a2db290da29e126a18789a",
        "userId": USER,
        "email": "john@acme.io",
        "externalId": "00001",
        **documented["answer"]["equals"],
    }


def test_the_keys_stand_in_the_documented_order():
    full = entry(
        email="a@b.c", external_id="1", pauses=(Pause(at("11:00:00"), at("11:30:00")),),
        category_id="c" * 24, sub_category_id="d" * 24, comment="Hello",
    )  # fmt: skip
    assert list(entries.write_entry(full, Style.READ)) == DOCUMENTED["entry_keys"]


@pytest.mark.parametrize(
    ("style", "start", "end", "has_date"),
    [
        (Style.CREATED, "2021-07-01T10:00:00", "2021-07-01T13:00:00", False),
        (Style.READ, "2021-07-01T10:00:00.000Z", "2021-07-01T13:00:00.000Z", False),
        (Style.UPDATED, "10:00:00", "13:00:00", True),
    ],
)
@pytest.mark.parametrize("zone", [JAKARTA, "America/New_York", "UTC", "Pacific/Kiritimati", "Asia/Kathmandu"])
def test_the_three_formats_show_the_wall_clock_of_any_zone(style, start, end, has_date, zone):
    written = entries.write_entry(
        entry(zone=zone, start_at=at("10:00:00", zone=zone), end_at=at("13:00:00", zone=zone)), style
    )
    assert (written["startTime"], written["endTime"]) == (start, end)
    assert written.get("date") == ("2021-07-01" if has_date else None)


@pytest.mark.parametrize("style", list(Style))
def test_what_has_no_value_has_no_key(style):
    written = entries.write_entry(entry(end_at=None), style)
    assert set(written) - {"date"} == {"_id", "userId", "startTime"}


def test_seconds_of_a_live_punch_are_cut_and_milliseconds_shown_where_the_format_has_them():
    live = entry(start_at=at("10:00:00.561999"), end_at=None)
    assert entries.write_entry(live, Style.CREATED)["startTime"] == "2021-07-01T10:00:00"
    assert entries.write_entry(live, Style.READ)["startTime"] == "2021-07-01T10:00:00.561Z"
    assert entries.write_entry(live, Style.UPDATED)["startTime"] == "10:00:00"


@pytest.mark.parametrize(
    ("pauses", "minutes"),
    [
        ([("11:00:00", "11:30:00")], 30),
        ([("11:00:00", "11:30:00"), ("12:00:00", "13:00:00")], 90),
        ([("11:00:00", "11:00:29")], None),
        ([("11:00:00", "11:00:30")], 1),
        ([("11:00:00", "11:00:20"), ("12:00:00", "12:00:20")], 1),
        ([("11:00:00", None)], None),
    ],
)
def test_break_time_is_the_sum_of_finished_breaks_in_minutes(pauses, minutes):
    placed_pauses = tuple(Pause(at(start), end and at(end)) for start, end in pauses)
    written = entries.write_entry(entry(pauses=placed_pauses), Style.READ)
    assert written.get("breakTime") == minutes
    assert [row["start"] for row in written["breaks"]] == [start for start, _ in pauses]
    assert [row.get("end") for row in written["breaks"]] == [end for _, end in pauses]


def test_an_entry_may_be_created_open():
    span = placed({key: value for key, value in CREATE.items() if key != "endTime"})
    assert (span.end_at, span.pauses) == (None, ())
    assert placed({**CREATE, "endTime": None}).end_at is None


@pytest.mark.parametrize("field", ["date", "startTime"])
@pytest.mark.parametrize("nothing", [None, "missing"])
def test_the_required_fields_are_asked_for_by_name(field, nothing):
    body = {**CREATE, field: None} if nothing is None else {key: CREATE[key] for key in CREATE if key != field}
    with pytest.raises(Invalid, match=rf"^The param '{field}' is required\.$"):
        entries.read_create(body)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *[(field, value) for field in ("date", "startTime", "endTime", "comment") for value in no_texts],
        *[("date", value) for value in ("2021-02-30", "01.07.2021", "2021-07-01T00:00:00", "1066-10-14")],
        *[(field, value) for field in ("startTime", "endTime") for value in ("10:00", "24:00:00", "10:00:00Z", "")],
        ("startTime", "2021-07-01T10:00:00"),
        ("comment", "x" * 151),
        ("comment", "nul\x00"),
        ("comment", "\ud83d"),
        *[("breaks", value) for value in ("none", 5, {"start": "11:00:00"}, ["11:00:00"], [None], [[]], True)],
        ("breaks", [{"start": "11:00:00", "end": "11:30:00"}] * 11),
        ("isOvernightShift", "true"),
    ],
)
def test_bad_input_is_refused_by_name_in_a_new_entry_and_in_a_change(field, value):
    with pytest.raises(Invalid, match=f"^The param '{field}' is not valid"):
        entries.read_create({**CREATE, field: value})
    if field != "date":
        with pytest.raises(Invalid, match=f"^The param '{field}' is not valid"):
            entries.read_change({field: value})


@pytest.mark.parametrize("body", [None, [], "x", 5])
def test_a_body_that_is_no_object_is_refused(body):
    for read in (entries.read_create, entries.read_change):
        with pytest.raises(Invalid, match="must be a JSON object"):
            read(body)


@pytest.mark.parametrize("row", [{}, {"end": "11:30:00"}, {"start": None, "end": "11:30:00"}])
def test_a_break_needs_its_start(row):
    with pytest.raises(Invalid, match="'start' is required"):
        entries.read_create({**CREATE, "breaks": [row]})


def test_a_comment_may_be_150_characters_long_and_an_empty_one_is_none():
    assert entries.read_create({**CREATE, "comment": "é" * 150}).comment == "é" * 150
    assert entries.read_create({**CREATE, "comment": ""}).comment is None


@pytest.mark.parametrize("end", ["10:00:00", "09:59:59", "00:00:00"])
@pytest.mark.parametrize("flag", [{}, {"isOvernightShift": False}, {"isOvernightShift": None}])
def test_an_end_that_is_not_after_the_start_is_refused_in_the_vendor_s_words(end, flag):
    with pytest.raises(Invalid) as refused:
        entries.read_create({**CREATE, "endTime": end, **flag})
    assert refused.value.message == (
        "When isOvernightShift is not set, endTime must be after startTime. For shifts that end the next day, "
        "set isOvernightShift to true."
    )


@pytest.mark.parametrize("end", ["18:00:01", "23:59:59"])
def test_a_night_that_ends_after_six_in_the_evening_is_refused_in_the_vendor_s_words(end):
    with pytest.raises(Invalid) as refused:
        entries.read_create({**CREATE, "startTime": "22:00:00", "endTime": end, "isOvernightShift": True})
    assert refused.value.message == "For overnight shifts, end time cannot be later than 18:00."


@pytest.mark.parametrize("end", ["00:00:00", "06:00:00", "12:00:00", "18:00:00"])
def test_a_flagged_entry_starts_on_its_date_and_ends_on_the_next_day(end):
    span = placed({**CREATE, "startTime": "22:00:00", "endTime": end, "isOvernightShift": True})
    assert span.start_at == at("22:00:00")
    assert span.end_at == at(end, DAY + timedelta(days=1))


@pytest.mark.parametrize(
    "given_breaks",
    [
        [],
        breaks(("10:00:00", "10:30:00")),
        breaks(("12:30:00", "13:00:00")),
        breaks(("10:00:00", "13:00:00")),
        breaks(("10:00:00", "10:30:00"), ("10:30:00", "11:00:00")),
        breaks(("12:00:00", "12:30:00"), ("11:00:00", "11:30:00")),
        breaks(("11:00:00", None)),
        breaks(("11:00:00", "11:30:00"), ("12:00:00", None)),
        breaks(*((f"10:{minute:02d}:00", f"10:{minute + 1:02d}:00") for minute in range(10))),
    ],
)
def test_breaks_that_fit_the_entry_are_kept_earliest_first(given_breaks):
    pauses = placed({**CREATE, "breaks": given_breaks}).pauses
    written = entries.write_entry(entry(pauses=pauses), Style.READ).get("breaks", [])
    assert written == sorted(given_breaks, key=lambda row: row["start"])


@pytest.mark.parametrize(
    ("given_breaks", "remark"),
    [
        (breaks(("09:59:59", "10:30:00")), "inside the entry"),
        (breaks(("12:30:00", "13:00:01")), "inside the entry"),
        (breaks(("13:00:01", None)), "inside the entry"),
        (breaks(("11:00:00", "11:00:00")), "end after it starts"),
        (breaks(("11:30:00", "11:00:00")), "end after it starts"),
        (breaks(("11:00:00", "12:00:00"), ("11:59:59", "12:30:00")), "must not overlap"),
        (breaks(("11:00:00", "11:30:00"), ("11:00:00", "11:30:00")), "must not overlap"),
        (breaks(("11:00:00", None), ("12:00:00", "12:30:00")), "must not overlap"),
    ],
)
def test_breaks_that_do_not_fit_are_refused(given_breaks, remark):
    with pytest.raises(Invalid, match=f"'breaks' is not valid.*{remark}"):
        placed({**CREATE, "breaks": given_breaks})
    with pytest.raises(Invalid, match=f"'breaks' is not valid.*{remark}"):
        entries.merge(entry(), entries.read_change({"breaks": given_breaks}))


def test_breaks_of_a_night_fall_on_the_right_side_of_midnight():
    body = {**CREATE, "startTime": "22:00:00", "endTime": "06:00:00", "isOvernightShift": True}
    crossing = placed({**body, "breaks": breaks(("23:45:00", "00:15:00"), ("02:00:00", "02:30:00"))}).pauses
    tomorrow = DAY + timedelta(days=1)
    assert crossing == (
        Pause(at("23:45:00"), at("00:15:00", tomorrow)),
        Pause(at("02:00:00", tomorrow), at("02:30:00", tomorrow)),
    )
    with pytest.raises(Invalid, match="inside the entry"):
        placed({**body, "breaks": breaks(("05:30:00", "06:30:00"))})


def test_an_open_entry_takes_breaks_of_its_own_day_and_of_the_next_only_when_flagged():
    body = {"userId": USER, "date": "2021-07-01", "startTime": "22:00:00", "breaks": breaks(("01:00:00", "01:30:00"))}
    with pytest.raises(Invalid, match="inside the entry"):
        placed(body)
    assert placed({**body, "isOvernightShift": True}).pauses[0].start_at == at("01:00:00", DAY + timedelta(days=1))


def test_an_instant_without_a_zone_is_a_mistake_of_ours():
    with pytest.raises(ValueError, match="zone"):
        entries.write_entry(entry(start_at=datetime(2021, 7, 1, 10)), Style.READ)


clocks = st.times().map(lambda clock: clock.replace(microsecond=0, tzinfo=None))
zones = st.sampled_from([JAKARTA, "UTC", "Asia/Kathmandu", "Pacific/Kiritimati", "Etc/GMT+12"])


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), clocks, clocks, zones, st.booleans())
def test_an_entry_is_written_back_as_it_was_sent_in_every_zone_without_clock_changes(
    day, start, end, zone, is_overnight
):
    assume(end <= time(18) if is_overnight else end > start)
    body = {
        "userId": USER,
        "date": day.isoformat(),
        "startTime": start.isoformat(),
        "endTime": end.isoformat(),
        "isOvernightShift": is_overnight,
    }
    span = placed(body, zone)
    stored = entry(day=day, zone=zone, start_at=span.start_at, end_at=span.end_at)
    written = entries.write_entry(stored, Style.CREATED)
    last_day = day + timedelta(days=is_overnight)
    assert written["startTime"] == f"{day.isoformat()}T{start.isoformat()}"
    assert written["endTime"] == f"{last_day.isoformat()}T{end.isoformat()}"
    assert entries.merge(stored, ChangeRequest(start=start, end=end, is_overnight=is_overnight)) == stored


@given(
    clocks, st.none() | clocks, st.lists(st.tuples(clocks, st.none() | clocks), max_size=10), st.booleans(),
    st.sampled_from([JAKARTA, "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]),
    st.sampled_from([date(2021, 3, 28), date(2021, 10, 31), date(2021, 7, 1)]),
)  # fmt: skip
def test_whatever_is_accepted_is_in_order_and_inside(start, end, pairs, is_overnight, zone, day):
    request = entries.CreateRequest(
        who=None, day=day, start=start, end=end, breaks=tuple(Break(*pair) for pair in pairs), is_overnight=is_overnight
    )
    try:
        span = entries.place(request, zone)
    except Invalid:
        return
    moments = [span.start_at]
    for pause in span.pauses:
        moments += [pause.start_at, pause.end_at or pause.start_at]
    moments += [span.end_at] if span.end_at else []
    assert moments == sorted(moments)
    assert span.end_at is None or span.end_at > span.start_at


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals() | st.text(max_size=12) | clocks.map(str),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["start", "end", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)
bodies = st.dictionaries(
    st.sampled_from(["userId", "date", "startTime", "endTime", "breaks", "comment", "isOvernightShift", "email"]),
    json_values,
)


@given(bodies)
def test_no_json_breaks_the_readers(body):
    for read in (entries.read_create, entries.read_change):
        try:
            read({**CREATE, **body})
        except Invalid as refused:
            assert refused.message.endswith(".")


def test_the_longest_comment_is_the_vendor_s():
    assert fields.COMMENT_LIMIT == 150
