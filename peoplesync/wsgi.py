"""WSGI entry point (gunicorn), and what its logs leave out: query strings, since one may hold a vendor's token."""

import gc
import logging
import os
import re

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peoplesync.settings")
# Somebody waits for the answer: a minute, then 503.
os.environ["DB_STATEMENT_TIMEOUT_MS"] = os.environ.get("DB_STATEMENT_TIMEOUT_MS") or "60000"

_QUERY = re.compile(r"(/[^\s?'\"]*)\?[^\s'\"]*")


def without_queries(record: logging.LogRecord) -> bool:
    """A filter of log records: addresses in the message end before their query string."""
    record.msg, record.args = _QUERY.sub(r"\1", record.getMessage()), ()
    return True


# Its error log names the address of a broken request, its access log (if turned on) those of all, and referrers.
for server in ("gunicorn.error", "gunicorn.access"):
    logging.getLogger(server).addFilter(without_queries)

application = get_wsgi_application()
if settings.METRICS_PORT:
    from peoplesync.core import metrics

    application = metrics.beside(application)
gc.disable()  # as in apps.py: what is loaded stays, and is shared with the processes gunicorn forks
get_resolver().url_patterns  # noqa: B018 - reading it loads every route once, before gunicorn forks, not in a first request
gc.freeze()
gc.enable()
