"""WSGI entry point (gunicorn)."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peoplesync.settings")
application = get_wsgi_application()
get_resolver().url_patterns  # noqa: B018 - reading it loads every route once, before gunicorn forks, not in a first request
