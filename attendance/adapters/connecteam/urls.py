"""Connecteam's paths, verbatim, each with the scope a token needs for it."""

from django.urls import path

from attendance.adapters.connecteam import pauses, tokens, views
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
    path(f"{_CLOCK}/manual-breaks", door.view(GET=with_scope(_READ, pauses.listed))),
    path(f"{_CLOCK}/manual-breaks/clock-out", door.view(POST=with_scope(_WRITE, pauses.end))),
    path(f"{_CLOCK}/manual-breaks/<str:manualBreakId>/clock-in", door.view(POST=with_scope(_WRITE, pauses.begin))),
]

__all__ = ["door", "urlpatterns"]
