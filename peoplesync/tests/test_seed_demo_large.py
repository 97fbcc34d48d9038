"""A large demo is loaded into bare tables: what comes out is no different, and nothing wrong stays in."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from peoplesync.core.models import Notification
from peoplesync.demo import presence
from peoplesync.demo.bare import bare
from peoplesync.tests.demo import bars, rows, seed

pytestmark = pytest.mark.django_db

_SHAPES = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated FROM pg_constraint
    UNION SELECT tablename, indexname, indexdef, true FROM pg_indexes WHERE schemaname = 'public'
"""


def _made(monkeypatch: Any, large: int) -> tuple[set[Any], dict[str, list[Any]]]:
    monkeypatch.setattr(presence, "LARGE", large)
    with transaction.atomic(), connection.cursor() as cursor:
        seed(employees=12, months=1)
        cursor.execute(_SHAPES)
        found = set(cursor.fetchall()), rows("attendance_punch", "attendance_attendance", "attendance_dayexception")
        transaction.set_rollback(True)
    return found


def test_rows_keys_indexes_and_constraints_are_the_same_however_they_were_loaded(monkeypatch):
    assert _made(monkeypatch, 1) == _made(monkeypatch, 1000)


def test_a_row_that_breaks_a_key_is_refused_when_the_tables_are_whole_again():
    with pytest.raises(IntegrityError), transaction.atomic(), bare(["core_notification"], bars):
        Notification.objects.create(user_id=uuid4(), title="For nobody", message="")
    assert not Notification.objects.exists()
