"""GoodDay's instants: every way clients say one, and the one way they are written."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.adapters.goodday import fields, wire
from peoplesync.kernel.errors import Invalid

CREATE = {
    "date": "2025-07-18",
    "clockInTimestampUtc": "2025-07-18T08:00:00",
    "clockOutTimestampUtc": "2025-07-18T17:00:00",
    "userId": "SPvGQx",
}
instants = st.datetimes(datetime(1900, 1, 2), datetime(2199, 12, 30)).map(lambda at: at.replace(tzinfo=UTC))


@given(instants)
def test_an_instant_has_six_digits_no_suffix_and_reads_back(at):
    written = wire.write_instant(at)
    assert len(written) == 26
    assert fields.read_instant(written) == at
    assert fields.read_instant(written + "Z") == at


@given(instants, st.integers(-23 * 60 - 59, 23 * 60 + 59))
def test_an_instant_with_any_offset_is_the_same_instant(at, minutes):
    zone = timezone(timedelta(minutes=minutes))
    local = at.astimezone(zone)
    if local.year not in (1899, 2200):
        assert fields.read_instant(local.isoformat(timespec="microseconds")) == at
        assert wire.write_instant(local) == wire.write_instant(at)


def test_whole_seconds_keep_their_six_zeros():
    assert wire.write_instant(datetime(2025, 7, 18, 8, tzinfo=UTC)) == "2025-07-18T08:00:00.000000"


def test_an_instant_without_a_zone_is_a_mistake_of_ours():
    with pytest.raises(ValueError, match="zone"):
        wire.write_instant(datetime(2025, 7, 18, 8))


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("2025-07-18T08:00:00", "2025-07-18T08:00:00.000000"),
        ("2025-07-18T08:00:00Z", "2025-07-18T08:00:00.000000"),
        ("2025-07-18T08:00:00.123Z", "2025-07-18T08:00:00.123000"),
        ("2025-07-18T08:00:00.1234567Z", "2025-07-18T08:00:00.123456"),
        ("2025-07-18T08:00:00.999999999", "2025-07-18T08:00:00.999999"),
        ("2025-07-18T15:00:00+07:00", "2025-07-18T08:00:00.000000"),
        ("2025-07-18T15:00:00+0700", "2025-07-18T08:00:00.000000"),
        ("2025-07-17T20:30:00-11:30", "2025-07-18T08:00:00.000000"),
    ],
)
def test_the_ways_to_say_an_instant(sent, meant):
    assert wire.write_instant(wire.read_create({**CREATE, "clockInTimestampUtc": sent}).clock_in_at) == meant


@pytest.mark.parametrize(
    "sent",
    [
        "2025-07-18",
        "2025-07-18T08:00",
        "2025-07-18 08:00:00",
        "2025-07-18T08:00:00 07:00",
        "2025-07-18T08:00:00.",
        "2025-07-18T08:00:00+24:00",
        "2025-07-18T08:00:00+07:60",
        "2025-02-30T08:00:00",
        "2025-07-18T24:00:00",
        "2025-07-18T08:00:60",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-12:00",
        "2025-07-18T08:00:00Z\n",
        "２０２５-07-18T08:00:00",
        "1752825600",
        1752825600,
        Decimal("NaN"),
        [],
    ],
)
@pytest.mark.parametrize("field", ["clockInTimestampUtc", "clockOutTimestampUtc"])
def test_what_is_not_an_instant_is_refused_with_the_name_of_its_field(field, sent):
    with pytest.raises(Invalid, match=f"^{field} "):
        wire.read_create({**CREATE, field: sent})


@given(st.text())
def test_no_text_breaks_the_reader_of_instants(sent):
    at = fields.read_instant(sent)
    assert at is None or at.tzinfo is UTC
