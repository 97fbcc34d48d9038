"""Filters by month and year of pay. The years are the runs': asking millions of payslips for theirs would read them all."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.dates import MONTHS

from payroll.models import PayrollRun
from peoplesync.core.staff.theme import DropdownFilter


class _PeriodFilter(DropdownFilter):
    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        chosen = self.value()
        if not chosen:
            return queryset
        known = chosen in {value for value, _ in self.lookup_choices}
        return queryset.filter(**{str(self.parameter_name): int(chosen)}) if known else queryset.none()


class YearFilter(_PeriodFilter):
    title = "year"
    parameter_name = "period_year"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        years = PayrollRun.objects.order_by("-period_year").values_list("period_year", flat=True).distinct()
        return [(str(year), str(year)) for year in years]


class MonthFilter(_PeriodFilter):
    title = "month"
    parameter_name = "period_month"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(number), str(name)) for number, name in MONTHS.items()]
