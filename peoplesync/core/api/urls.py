"""Core's routes."""

from django.urls import path

from peoplesync.core.api.health import Health

urlpatterns = [path("health", Health.as_view())]
