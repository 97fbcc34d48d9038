"""Looking changes nothing: every GET of the API, as HEAD and OPTIONS too, leaves the database as it was.

Reading somebody else's pay is written into the activity log, on purpose; nothing else may be. The admin's pages are
crawled beside the admin.
"""

from __future__ import annotations

import pytest

from peoplesync.tests import database
from peoplesync.tests.routes import ROWS
from peoplesync.tests.test_permissions import filled, ids_of

READABLE = sorted(path for path, row in ROWS.items() if "GET" in row.actions)
OPEN = ["/health", "/api/schema", "/api/docs", "/api/redoc", "/api/v1/auth/me", "/admin/login/"]

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", [*READABLE, *OPEN])
def test_looking_changes_nothing_but_the_log_of_who_read_pay(cast, client_of, path):
    address = filled(path, *ids_of(ROWS[path], cast, cast.employee)) if path in ROWS else path
    sara, before = client_of(cast.superadmin), database.contents()
    query = "?include=department,latest_payroll,employee,explanation"
    shown, head = sara.get(f"{address}{query}"), sara.head(f"{address}{query}")
    assert shown.status_code < 400 and (head.status_code, head.content) == (shown.status_code, b"")
    assert sara.options(address).status_code < 500
    assert database.changed(before) <= {"core_activitylog"}
