"""What lists of presence may be narrowed by. Only these names; the rest of the query is ignored."""

from __future__ import annotations

from typing import Any

from hr.api.days import between_days
from peoplesync.core.api import filters


class OfEmployee(filters.FilterSet):
    employee_id = filters.uuid_filter("employee_id")
    department_id = filters.uuid_filter("employee__department_id")


@between_days("work_date")
class AttendanceFilter(OfEmployee):
    open = filters.BooleanWordFilter(method="only_open", help_text="true: only stays somebody is in now.")

    def only_open(self, rows: Any, name: str, value: str) -> Any:
        """Stays somebody is in, or the others."""
        return rows.open() if value == "true" else rows.exclude(clock_out=None, is_unfinished=False)


@between_days("work_date")
class DaySummaryFilter(OfEmployee):
    """Nothing but whose and when."""
