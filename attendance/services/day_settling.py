"""Days without a punch get their rows, and days that are over say so: absent without leave, on leave, off, short.

Set-based by zone and in pages, so memory and the time of any lock are the same for ten people and for a million. Running
it again finds only what is new. Days of a punch are written with the punch.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from attendance.selectors import unsettled
from attendance.services import day_marks, days
from peoplesync.kernel.dates import ONE_DAY, days_between, local_day


def settle(*, at: datetime, days_back: int = 1) -> int:
    """Compute what is missing of each zone's today and of `days_back` days before it; the number of rows written."""
    begun = unsettled.first_kept_day()
    if begun is None:
        return 0
    count = 0
    for zone, names in unsettled.zones().items():
        today = local_day(at, zone)
        for day in days_between(max(begun, today - timedelta(days=days_back)), today):
            for employee_ids in unsettled.pages(day, zone, names, at):
                count += days.compute(days=dict.fromkeys(employee_ids, frozenset((day,))), at=at)
    over = unsettled.earliest_today(at) - ONE_DAY
    # Days that were closed while people were still punching on them are marked now that they are over.
    return count + day_marks.move(employee_ids=None, first=over - timedelta(days=days_back - 1), last=over, at=at)
