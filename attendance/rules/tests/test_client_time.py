"""What a device says the time was, against our receipt."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from attendance.rules.client_time import Tenure, TimeReason, judge_client_time
from attendance.rules.punches import Verdict
from attendance.rules.tests.builders import JAKARTA, instant

NOW = instant("2026-02-03 12:00")
ALWAYS = Tenure(JAKARTA)

OFFSETS = [
    (timedelta(0), Verdict.ACCEPT, []),
    (timedelta(minutes=2), Verdict.ACCEPT, []),
    (timedelta(minutes=2, seconds=1), Verdict.FLAG, [TimeReason.FUTURE]),
    (timedelta(minutes=10), Verdict.FLAG, [TimeReason.FUTURE, TimeReason.CLOCK_SKEW]),
    (timedelta(minutes=15), Verdict.FLAG, [TimeReason.FUTURE, TimeReason.CLOCK_SKEW]),
    (timedelta(minutes=15, seconds=1), Verdict.REJECT, [TimeReason.FUTURE, TimeReason.CLOCK_SKEW]),
    (timedelta(days=2), Verdict.REJECT, [TimeReason.FUTURE, TimeReason.CLOCK_SKEW]),
    (timedelta(days=-3), Verdict.ACCEPT, []),
    (timedelta(days=-8), Verdict.FLAG, [TimeReason.TOO_OLD]),
    (timedelta(days=-3670), Verdict.FLAG, [TimeReason.TOO_OLD]),
]


@pytest.mark.parametrize(("offset", "verdict", "reasons"), OFFSETS)
def test_the_future_is_refused_and_late_records_are_not(
    offset: timedelta, verdict: Verdict, reasons: list[TimeReason]
) -> None:
    judged = judge_client_time(NOW + offset, NOW, ALWAYS)
    assert (judged.verdict, list(judged.reasons)) == (verdict, reasons)


@pytest.mark.parametrize(
    "text", ["1970-01-01T00:00:00+00:00", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00"]
)
def test_absurd_years_are_refused_without_arithmetic(text: str) -> None:
    judged = judge_client_time(datetime.fromisoformat(text), NOW, ALWAYS)
    assert (judged.verdict, judged.reasons) == (Verdict.REJECT, (TimeReason.ABSURD,))


def test_a_time_without_zone_is_refused() -> None:
    assert judge_client_time(datetime(2026, 2, 3, 12), NOW, ALWAYS).reasons == (TimeReason.NO_ZONE,)


def test_a_receipt_without_zone_is_our_own_mistake() -> None:
    with pytest.raises(ValueError, match="zone"):
        judge_client_time(NOW, datetime(2026, 2, 3, 12), ALWAYS)


def test_days_outside_employment_are_refused_by_the_local_day() -> None:
    tenure = Tenure(JAKARTA, instant("2026-02-03 12:00").date(), instant("2026-02-03 12:00").date())
    first_minute, last_minute = instant("2026-02-03 00:00"), instant("2026-02-03 23:59")
    later = NOW + timedelta(days=2)
    assert judge_client_time(first_minute, later, tenure).verdict == Verdict.ACCEPT
    assert judge_client_time(last_minute, later, tenure).verdict == Verdict.ACCEPT
    before = judge_client_time(first_minute - timedelta(seconds=1), later, tenure)
    after = judge_client_time(last_minute + timedelta(minutes=1), later, tenure)
    assert before.reasons == (TimeReason.BEFORE_EMPLOYMENT,)
    assert after.reasons == (TimeReason.AFTER_EMPLOYMENT,)
