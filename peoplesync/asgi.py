"""ASGI entry point, for operators who prefer it; WSGI is what we measure and serve."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peoplesync.settings")
os.environ["DB_STATEMENT_TIMEOUT_MS"] = os.environ.get("DB_STATEMENT_TIMEOUT_MS") or "60000"  # as in wsgi.py
application = get_asgi_application()
