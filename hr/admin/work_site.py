"""Work sites: circles on the map, who uses them, and what happens to a punch from elsewhere."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest

from hr.models import WorkSite, WorkSiteAssignment
from hr.services import work_sites
from peoplesync.core.staff import show
from peoplesync.core.staff.model_admin import ModelAdmin, TabularInline, register
from peoplesync.core.staff.theme import ChoicesDropdownFilter, StaffForm, display


class AssignmentInline(TabularInline):
    """Who works here: a line for each employee or department."""

    model = WorkSiteAssignment
    resource = "work_sites"
    write_action = "write"
    may_delete_lines = True
    may_change = False
    verbose_name_plural = "Who works here"
    fields = ("employee", "department")
    autocomplete_fields = ("employee", "department")
    per_page = 50

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("employee", "department").order_by("pk")


class SiteForm(StaffForm):
    """A position is a place on Earth; the model only knows that both halves belong together."""

    latitude = forms.DecimalField(required=False, min_value=-90, max_value=90, max_digits=18, decimal_places=14)
    longitude = forms.DecimalField(required=False, min_value=-180, max_value=180, max_digits=18, decimal_places=14)


@register(WorkSite)
class WorkSiteAdmin(ModelAdmin):
    """Where people are expected to clock in."""

    resource = "work_sites"
    write_action = "write"
    section, icon, position = "Organisation", "location_on", 20
    list_display = ("name", "address", "place", "radius_metres", "policy", "timezone", "is_for_everyone")
    list_filter = (("policy", ChoicesDropdownFilter), "is_for_everyone")
    search_fields = ("name", "address")
    search_help_text = "A name or an address"
    form = SiteForm
    inlines = (AssignmentInline,)
    labels: ClassVar[dict[str, str]] = {
        "timezone": "Time zone", "radius_metres": "Radius (metres)", "ip_address": "Network address",
        "is_for_everyone": "For everybody", "policy": "Whoever is outside",
    }  # fmt: skip
    helps: ClassVar[dict[str, str]] = {
        "timezone": "For example Asia/Jakarta. Empty: the organisation's.",
        "ip_address": "Shown to clients that ask for it; it decides nothing.",
        "is_for_everyone": "Off: only the people and departments below.",
    }
    fieldsets = (
        (None, {"fields": ("name", "address", "timezone", "policy")}),
        ("Place", {"fields": ("latitude", "longitude", "radius_metres", "ip_address", "is_for_everyone")}),
    )

    @display(description="Position")
    def place(self, row: WorkSite) -> str:
        return f"{row.latitude:.5f}, {row.longitude:.5f}" if row.latitude is not None else show.EMPTY

    def create(self, request: HttpRequest, values: dict[str, Any]) -> WorkSite:
        return work_sites.create(values=values, by=request.user, at=self.now())

    def change(self, request: HttpRequest, row: WorkSite, values: dict[str, Any]) -> WorkSite:
        return work_sites.update(site=row, values=values, by=request.user, at=self.now())

    def change_lines(self, request: HttpRequest, row: WorkSite, formset: Any) -> None:
        """The site's people and departments after the lines were taken away and added."""
        gone = [form.instance.pk for form in formset.deleted_forms if form.instance.pk]
        standing = WorkSiteAssignment.objects.filter(site=row).exclude(pk__in=gone)
        employees = set(standing.filter(employee__isnull=False).values_list("employee_id", flat=True))
        departments = set(standing.filter(department__isnull=False).values_list("department_id", flat=True))
        for form in formset.extra_forms:
            if form.has_changed() and not form.cleaned_data.get("DELETE"):
                employees |= {chosen.pk for chosen in [form.cleaned_data.get("employee")] if chosen}
                departments |= {chosen.pk for chosen in [form.cleaned_data.get("department")] if chosen}
        ids = {"employee_ids": employees, "department_ids": departments}
        site = WorkSite.objects.get(pk=row.pk)
        work_sites.update(site=site, values={}, **ids, by=request.user, at=self.now())
