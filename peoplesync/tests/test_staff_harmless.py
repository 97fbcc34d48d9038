"""Looking at every staff page changes nothing, and what people typed stays text on each."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.urls import reverse

from attendance.models import Punch
from attendance.services import clocking
from attendance.tests.builders import presented
from hr.models import Department, Employee, Leave, WorkSite
from hr.services import period_locks
from hr.tests import timetable
from peoplesync.core.models import Notification
from peoplesync.core.services import activity
from peoplesync.tests.staff import staff_models

EVIL = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}{% debug %}javascript:alert(3)"
#: Reading these leaves a trace on purpose.
LOGS = {"core_activitylog", "django_session", "axes_accessattempt", "axes_accesslog", "axes_accessfailurelog"}


@pytest.fixture
def evil(cast: Any) -> Any:
    """Rows whose every text is an attack."""
    Employee.objects.update(first_name=EVIL[:150], last_name=EVIL[:150], phone=EVIL[:50])
    Department.objects.update(name=EVIL[:150], code=EVIL[:50])
    cast.setting.org_name = EVIL[:255]
    cast.setting.save()
    site = WorkSite.objects.create(
        name=EVIL[:100], address=EVIL, latitude="-6.2", longitude="106.8", is_for_everyone=True
    )
    timetable.assign(timetable.schedule(EVIL[:100]), department=cast.engineering)
    leave = timetable.leave(cast.employee.employee, date(2026, 12, 1), date(2026, 12, 2))
    Leave.objects.update(reason=EVIL)
    Notification.objects.create(user=cast.superadmin, title=EVIL, message=EVIL)
    activity.record(
        action="leave.created", resource_type="leave", resource_id=leave.pk, by=cast.hr, meta={"note": EVIL, EVIL: EVIL}
    )
    period_locks.lock(
        employee_id=None,
        first_on=date(2025, 1, 1),
        last_on=date(2025, 1, 31),
        reason=EVIL,
        by=cast.hr,
        at=cast.hr.created_at,
    )
    punch = presented("2026-11-20 08:00", comment=EVIL, location=EVIL[:255], device_id=EVIL[:255])
    clocking.clock_in(employee_id=cast.employee.employee_id, punch=punch)
    return site


def _addresses(cast: Any) -> list[str]:
    """Every page of every model with up to two of its rows, every act, every page without a model."""
    found = [
        "/admin/",
        "/admin/password_change/",
        "/admin/search/?s=em",
        *(reverse(f"admin:{name}") for name in admin.site.pages),
    ]
    found.append(f"{reverse('admin:attendance_month')}?employee={cast.employee.employee_id}&month=2026-11")
    for page in staff_models():
        found += [page.url("changelist"), page.url("changelist") + "?q=script", page.url("add")]
        found += [reverse(f"admin:{page.name}_act_{act.name}") for act in page.model_admin.list_acts]
        for row in page.model._default_manager.all()[:2]:
            found += [page.url("change", row.pk), page.url("history", row.pk), page.url("delete", row.pk)]
            found += [reverse(f"admin:{page.name}_act_{act.name}", args=[row.pk]) for act in page.model_admin.acts]
    return found


def test_looking_at_every_page_changes_nothing_and_shows_attacks_as_text(cast, evil, staff):
    sara = staff(cast.superadmin)
    before = _fingerprints()
    seen = 0
    for address in _addresses(cast):
        answer = sara.get(address)
        assert answer.status_code in {200, 302, 403, 404, 409}, f"{address}: {answer.status_code}"
        shown = answer.content.decode()
        assert "<script>alert(1)" not in shown, address
        assert "<img src=x" not in shown, address
        seen += "&lt;script&gt;alert(1)" in shown or "\\u003Cscript\\u003Ealert(1)" in shown
        sara.head(address)
        for method in ("OPTIONS", "PUT", "DELETE"):
            assert sara.generic(method, address).status_code == 405, f"{method} {address}"
    assert seen > 20
    after = _fingerprints()
    assert [table for table in after if after[table] != before[table]] == []
    assert Punch.objects.count() == 1


def _fingerprints() -> dict[str, str]:
    """A hash of every table's content, but for the logs."""
    found = {}
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor)) - LOGS
        for table in sorted(tables):
            cursor.execute(
                f"SELECT md5(coalesce(string_agg(row::text, '|' ORDER BY row::text), '')) FROM \"{table}\" row"
            )
            found[table] = cursor.fetchone()[0]
    return found
