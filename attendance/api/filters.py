"""What lists of presence may be narrowed by. Only these names; the rest of the query is ignored."""

from __future__ import annotations

from typing import Any

from hr.api.days import day_filter
from peoplesync.core.api import filters


class _OfEmployee(filters.FilterSet):
    employee_id = filters.uuid_filter("employee_id")
    department_id = filters.uuid_filter("employee__department_id")


class _Stays(_OfEmployee):
    open = filters.BooleanWordFilter(method="only_open", help_text="true: only stays somebody is in now.")

    def only_open(self, rows: Any, name: str, value: str) -> Any:
        """Stays somebody is in, or the others."""
        return rows.open() if value == "true" else rows.exclude(clock_out=None, is_unfinished=False)


#: `from` is a word of Python's own, so it cannot be written as an attribute.
_DAYS = {"from": day_filter("work_date", "gte"), "to": day_filter("work_date", "lte")}
AttendanceFilter = type("AttendanceFilter", (_Stays,), dict(_DAYS))
DaySummaryFilter = type("DaySummaryFilter", (_OfEmployee,), dict(_DAYS))
