"""Work sites: circles on the map, who uses them, and what happens to a punch from elsewhere."""

from __future__ import annotations

from django.http import HttpRequest

from hr.models import WorkSite, WorkSiteAssignment
from peoplesync.core.staff.model_admin import ModelAdmin, Panel, register
from peoplesync.core.staff.theme import ChoicesDropdownFilter, display


@register(WorkSite)
class WorkSiteAdmin(ModelAdmin):
    """Where people are expected to clock in."""

    resource = "work_sites"
    section, icon, position = "Organisation", "location_on", 20
    list_display = ("name", "address", "position_text", "radius_metres", "policy", "timezone", "is_for_everyone")
    list_filter = (("policy", ChoicesDropdownFilter), "is_for_everyone")
    search_fields = ("name", "address")
    fields = (
        "name", "address", "latitude", "longitude", "radius_metres", "policy", "timezone", "ip_address", "is_for_everyone",
    )  # fmt: skip

    @display(description="Position")
    def position_text(self, row: WorkSite) -> str:
        return f"{row.latitude:.5f}, {row.longitude:.5f}" if row.latitude is not None else "–"

    def panels(self, request: HttpRequest, row: WorkSite) -> list[Panel]:
        rows = WorkSiteAssignment.objects.filter(site=row).select_related("employee", "department")[:200]
        cells = [(str(one.employee or one.department), "Employee" if one.employee_id else "Department") for one in rows]
        return [
            Panel(
                "Who works here",
                ("Who", "Kind"),
                cells,
                "Everybody may use it." if row.is_for_everyone else "Nobody yet.",
            )
        ]
