"""Every route of the house, a line per app. The API stands under /api/v1 and at the root alike."""

from csp.decorators import csp_update
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularRedocView, SpectacularSwaggerSplitView

from peoplesync.core.api import errors
from peoplesync.core.api.document import Document
from peoplesync.core.staff import door

admin.autodiscover()

api = [
    path("", include("attendance.api.urls")),  # first: the routes asked for most are found soonest
    path("", include("peoplesync.core.api.urls")),
    path("", include("hr.api.urls")),
    path("", include("payroll.api.urls")),
]

#: Redoc searches in a worker it makes itself; nothing is fetched from outside, its footer's logo included.
redoc = csp_update({"worker-src": ["'self'", "blob:"]})(
    SpectacularRedocView.as_view(url_name="schema", template_name="api/redoc.html")
)

urlpatterns = [
    path("api/schema", Document.as_view(), name="schema"),
    path("api/docs", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
    path("api/redoc", redoc, name="redoc"),
    path("api/v1/", include((api, "v1"))),
    path("", include("attendance.adapters.registry")),
    path("admin", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/", admin.site.urls),
    path("", RedirectView.as_view(pattern_name="admin:index")),  # whoever types the bare address is staff
    path("", include((api, "root"))),
]

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.page_not_found
handler500 = door.broken
