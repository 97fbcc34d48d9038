"""GoodDay's formats both ways, field by field, without a server."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from attendance.adapters.goodday import fields, wire
from peoplesync.kernel.errors import Invalid, Unauthenticated

DOCUMENTED = json.loads(Path(__file__).with_name("documented.json").read_text())
TOKEN = "0123456789abcdef0123456789abcdef"
CREATE = {
    "date": "2025-07-18",
    "clockInTimestampUtc": "2025-07-18T08:00:00",
    "clockOutTimestampUtc": "2025-07-18T17:00:00",
    "userId": "SPvGQx",
}

wrong_texts = [12, 0, True, Decimal("1.5"), Decimal("NaN"), float("inf"), 10**400, ["SPvGQx"], {"id": "SPvGQx"}]
wrong_ids = [*wrong_texts, "   ", "a\x00b", "a\nb", "\ud800", "x" * 65]


def event(**changes):
    values = {
        "id": "Evt0001a",
        "type": wire.EventType.CLOCK_IN,
        "user_id": "SPvGQx",
        "created_by_id": "9NjgOq",
        "day": date(2024, 7, 15),
        "written_at": datetime(2024, 7, 16, 11, 54, 52, 93993, UTC),
        "punched_at": datetime(2024, 7, 15, 15, 23, 58, 561027, UTC),
    }
    return wire.Event(**{**values, **changes})


def test_an_event_has_the_documented_keys_in_the_documented_order():
    assert list(wire.write_event(event())) == DOCUMENTED["event_keys"]


def test_an_event_shows_its_values_and_null_for_what_is_not_known():
    assert wire.write_event(event()) == {
        "id": "Evt0001a",
        "linkedAttendanceEventId": None,
        "userId": "SPvGQx",
        "createByUserId": "9NjgOq",
        "officeId": None,
        "date": "2024-07-15",
        "momentCreated": "2024-07-16T11:54:52.093993",
        "timestamp": "2024-07-15T15:23:58.561027",
        "ipAddress": None,
        "type": "CLOCK-IN",
        "comment": None,
    }


def test_a_clock_out_shows_its_clock_in_and_everything_that_was_sent():
    shown = wire.write_event(
        event(
            type=wire.EventType.CLOCK_OUT,
            linked_id="Evt0001b",
            office_id="Ofc001",
            ip_address="127.0.0.1",
            comment="Bye",
        )
    )
    assert shown["type"] == "CLOCK-OUT"
    assert shown["linkedAttendanceEventId"] == "Evt0001b"
    assert (shown["officeId"], shown["ipAddress"], shown["comment"]) == ("Ofc001", "127.0.0.1", "Bye")


def test_the_day_of_an_event_is_the_stored_one_whatever_its_instants_say():
    shown = wire.write_event(event(day=date(2024, 7, 14)))
    assert shown["date"] == "2024-07-14"


def test_a_created_pair_links_only_its_clock_out():
    answer = wire.write_created(
        event(id="in", linked_id="out"), event(id="out", linked_id="in", type=wire.EventType.CLOCK_OUT)
    )
    assert list(answer) == ["clockIn", "clockOut"]
    assert list(answer["clockIn"]) == [key for key in DOCUMENTED["event_keys"] if key != "linkedAttendanceEventId"]
    assert answer["clockOut"]["linkedAttendanceEventId"] == "in"


def test_a_list_is_ordered_by_the_punch_and_a_clock_in_stands_before_a_clock_out_of_the_same_moment():
    later = event(id="later", punched_at=datetime(2024, 7, 15, 16, tzinfo=UTC))
    out = event(id="a-out", type=wire.EventType.CLOCK_OUT)
    assert [each.id for each in sorted([later, out, event(id="b-in")], key=wire.order)] == ["b-in", "a-out", "later"]


def test_a_punch_is_read_with_all_and_with_only_its_required_field():
    assert wire.read_punch({"userId": "SPvGQx", "comment": "Here", "officeId": "Ofc001"}) == wire.PunchRequest(
        "SPvGQx", "Here", "Ofc001"
    )
    assert wire.read_punch({"userId": "SPvGQx"}) == wire.PunchRequest("SPvGQx", None, None)


@pytest.mark.parametrize("nothing", [None, ""])
def test_null_and_an_empty_form_field_are_as_good_as_a_missing_key(nothing):
    assert wire.read_punch({"userId": "SPvGQx", "comment": nothing, "officeId": nothing}) == wire.PunchRequest("SPvGQx")
    with pytest.raises(Invalid, match=r"^userId is required\.$"):
        wire.read_punch({"userId": nothing})


def test_keys_nobody_documented_are_ignored():
    assert wire.read_punch({"userId": "SPvGQx", "limit": 5, "x": {"y": [None]}}) == wire.PunchRequest("SPvGQx")
    assert wire.read_query({"startDate": "2024-07-01", "endDate": "2024-07-31", "order": "asc"}).user_ids is None


@pytest.mark.parametrize("body", [None, [], [{"userId": "SPvGQx"}], "userId=SPvGQx", 5, True, Decimal("NaN")])
@pytest.mark.parametrize("read", [wire.read_punch, wire.read_create])
def test_a_body_that_is_no_object_is_refused(read, body):
    with pytest.raises(Invalid, match="JSON object or a form"):
        read(body)


@pytest.mark.parametrize("value", wrong_ids)
@pytest.mark.parametrize("field", ["userId", "officeId"])
def test_what_cannot_be_an_id_is_refused_with_the_name_of_its_field(field, value):
    with pytest.raises(Invalid, match=f"^{field} "):
        wire.read_punch({"userId": "SPvGQx", field: value})
    with pytest.raises(Invalid, match=f"^{field} "):
        wire.read_create({**CREATE, field: value})


@pytest.mark.parametrize("value", [*wrong_texts, "nul \x00", "\ud83d", "x" * (fields.COMMENT_LIMIT + 1)])
@pytest.mark.parametrize("field", ["clockInComment", "clockOutComment"])
def test_what_cannot_be_a_comment_is_refused_with_the_name_of_its_field(field, value):
    with pytest.raises(Invalid, match=f"^{field} "):
        wire.read_create({**CREATE, field: value})
    with pytest.raises(Invalid, match=r"^comment "):
        wire.read_punch({"userId": "SPvGQx", "comment": value})


def test_a_comment_keeps_its_lines_and_its_emoji():
    comment = "Late.\n\tTrain 👩‍🏭 " + "x" * 900
    assert wire.read_punch({"userId": "SPvGQx", "comment": comment}).comment == comment


def test_the_documented_create_is_read_in_utc():
    body = next(entry for entry in DOCUMENTED["requests"] if entry["name"] == "write a finished pair")["body"]
    request = wire.read_create({**body, "userId": "SPvGQx", "officeId": "Ofc001"})
    assert request == wire.CreateRequest(
        day=date(2025, 7, 18),
        clock_in_at=datetime(2025, 7, 18, 8, tzinfo=UTC),
        clock_out_at=datetime(2025, 7, 18, 17, tzinfo=UTC),
        user_id="SPvGQx",
        office_id="Ofc001",
        clock_in_comment="Started shift",
        clock_out_comment="Ended shift",
    )


@pytest.mark.parametrize("field", list(CREATE))
def test_every_required_field_of_create_is_asked_for_by_name(field):
    with pytest.raises(Invalid, match=rf"^{field} is required\.$"):
        wire.read_create({key: value for key, value in CREATE.items() if key != field})


@pytest.mark.parametrize("out", ["2025-07-18T08:00:00", "2025-07-18T07:59:59", "2025-07-18T09:00:00+07:00"])
def test_a_pair_that_does_not_end_after_it_starts_is_refused(out):
    with pytest.raises(Invalid, match="must be after clockInTimestampUtc"):
        wire.read_create({**CREATE, "clockOutTimestampUtc": out})


@pytest.mark.parametrize(
    ("start", "day", "is_possible"),
    [
        ("2025-07-18T08:00:00", "2025-07-17", True),  # 20:00 at UTC-12
        ("2025-07-18T12:00:00", "2025-07-17", False),
        ("2025-07-18T10:00:00", "2025-07-19", True),  # midnight at UTC+14
        ("2025-07-18T09:59:59", "2025-07-19", False),
        ("2025-07-18T08:00:00", "2025-06-18", False),
    ],
)
def test_the_day_of_a_pair_must_be_its_day_somewhere_on_earth(start, day, is_possible):
    body = {**CREATE, "date": day, "clockInTimestampUtc": start}
    if is_possible:
        assert wire.read_create(body).day.isoformat() == day
    else:
        with pytest.raises(Invalid, match=r"^date is not the day"):
            wire.read_create(body)


@pytest.mark.parametrize(
    ("query", "user_ids"),
    [
        ({}, None),
        ({"userId": "", "userIds": ""}, None),
        ({"userId": "abc123"}, ("abc123",)),
        ({"userIds": "abc123,def456"}, ("abc123", "def456")),
        ({"userIds": " abc123 , def456,,"}, ("abc123", "def456")),
        ({"userIds": "abc123,def456,abc123"}, ("abc123", "def456")),
        ({"userId": "zzz999", "userIds": "abc123,zzz999"}, ("zzz999", "abc123")),
    ],
)
def test_people_are_chosen_by_one_id_by_a_list_or_by_the_union_of_both(query, user_ids):
    request = wire.read_query({"startDate": "2024-07-01", "endDate": "2024-07-31", **query})
    assert request == wire.QueryRequest(date(2024, 7, 1), date(2024, 7, 31), user_ids)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"endDate": "2024-07-31"}, "startDate is required."),
        ({"startDate": "2024-07-01"}, "endDate is required."),
        ({"startDate": "2024-7-1", "endDate": "2024-07-31"}, "startDate must be a date"),
        ({"startDate": "2024-07-01", "endDate": "2024-07-32"}, "endDate must be a date"),
        ({"startDate": "2024-07-01T00:00:00", "endDate": "2024-07-31"}, "startDate must be a date"),
        ({"startDate": "2024-07-02", "endDate": "2024-07-01"}, "endDate must not be before startDate"),
        ({"startDate": "2024-07-01", "endDate": "2024-07-31", "userIds": " , ,"}, "userIds names nobody"),
        ({"startDate": "2024-07-01", "endDate": "2024-07-31", "userIds": "abc123,a\x00"}, "userIds is not an id"),
        ({"startDate": ["2024-07-01"], "endDate": "2024-07-31"}, "startDate must be a string"),
    ],
)
def test_a_query_that_cannot_be_meant_is_refused_in_words(query, sentence):
    with pytest.raises(Invalid) as refused:
        wire.read_query(query)
    assert refused.value.message.startswith(sentence)


def test_the_bounds_of_a_query_are_inclusive_and_may_lie_anywhere_in_the_calendar():
    same = wire.read_query({"startDate": "2024-07-01", "endDate": "2024-07-01"})
    assert same.start_on == same.end_on
    forever = wire.read_query({"startDate": "0001-01-01", "endDate": "9999-12-31"})
    assert (forever.start_on, forever.end_on) == (date(1900, 1, 1), date(2199, 12, 31))


@pytest.mark.parametrize(
    ("places", "place"),
    [
        ({"header": TOKEN, "query": "x", "cookie": "x"}, wire.Place.HEADER),
        ({"header": "", "query": TOKEN, "cookie": "x"}, wire.Place.QUERY),
        ({"header": None, "query": None, "cookie": TOKEN.upper()}, wire.Place.COOKIE),
    ],
)
def test_a_token_is_found_in_the_header_then_the_query_then_the_cookie(places, place):
    assert wire.read_token(**places) == wire.Token(TOKEN, place)


@pytest.mark.parametrize("value", [None, "", "short", TOKEN + "0", "g" * 32, TOKEN + "\n", "Bearer " + TOKEN])
def test_no_token_and_a_malformed_one_are_both_unauthenticated(value):
    with pytest.raises(Unauthenticated):
        wire.read_token(header=value, query=None, cookie=None)


def test_a_user_and_an_office_have_their_documented_keys():
    user = wire.User("SPvGQx", "User", False, datetime(2018, 1, 8, 15, 35, 16, 648732, UTC), "Alex Kim")
    shown = wire.write_user(user)
    assert list(shown) == DOCUMENTED["user_keys"]
    assert shown["momentCreated"] == "2018-01-08T15:35:16.648732"
    assert (shown["primaryEmail"], shown["reportsToUserId"]) == (None, None)
    assert wire.write_office(wire.Office("Ofc001", "Harbour")) == {"id": "Ofc001", "name": "Harbour"}


def test_an_id_of_the_path_is_kept_or_is_none():
    assert wire.read_path_id("Evt0001a") == "Evt0001a"
    assert wire.read_path_id("a\x00") is None
    assert wire.read_path_id("x" * 65) is None


def test_a_deletion_answers_two_letters_in_quotes():
    assert json.dumps(wire.DELETED) == '"Ok"'


@pytest.mark.parametrize("entry", DOCUMENTED["requests"], ids=lambda entry: entry["name"])
def test_every_documented_request_is_readable(entry):
    path = entry["path"]
    assert path.startswith("/2.0/")
    assert not path.endswith("/")
    if "query" in entry:
        assert wire.read_query(entry["query"]).start_on == date(2024, 7, 1)
    elif path.endswith("create"):
        assert wire.read_create(entry["body"]).day == date(2025, 7, 18)
    elif "body" in entry:
        assert wire.read_punch(entry["body"]).comment == "Some comment"
