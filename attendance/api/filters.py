"""What lists of presence may be narrowed by. Only these names; the rest of the query is ignored."""

from __future__ import annotations

import django_filters

from attendance.models import Attendance, DaySummary


class AttendanceFilter(django_filters.FilterSet):
    employee_id = django_filters.UUIDFilter(help_text="Only this employee's.")
    first = django_filters.DateFilter(field_name="work_date", lookup_expr="gte", help_text="First work date.")
    last = django_filters.DateFilter(field_name="work_date", lookup_expr="lte", help_text="Last work date.")
    is_open = django_filters.BooleanFilter(method="only_open", help_text="true: only people who are in now.")

    class Meta:
        model = Attendance
        fields: list[str] = []

    def only_open(self, queryset, name, value):
        """Stays somebody is in, or the others."""
        return queryset.open() if value else queryset.exclude(clock_out=None, is_unfinished=False)


class DaySummaryFilter(django_filters.FilterSet):
    employee_id = django_filters.UUIDFilter(help_text="Only this employee's.")
    first = django_filters.DateFilter(field_name="work_date", lookup_expr="gte", help_text="First work date.")
    last = django_filters.DateFilter(field_name="work_date", lookup_expr="lte", help_text="Last work date.")

    class Meta:
        model = DaySummary
        fields: list[str] = []
