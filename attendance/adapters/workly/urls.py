"""Workly's paths, verbatim."""

from django.urls import path

from attendance.adapters.workly import hiring, reports, sheets, tokens, views
from attendance.adapters.workly.auth import door

urlpatterns = [
    path("v1/oauth/token", door.view(is_open=True, POST=tokens.token)),
    path("v1/times/clockin", door.view(POST=views.clock_in)),
    path("v1/times/clockout", door.view(POST=views.clock_out)),
    path("v1/accounts", door.view(GET=reports.account)),
    path("v1/employees", door.view(GET=reports.list_employees, POST=hiring.create)),
    path("v1/employees/attendance", door.view(GET=reports.attendance)),
    path("v1/employees/<str:id>", door.view(GET=reports.show_employee, PUT=hiring.update)),
    path("v1/employees/<str:id>/dismiss", door.view(POST=hiring.dismiss)),
    path("v1/employees/<str:id>/locations", door.view(GET=reports.employee_locations)),
    path("v1/schedules", door.view(GET=reports.list_schedules)),
    path("v1/reports/inouts", door.view(GET=reports.inouts)),
    path("v1/reports/late-in", door.view(GET=reports.late_in)),
    path("v1/reports/at-work", door.view(GET=reports.at_work)),
    path("v1/reports/absence", door.view(GET=reports.absence)),
    path("v1/reports/dismissed", door.view(GET=sheets.dismissed)),
    path("v1/reports/night", door.view(GET=sheets.night)),
    path("v1/reports/night-by-location", door.view(GET=sheets.night_by_location)),
    path("v1/reports/t12", door.view(GET=sheets.t12)),
    path("v1/locations", door.view(GET=views.list_locations, POST=views.create_location)),
    path(
        "v1/locations/<str:id>",
        door.view(GET=views.show_location, PUT=views.update_location, DELETE=views.delete_location),
    ),
]

__all__ = ["door", "urlpatterns"]
