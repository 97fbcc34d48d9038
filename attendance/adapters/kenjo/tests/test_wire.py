"""Kenjo's log-in, track-time, lists and pages, field by field, without a server."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.adapters.kenjo import wire
from peoplesync.kernel.errors import Invalid, Unauthenticated

DOCUMENTED = json.loads(Path(__file__).with_name("documented.json").read_text())
USER = "50a2db290da29e126a18789a"
TRACK = {"userId": USER, "dateTime": "2021-07-01T09:00:00"}
EXPECTED = {"from": "2020-01-01", "to": "2020-01-10"}

no_texts = [12, 0, True, False, Decimal("1.5"), Decimal("NaN"), float("inf"), 10**400, ["x"], [], {"x": 1}]


def test_a_punch_is_read_on_the_wall_clock_without_a_zone():
    request = wire.read_track(TRACK)
    assert request.at == datetime(2021, 7, 1, 9)
    assert request.at.tzinfo is None
    assert request.who == wire.Who(user_id=USER)
    assert request.is_overnight is False


@pytest.mark.parametrize(
    ("identifiers", "who"),
    [
        ({"userId": USER.upper()}, wire.Who(user_id=USER)),
        ({"email": "john@acme.io"}, wire.Who(email="john@acme.io")),
        ({"externalId": "00001"}, wire.Who(external_id="00001")),
        ({"userId": None, "email": "", "externalId": "00001"}, wire.Who(external_id="00001")),
        (
            {"userId": USER, "email": "john@acme.io", "externalId": "00001"},
            wire.Who(USER, "john@acme.io", "00001"),
        ),
    ],
)
def test_an_employee_is_named_by_one_or_more_identifiers(identifiers, who):
    assert wire.read_track({"dateTime": "2021-07-01T09:00:00", **identifiers}).who == who


@pytest.mark.parametrize(
    "identifiers", [{}, {"userId": ""}, {"userId": None, "email": None, "externalId": ""}, {"id": USER}]
)
def test_a_body_that_names_nobody_is_refused(identifiers):
    with pytest.raises(Invalid, match="'userId', 'email' or 'externalId' is required"):
        wire.read_track({"dateTime": "2021-07-01T09:00:00", **identifiers})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *[(field, value) for field in ("userId", "email", "externalId") for value in no_texts],
        ("userId", "50a2db29"),
        ("userId", "g" * 24),
        ("userId", USER + "\n"),
        ("email", "a\x00@acme.io"),
        ("email", "a@acme.io\nBcc: b@acme.io"),
        ("externalId", "\ud800"),
        ("externalId", "x" * 256),
    ],
)
def test_what_cannot_be_an_identifier_is_refused_by_name(field, value):
    with pytest.raises(Invalid, match=f"^The param '{field}' is not valid"):
        wire.read_track({**TRACK, field: value})


@pytest.mark.parametrize(
    "value",
    [
        "2021-07-01T09:00",
        "2021-07-01 09:00:00",
        "2021-07-01T09:00:00Z",
        "2021-07-01T09:00:00.000Z",
        "2021-07-01T09:00:00.000",
        "2021-07-01T09:00:00+02:00",
        "2021-02-30T09:00:00",
        "2021-07-01T24:00:00",
        "2021-07-01T09:60:00",
        "1899-12-31T09:00:00",
        "9999-12-31T23:59:59",
        "0000-01-01T00:00:00",
        "2021-07-01T09:00:00\n",
        "２０２１-07-01T09:00:00",
        "----------T::::::::",
        "09:00:00",
        *no_texts,
    ],
)
def test_a_moment_in_any_other_form_is_refused(value):
    with pytest.raises(Invalid, match=r"^The param 'dateTime' is not valid"):
        wire.read_track({**TRACK, "dateTime": value})


@pytest.mark.parametrize("nothing", [None, ""])
def test_a_punch_without_a_moment_is_refused(nothing):
    with pytest.raises(Invalid, match=r"^The param 'dateTime' is required\.$"):
        wire.read_track({**TRACK, "dateTime": nothing})


@given(st.datetimes(datetime(1900, 1, 1), datetime(2199, 12, 31)))
def test_every_second_of_the_kept_years_can_be_punched(at):
    second = at.replace(microsecond=0)
    assert wire.read_track({**TRACK, "dateTime": second.isoformat()}).at == second


@given(st.text())
def test_no_text_breaks_the_reader_of_moments(value):
    try:
        assert wire.read_track({**TRACK, "dateTime": value}).at.isoformat() == value
    except Invalid as refused:
        assert "dateTime" in refused.message


@pytest.mark.parametrize(("value", "is_overnight"), [(True, True), (False, False), (None, False)])
def test_the_overnight_flag_is_a_boolean_and_false_when_not_sent(value, is_overnight):
    assert wire.read_track({**TRACK, "isOvernightShift": value}).is_overnight is is_overnight


@pytest.mark.parametrize("value", ["true", "false", "", 1, 0, Decimal(1), [], {}])
def test_a_flag_that_is_no_boolean_is_refused_rather_than_guessed(value):
    with pytest.raises(Invalid, match=r"^The param 'isOvernightShift' is not valid"):
        wire.read_track({**TRACK, "isOvernightShift": value})


@pytest.mark.parametrize(
    "body",
    [
        TRACK,
        {"dateTime": "2021-07-01T09:00:00", "userId": USER, "email": "John@acme.io", "externalId": "00001"},
        {"userId": USER.upper(), "dateTime": "2021-07-01T09:00:00", "isOvernightShift": True},
        {"userId": USER, "email": None, "dateTime": "2021-07-01T09:00:00", "isOvernightShift": False},
    ],
)
def test_the_echo_is_the_body_as_it_was_sent(body):
    echo = wire.read_track(body).echo
    assert echo == body
    assert list(echo) == list(body)


def test_the_echo_leaves_out_what_nobody_documented():
    assert wire.read_track({**TRACK, "_id": "x", "deep": [[{}]], "half": "\ud800"}).echo == TRACK


@pytest.mark.parametrize("body", [None, [], [TRACK], "dateTime=x", 5, True])
@pytest.mark.parametrize("read", [wire.read_track, wire.read_login])
def test_a_body_that_is_no_object_is_refused(read, body):
    with pytest.raises(Invalid, match="must be a JSON object"):
        read(body)


def test_a_log_in_takes_an_api_key_and_nothing_less():
    assert wire.read_login({"apiKey": "5b8555a7"}) == "5b8555a7"
    for body in ({}, {"apiKey": None}, {"apiKey": ""}):
        with pytest.raises(Invalid, match="'apiKey' is required"):
            wire.read_login(body)
    for value in [*no_texts, " ", "a\x00"]:
        with pytest.raises(Invalid, match="'apiKey' is not valid"):
            wire.read_login({"apiKey": value})


@pytest.mark.parametrize("header", ["Bearer a.b.c", "bearer a.b.c", "  Bearer   a.b.c ", "Bearer Bearer a.b.c"])
def test_the_token_is_found_however_clients_send_its_prefix(header):
    assert wire.read_bearer(header) == "a.b.c"


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", "a.b.c", "Basic YTpi", "Bearer a b", "Bearer Bearer ", "Bearer ü"]
)
def test_a_header_without_a_token_is_unauthenticated(header):
    with pytest.raises(Unauthenticated):
        wire.read_bearer(header)


def test_the_token_answer_carries_its_prefix_and_its_expiry_in_the_body():
    expires_at = datetime(2021, 7, 17, 23, 38, 35, 872000, timezone(timedelta(hours=2)))
    assert wire.write_token("a.b.c", expires_at) == {
        "token": "Bearer a.b.c",
        "X-Expires-After": "2021-07-17T21:38:35.872Z",
    }
    assert wire.write_token("t", datetime(2021, 7, 17, tzinfo=UTC))["X-Expires-After"].endswith("T00:00:00.000Z")
    assert wire.read_bearer(wire.write_token("a.b.c", expires_at)["token"]) == "a.b.c"
    with pytest.raises(ValueError, match="zone"):
        wire.write_token("a.b.c", datetime(2021, 7, 17))


def test_a_list_counts_both_bounds_and_holds_31_days():
    assert wire.read_list({"from": "2021-01-01", "to": "2021-01-31"}) == wire.ListRequest(
        date(2021, 1, 1), date(2021, 1, 31)
    )
    assert wire.read_list({"from": "2021-02-01", "to": "2021-02-01", "offset": "7"}).to_on == date(2021, 2, 1)
    with pytest.raises(Invalid, match="at most 31 days"):
        wire.read_list({"from": "2021-01-01", "to": "2021-02-01"})


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({}, "The param 'from' is required."),
        ({"from": "2021-01-01"}, "The param 'to' is required."),
        ({"from": "2021-01-01", "to": ""}, "The param 'to' is required."),
        ({"from": "2021-1-1", "to": "2021-01-02"}, "The param 'from' is not valid."),
        ({"from": "2021-01-01T00:00:00", "to": "2021-01-02"}, "The param 'from' is not valid."),
        ({"from": "2021-01-01", "to": "2021-02-30"}, "The param 'to' is not valid."),
        ({"from": "2021-01-02", "to": "2021-01-01"}, "The param 'to' is not valid."),
        ({"from": "9999-12-31", "to": "9999-12-31"}, "The param 'from' is not valid."),
        ({"from": ["2021-01-01"], "to": "2021-01-01"}, "The param 'from' is not valid."),
    ],
)
def test_a_range_that_cannot_be_meant_is_refused(query, sentence):
    for read in (wire.read_list, wire.read_expected):
        with pytest.raises(Invalid) as refused:
            read(query)
        assert refused.value.message.startswith(sentence)


def test_expected_hours_are_asked_for_with_defaults():
    assert wire.read_expected(EXPECTED) == wire.ExpectedRequest(
        date(2020, 1, 1), date(2020, 1, 10), None, None, None, None, page=1, limit=50
    )


def test_expected_hours_are_narrowed_by_ids_in_any_case_each_person_once():
    request = wire.read_expected(
        {**EXPECTED, "officeId": USER.upper(), "userId": f"{USER}, {'b' * 24},{USER}", "offset": "3", "limit": "100"}
    )
    assert request.office_id == USER
    assert request.user_ids == (USER, "b" * 24)
    assert (request.page, request.limit) == (3, 100)


def test_up_to_fifteen_people_are_asked_for_at_once():
    people = [f"{number:024x}" for number in range(16)]
    assert wire.read_expected({**EXPECTED, "userId": ",".join(people[:15])}).user_ids == tuple(people[:15])
    with pytest.raises(Invalid, match="at most 15"):
        wire.read_expected({**EXPECTED, "userId": ",".join(people)})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *[("limit", value) for value in ("0", "10", "51", "1000", "-25", "25.0", "２５", "9" * 400, "NaN")],
        *[("offset", value) for value in ("0", "-1", "1.5", "abc", "1e3", "9" * 10, "+1")],
        *[(field, "nope") for field in ("companyId", "officeId", "departmentId", "userId")],
        ("userId", f"{USER},,{USER}"),
    ],
)
def test_a_page_or_a_filter_that_cannot_be_meant_is_refused_by_name(field, value):
    with pytest.raises(Invalid, match=f"^The param '{field}' is not valid"):
        wire.read_expected({**EXPECTED, field: value})


def test_a_year_of_expected_hours_is_the_most():
    assert wire.read_expected({"from": "2020-01-01", "to": "2020-12-31"}).to_on == date(2020, 12, 31)
    with pytest.raises(Invalid, match="at most 366 days"):
        wire.read_expected({"from": "2020-01-01", "to": "2021-01-01"})


@pytest.mark.parametrize(
    ("page", "total", "bounds"),
    [(1, 0, (0, 0)), (1, 25, (0, 25)), (1, 26, (0, 25)), (2, 26, (25, 26)), (2, 50, (25, 50))],
)
def test_a_page_is_a_range_of_rows(page, total, bounds):
    request = wire.read_expected({**EXPECTED, "offset": str(page), "limit": "25"})
    assert wire.page_bounds(request, total) == bounds


@pytest.mark.parametrize(("page", "total"), [(2, 0), (2, 25), (3, 50), (999_999_999, 50)])
def test_a_page_past_the_end_is_refused_because_clients_stop_on_it(page, total):
    request = wire.read_expected({**EXPECTED, "offset": str(page), "limit": "25"})
    with pytest.raises(Invalid, match=r"^The param 'offset' is not valid"):
        wire.page_bounds(request, total)


@given(st.integers(0, 5000), st.sampled_from(wire.PAGE_SIZES))
def test_the_pages_tile_the_rows_and_then_stop(total, limit):
    seen = 0
    for page in range(1, 1000):
        request = wire.read_expected({**EXPECTED, "offset": str(page), "limit": str(limit)})
        try:
            start, stop = wire.page_bounds(request, total)
        except Invalid:
            break
        assert start == seen
        seen = stop
    assert seen == total


@pytest.mark.parametrize("story", DOCUMENTED["stories"], ids=lambda story: story["name"])
def test_every_told_punch_is_readable(story):
    for at, *flags in story["punches"]:
        body = {"userId": USER, "dateTime": at, **({"isOvernightShift": flags[0]} if flags else {})}
        request = wire.read_track(body)
        assert request.at.isoformat() == at
        assert request.is_overnight is bool(flags)
