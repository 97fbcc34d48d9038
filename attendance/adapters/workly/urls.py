"""Workly's paths, verbatim."""

from django.urls import path

from attendance.adapters.workly import tokens, views
from attendance.adapters.workly.auth import door

urlpatterns = [
    path("v1/oauth/token", door.view(is_open=True, POST=tokens.token)),
    path("v1/times/clockin", door.view(POST=views.clock_in)),
    path("v1/times/clockout", door.view(POST=views.clock_out)),
    path("v1/locations", door.view(GET=views.list_locations, POST=views.create_location)),
    path(
        "v1/locations/<str:id>",
        door.view(GET=views.show_location, PUT=views.update_location, DELETE=views.delete_location),
    ),
]

__all__ = ["door", "urlpatterns"]
