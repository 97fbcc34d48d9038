"""Kenjo's paths, verbatim."""

from django.urls import path

from attendance.adapters.kenjo import auth, views
from attendance.adapters.kenjo.auth import door

urlpatterns = [
    path("api/v1/auth/login", door.view(is_open=True, POST=auth.login)),
    path("api/v1/auth/logout", door.view(POST=auth.logout)),
    path("api/v1/attendances/track-time", door.view(POST=views.track)),
    path("api/v1/attendances/categories", door.view(GET=views.categories)),
    path("api/v1/attendances/expected-time", door.view(GET=views.expected)),
    path("api/v1/attendances", door.view(GET=views.listed, POST=views.create)),
    path("api/v1/attendances/<str:id>", door.view(GET=views.show, PUT=views.update, DELETE=views.delete)),
    path("api/v1/employees", door.view(GET=views.employees)),
    path("api/v1/user-accounts", door.view(GET=views.accounts)),
    path("api/v1/offices", door.view(GET=views.offices)),
    path("api/v1/departments", door.view(GET=views.departments)),
]

__all__ = ["door", "urlpatterns"]
