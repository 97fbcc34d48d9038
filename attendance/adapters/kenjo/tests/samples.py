"""Entries of one Kenjo employee in Jakarta, for the tests beside this file."""

from datetime import date, time, timedelta

from attendance.adapters.kenjo import entries
from peoplesync.kernel.dates import at_local

USER = "50a2db290da29e126a18789a"
JAKARTA = "Asia/Jakarta"
DAY = date(2021, 7, 1)
CREATE = {"userId": USER, "date": "2021-07-01", "startTime": "10:00:00", "endTime": "13:00:00"}


def at(clock, day=DAY, zone=JAKARTA):
    return at_local(day, time.fromisoformat(clock), zone)


def entry(**changes):
    values = {
        "id": "60a2db290da29e126a18789a",
        "user_id": USER,
        "day": DAY,
        "zone": JAKARTA,
        "start_at": at("10:00:00"),
        "end_at": at("13:00:00"),
    }
    return entries.Entry(**{**values, **changes})


def night(**changes):
    return entry(start_at=at("22:00:00"), end_at=at("06:00:00", DAY + timedelta(days=1)), **changes)


def placed(body, zone=JAKARTA):
    return entries.place(entries.read_create(body), zone)


def breaks(*pairs):
    return [{"start": start, **({"end": end} if end else {})} for start, end in pairs]
