"""Coming and going: what is accepted, what is refused and how, what is answered; lists and pages."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.adapters.workly import wire, wire_locations
from attendance.adapters.workly.errors import Refused, ValidationFailed
from attendance.adapters.workly.messages import Code
from peoplesync.kernel.errors import PeopleSyncError

DOCUMENTED = json.loads((Path(__file__).parent / "documented.json").read_text(), parse_float=Decimal)
TASHKENT = "Asia/Tashkent"
SECOND_FLOOR = wire.Location(
    368, "Второй этаж", Decimal("41.29387269052770"), Decimal("69.24597090975743"), 300, None, 9, 6
)


def faults(refused: pytest.ExceptionInfo[ValidationFailed]) -> list[tuple[str, int]]:
    return [(fault.field, int(fault.code)) for fault in refused.value.faults]


@pytest.mark.parametrize("case", DOCUMENTED["requests"][:2], ids=lambda case: case["name"])
def test_the_documented_punches_are_read_in_the_accounts_zone(case: dict) -> None:
    assert wire.punch_request(case["body"], TASHKENT) == wire.PunchRequest(
        location_id=5554,
        event_at=datetime(2017, 9, 12, 10, 22, 19, tzinfo=UTC),
        latitude=Decimal("41.2938726905277"),
        longitude=Decimal("87.2938726905277"),
        ip="192.168.5.101",
        employee_id=78666,
    )


def test_a_punch_needs_a_location_and_nothing_else() -> None:
    assert wire.punch_request({"location_id": "5554", "limit": 5}, TASHKENT) == wire.PunchRequest(5554)
    blanks = {"event_time": "", "latitude": None, "longitude": " ", "ip": "", "employee_id": None}
    assert wire.punch_request({"location_id": 5554, **blanks}, TASHKENT) == wire.PunchRequest(5554)


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [("41.29", "69.24"), (Decimal("41.29"), Decimal("69.24")), (41.29, 69.24), (" 41.29 ", "69.240")],
)
def test_coordinates_come_as_numbers_and_as_strings(latitude: object, longitude: object) -> None:
    read = wire.punch_request({"location_id": 1, "latitude": latitude, "longitude": longitude}, TASHKENT)
    assert (read.latitude, read.longitude) == (Decimal("41.29"), Decimal("69.24"))


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"location_id": None}, "location_id", 8002),
        ({"location_id": ""}, "location_id", 8002),
        ({"location_id": "north"}, "location_id", 8003),
        ({"location_id": Decimal("5.5")}, "location_id", 8003),
        ({"location_id": True}, "location_id", 8003),
        ({"location_id": 2**63}, "location_id", 8003),
        ({"location_id": []}, "location_id", 8003),
        ({"employee_id": "me"}, "employee_id", 8003),
        ({"event_time": "2017-09-12T15:22:19"}, "event_time", 8009),
        ({"event_time": "2017-09-12 15:22:19Z"}, "event_time", 8009),
        ({"event_time": "2017-09-12 15:22:19+05:00"}, "event_time", 8009),
        ({"event_time": "2017-09-12 15:22"}, "event_time", 8009),
        ({"event_time": "2017-09-12  15:22:19"}, "event_time", 8009),
        ({"event_time": "2017-02-30 15:22:19"}, "event_time", 8009),
        ({"event_time": "2017-09-12 24:00:00"}, "event_time", 8009),
        ({"event_time": "0001-01-01 00:00:00"}, "event_time", 8009),
        ({"event_time": 1505211739}, "event_time", 8009),
        ({"event_time": ["2017-09-12 15:22:19"]}, "event_time", 8009),
        ({"latitude": "41,29", "longitude": 1}, "latitude", 8003),
        ({"latitude": 90.1, "longitude": 1}, "latitude", 8003),
        ({"latitude": 1, "longitude": "-180.5"}, "longitude", 8003),
        ({"latitude": "NaN", "longitude": 1}, "latitude", 8003),
        ({"latitude": 41}, "longitude", 8002),
        ({"longitude": 69}, "latitude", 8002),
        ({"ip": ["127.0.0.1"]}, "ip", 8003),
        ({"ip": "1" * 256}, "ip", 8003),
        ({"ip": "\x00"}, "ip", 8003),
    ],
)
def test_a_bad_punch_names_the_field_and_its_code(change: dict[str, object], field: str, code: int) -> None:
    with pytest.raises(ValidationFailed) as refused:
        wire.punch_request({"location_id": 5554} | change, TASHKENT)
    assert faults(refused) == [(field, code)]


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(ValidationFailed) as refused:
        wire.punch_request({"event_time": "now", "latitude": "x", "longitude": "y"}, TASHKENT)
    assert faults(refused) == [("location_id", 8002), ("latitude", 8003), ("longitude", 8003), ("event_time", 8009)]


@pytest.mark.parametrize("body", [[], "text", 5, True])
def test_a_body_that_is_no_object_is_4001(body: object) -> None:
    with pytest.raises(Refused) as refused:
        wire.punch_request(body, TASHKENT)
    assert refused.value.vendor_code is Code.INVALID_REQUEST


def test_a_punch_answers_its_time_and_the_whole_location() -> None:
    at = datetime(2017, 9, 12, 10, 22, 19, 500, tzinfo=UTC)
    assert wire.punch_answer(at, SECOND_FLOOR, TASHKENT) == DOCUMENTED["punch_answer"]


def test_a_location_has_eight_keys_even_without_coordinates() -> None:
    shown = wire.location_json(wire.Location(1, "Gate", None, None, 300))
    assert set(shown) == set(DOCUMENTED["location_keys"])
    assert (shown["lat"], shown["lon"]) == (None, None)
    shown = wire.location_json(SECOND_FLOOR)
    assert isinstance(shown["lat"], str)
    assert isinstance(shown["lon"], str)


@given(
    st.datetimes(datetime(1970, 1, 2), datetime(2199, 12, 30)),
    st.sampled_from([TASHKENT, "Asia/Jakarta", "UTC", "Asia/Kolkata"]),
)
def test_an_event_time_survives_the_wire(naive: datetime, zone_name: str) -> None:
    at = naive.replace(microsecond=0, tzinfo=ZoneInfo(zone_name)).astimezone(UTC)
    text = wire.event_text(at, zone_name)
    again = wire.punch_request({"location_id": 1, "event_time": text}, zone_name).event_at
    assert again is not None
    assert wire.event_text(again, zone_name) == text


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.decimals(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=8,
)
keys = st.sampled_from(["location_id", "employee_id", "event_time", "latitude", "longitude", "ip", "title", "radius"])


@given(st.one_of(json_values, st.dictionaries(keys, json_values)))
def test_no_body_brings_the_readers_down(body: object) -> None:
    for read in (lambda: wire.punch_request(body, TASHKENT), lambda: wire_locations.location_write(body)):
        try:
            read()
        except PeopleSyncError as refused:
            assert isinstance(refused, ValidationFailed | Refused)


@pytest.mark.parametrize(
    ("query", "number", "size", "offset"),
    [
        ({}, 1, 50, 0),
        ({"page": "3"}, 3, 50, 100),
        ({"page": "2", "per-page": "10"}, 2, 10, 10),
        ({"per-page": "500"}, 1, 50, 0),
        ({"page": ""}, 1, 50, 0),
    ],
)
def test_pages_are_counted_from_one_and_hold_at_most_fifty(
    query: dict[str, object], number: int, size: int, offset: int
) -> None:
    page = wire.page_request(query)
    assert (page.number, page.size, page.offset) == (number, size, offset)


@pytest.mark.parametrize(
    "query", [{"page": "0"}, {"page": "-1"}, {"page": "two"}, {"per-page": "0"}, {"page": "9" * 20}]
)
def test_a_page_that_is_none_is_8003(query: dict[str, object]) -> None:
    with pytest.raises(ValidationFailed) as refused:
        wire.page_request(query)
    assert faults(refused) == [(next(iter(query)), 8003)]


def test_the_furthest_page_stays_inside_the_databases_integers() -> None:
    assert wire.page_request({"page": str(2**63 - 1)}).offset < 2**63


@pytest.mark.parametrize(("total", "pages"), [(0, 0), (1, 1), (50, 1), (51, 2), (100, 2), (600, 12)])
def test_a_list_counts_in_integers(total: int, pages: int) -> None:
    shown = wire.list_answer([], total=total, page=wire.Page())
    assert shown == {"items": [], "_meta": {"totalCount": total, "pageCount": pages, "currentPage": 1, "perPage": 50}}


def test_a_page_past_the_end_is_empty_and_says_its_own_number() -> None:
    shown = wire.list_answer([], total=50, page=wire.Page(2))
    assert shown == {"items": [], "_meta": {"totalCount": 50, "pageCount": 1, "currentPage": 2, "perPage": 50}}


def test_the_small_envelopes() -> None:
    assert wire.single_answer({"id": 1}) == {"success": True, "data": {"id": 1}}
    assert wire.items_answer([{"id": 1}]) == {"items": [{"id": 1}]}
    assert (wire.done_answer(), wire.deleted_answer()) == ({"success": True}, {"message": "success"})


@pytest.mark.parametrize("value", ["abc", "0", "-1", "5.5", "9" * 30, ""])
def test_a_path_id_that_is_none_names_nothing(value: str) -> None:
    assert wire.path_id("78666") == 78666
    with pytest.raises(Refused) as refused:
        wire.path_id(value)
    assert refused.value.vendor_code is Code.NOT_FOUND


def test_a_location_is_written_with_the_request_names() -> None:
    body = next(case["body"] for case in DOCUMENTED["requests"] if case["name"] == "add a location")
    read = wire_locations.location_write(body)
    assert (read.title, read.latitude, read.radius, read.ipv4) == (
        "Test location",
        Decimal("41.29373705615318"),
        300,
        "127.0.0.1",
    )
    assert read.sent == set(body)


def test_an_update_knows_what_was_sent_blank_and_what_was_not_sent() -> None:
    read = wire_locations.location_write({"title": "Gate", "address": None})
    assert read.address is None
    assert "address" in read.sent
    assert "radius" not in read.sent


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"title": None}, "title", 8002),
        ({"title": "x" * 101}, "title", 8003),
        ({"title": {}}, "title", 8003),
        ({"radius": 0}, "radius", 8003),
        ({"radius": "wide"}, "radius", 8003),
        ({"ipv4": "1" * 40}, "ipv4", 8003),
        ({"latitude": "1"}, "longitude", 8002),
    ],
)
def test_a_bad_location_names_the_field(change: dict[str, object], field: str, code: int) -> None:
    with pytest.raises(ValidationFailed) as refused:
        wire_locations.location_write({"title": "Gate"} | change)
    assert faults(refused) == [(field, code)]


def test_nearby_locations_take_a_whole_position() -> None:
    found = wire_locations.Nearby(Decimal("41.2"), Decimal("69.2"))
    assert wire_locations.nearby_query({"lat": "41.2", "lon": "69.2"}) == found
    assert wire_locations.nearby_query({}) == wire_locations.Nearby()
    with pytest.raises(ValidationFailed) as refused:
        wire_locations.nearby_query({"lat": "41.2"})
    assert faults(refused) == [("lon", 8002)]
