"""Time clocks and work jobs: what terminals there are, who and what is assigned to them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpRequest

from attendance.models import TimeClock, WorkJob
from attendance.models.time_clock import TimeClockEmployee, TimeClockJob
from attendance.services import time_clocks, work_jobs
from peoplesync.core.staff.model_admin import ModelAdmin, TabularInline, register


class _Assigned(TabularInline):
    """Lines that are added and taken away, never changed in place."""

    resource = "time_clocks"
    write_action = "write"
    may_delete_lines = True
    may_change = False
    per_page = 50

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related(*self.fields).order_by("pk")


class EmployeeInline(_Assigned):
    model = TimeClockEmployee
    fields = ("employee",)
    autocomplete_fields = ("employee",)
    verbose_name_plural = "People"


class JobInline(_Assigned):
    model = TimeClockJob
    fields = ("work_job",)
    autocomplete_fields = ("work_job",)
    verbose_name_plural = "Work jobs"


@register(TimeClock)
class TimeClockAdmin(ModelAdmin):
    """Terminals and kiosks."""

    resource = "time_clocks"
    write_action = "write"
    section, icon, position = "Presence", "punch_clock", 60
    list_display = ("name", "timezone", "requires_job", "is_archived")
    list_filter = ("is_archived", "requires_job")
    search_fields = ("name",)
    search_help_text = "A name"
    fields = ("name", "timezone", "requires_job", "takes_day_locks", "is_archived")
    labels: ClassVar[dict[str, str]] = {
        "timezone": "Time zone", "requires_job": "Needs a work job", "takes_day_locks": "Lets clients lock days",
        "is_archived": "Archived",
    }  # fmt: skip
    helps: ClassVar[dict[str, str]] = {
        "timezone": "For example Asia/Jakarta. Empty: the organisation's.",
        "takes_day_locks": "Clients of a vendor's clocking API may close and open days of this clock's people.",
    }
    inlines = (EmployeeInline, JobInline)

    def create(self, request: HttpRequest, values: dict[str, Any]) -> TimeClock:
        return time_clocks.create(values=values, by=request.user, at=self.now())

    def change(self, request: HttpRequest, row: TimeClock, values: dict[str, Any]) -> TimeClock:
        return time_clocks.update(clock=row, values=values, by=request.user, at=self.now())

    def change_lines(self, request: HttpRequest, row: TimeClock, formset: Any) -> None:
        """The clock's people, or its jobs, after the lines were taken away and added."""
        field = "employee" if formset.model is TimeClockEmployee else "work_job"
        gone = [form.instance.pk for form in formset.deleted_forms if form.instance.pk]
        ids = set(
            formset.model.objects.filter(time_clock=row).exclude(pk__in=gone).values_list(f"{field}_id", flat=True)
        )
        added = [form.cleaned_data.get(field) for form in formset.extra_forms if form.has_changed()]
        ids |= {chosen.pk for chosen in added if chosen}
        clock = TimeClock.objects.get(pk=row.pk)
        time_clocks.update(clock=clock, values={}, **{f"{field}_ids": ids}, by=request.user, at=self.now())


@register(WorkJob)
class WorkJobAdmin(ModelAdmin):
    """What people work on; one level of sub-jobs."""

    resource = "work_jobs"
    write_action = "write"
    section, icon, position = "Presence", "work", 70
    list_display = ("name", "code", "parent", "is_archived")
    list_filter = ("is_archived",)
    list_select_related = ("parent",)
    search_fields = ("name", "code")
    search_help_text = "A name or a code"
    autocomplete_fields = ("parent",)
    fields = ("name", "code", "parent", "is_archived")

    def create(self, request: HttpRequest, values: dict[str, Any]) -> WorkJob:
        return work_jobs.create(values=_as_service(values), by=request.user, at=self.now())

    def change(self, request: HttpRequest, row: WorkJob, values: dict[str, Any]) -> WorkJob:
        return work_jobs.update(job=row, values=_as_service(values), by=request.user, at=self.now())


def _as_service(values: dict[str, Any]) -> dict[str, Any]:
    given = dict(values)
    if "parent" in given:
        parent = given.pop("parent")
        given["parent_id"] = parent and parent.pk
    return given
