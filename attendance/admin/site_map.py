"""A map of the punches made at a site: our own drawing, no tiles, no outside address."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from attendance.admin.board import chosen_id
from attendance.models import Punch
from hr.models import WorkSite
from peoplesync.core.staff import show
from peoplesync.core.staff.site import Page, shown_on

#: Punches drawn at most, newest first.
MOST = 2000
PERIODS = {"1": "Today and yesterday", "7": "The last 7 days", "31": "The last 31 days"}


def view(request: HttpRequest) -> HttpResponse:
    sites = WorkSite.objects.alive().exclude(latitude=None).order_by("name")
    chosen = chosen_id(request, "site")
    site = sites.filter(pk=chosen).first() if chosen else sites.first()
    period = request.GET.get("days", "7")
    period = period if period in PERIODS else "7"
    points = list(drawn(request.user, site, int(period))) if site else []
    values = {
        "sites": sites[:500],
        "site": site,
        "period": period,
        "periods": PERIODS.items(),
        "drawing": _drawing(site, points) if site else None,
        "count": len(points),
        "is_cut": len(points) == MOST,
    }
    return shown_on(request, "Punches on the map", "admin/presence/map.html", values)


def drawn(user: Any, site: WorkSite, days: int) -> Any:
    """The newest punches with a position at a site, of today and `days` days before; of a corrected one the newest."""
    since = timezone.localdate() - timedelta(days=days)
    rows = Punch.objects.visible_to(user).filter(site=site, work_date__gte=since, evidence__lat__isnull=False)
    rows = rows.filter(superseded_by=None)
    return rows.select_related("evidence", "employee").order_by("-at")[:MOST]


def _drawing(site: WorkSite, points: list[Any]) -> dict[str, Any]:
    """What the script draws; names are set as text there, never as markup."""
    return {
        "name": site.name,
        "lat": float(site.latitude or 0),
        "lng": float(site.longitude or 0),
        "radius": site.radius_metres,
        "punches": [
            {
                "lat": float(one.evidence.lat),
                "lng": float(one.evidence.lng),
                "verdict": one.verdict,
                "text": f"{one.employee.full_name}, {one.get_kind_display().lower()}, {show.instant(one.at)}",
            }
            for one in points
        ],
    }


admin.site.page(
    Page("presence/map", "attendance_map", "Map", "Presence", "map", "attendances", "read", view, position=40)
)
