"""Core's routes."""

from django.urls import path

from peoplesync.core.api import activity, changes, jobs, notifications, uploads
from peoplesync.core.api.health import Health

changes.register_feeds()

urlpatterns = [
    path("health", Health.as_view()),
    path("jobs/<slug:job_id>", jobs.JobDetail.as_view()),
    path("changes", changes.Changes.as_view()),
    path("activity_logs", activity.ActivityLogs.as_view()),
    path("notifications", notifications.Notifications.as_view()),
    path("notifications/read_all", notifications.NotificationsReadAll.as_view()),
    path("notifications/<id:id>/read", notifications.NotificationRead.as_view()),
    path("uploads/presign", uploads.Presign.as_view()),
    path("uploads/<str:token>", uploads.signed_put),
    path("files/<id:id>", uploads.File.as_view()),
    path("files/content/<str:token>", uploads.signed_get),
]
