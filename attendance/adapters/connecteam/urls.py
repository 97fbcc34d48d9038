"""Connecteam's paths, verbatim, each with the scope a token needs for it."""

from django.urls import path

from attendance.adapters.connecteam import fences, jobs, pauses, sheets, tokens, views
from attendance.adapters.connecteam.auth import door, with_scope

_READ, _WRITE = "time_clock.read", "time_clock.write"
_CLOCKS = "time-clock/v1/time-clocks"
_CLOCK = f"{_CLOCKS}/<str:timeClockId>"

urlpatterns = [
    path("oauth/v1/token", door.view(is_open=True, POST=tokens.token)),
    path("me", door.view(GET=with_scope("account_information.read", views.me))),
    path(_CLOCKS, door.view(GET=with_scope(_READ, views.list_clocks))),
    path(f"{_CLOCK}/clock-in", door.view(POST=with_scope(_WRITE, views.clock_in))),
    path(f"{_CLOCK}/clock-out", door.view(POST=with_scope(_WRITE, views.clock_out))),
    path(
        f"{_CLOCK}/time-activities",
        door.view(
            GET=with_scope(_READ, views.list_activities),
            POST=with_scope(_WRITE, views.create_activities),
            PUT=with_scope(_WRITE, views.update_activities),
        ),
    ),
    path(
        f"{_CLOCK}/time-activities/<str:activityId>",
        door.view(DELETE=with_scope("time_clock.delete", views.delete_activity)),
    ),
    path(f"{_CLOCK}/timesheet", door.view(GET=with_scope(_READ, sheets.show))),
    path(f"{_CLOCK}/users/<str:userId>/lock-days", door.view(PUT=with_scope(_WRITE, sheets.lock_days))),
    path(
        f"{_CLOCK}/geofences",
        door.view(GET=with_scope(_READ, fences.listed), POST=with_scope(_WRITE, fences.create)),
    ),
    path("jobs/v1/jobs", door.view(GET=with_scope("jobs.read", jobs.listed))),
    path(f"{_CLOCK}/manual-breaks", door.view(GET=with_scope(_READ, pauses.listed))),
    path(f"{_CLOCK}/manual-breaks/clock-out", door.view(POST=with_scope(_WRITE, pauses.end))),
    path(f"{_CLOCK}/manual-breaks/<str:manualBreakId>/clock-in", door.view(POST=with_scope(_WRITE, pauses.begin))),
]

__all__ = ["door", "urlpatterns"]
