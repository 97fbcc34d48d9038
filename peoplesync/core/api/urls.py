"""Core's routes."""

from django.urls import path

from peoplesync.core.api import uploads
from peoplesync.core.api.health import Health

urlpatterns = [
    path("health", Health.as_view()),
    path("uploads/presign", uploads.Presign.as_view()),
    path("uploads/<str:token>", uploads.signed_put),
    path("files/<uuid:id>", uploads.File.as_view()),
    path("files/content/<str:token>", uploads.signed_get),
]
