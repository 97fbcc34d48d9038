"""GoodDay's paths, verbatim. The three writes take PUT too: the vendor's published methods are known to be wrong."""

from django.urls import path

from attendance.adapters.goodday import views
from attendance.adapters.goodday.auth import door

urlpatterns = [
    path("2.0/attendance-events/clock-in", door.view(POST=views.clock_in, PUT=views.clock_in)),
    path("2.0/attendance-events/clock-out", door.view(POST=views.clock_out, PUT=views.clock_out)),
    path("2.0/attendance-events/create", door.view(POST=views.create, PUT=views.create)),
    path("2.0/attendance-events", door.view(GET=views.query)),
    path("2.0/attendance-events/<str:id>", door.view(DELETE=views.delete)),
    path("2.0/users", door.view(GET=views.users)),
    path("2.0/user/<str:id>", door.view(GET=views.user)),
    path("2.0/offices", door.view(GET=views.offices)),
]

__all__ = ["door", "urlpatterns"]
