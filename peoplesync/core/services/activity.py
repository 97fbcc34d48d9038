"""Writes the activity log. Called by the service that does the act, in its transaction, whatever the door."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from peoplesync.core import copying
from peoplesync.core.models import ActivityLog

#: Values of these keys never reach the log in the clear; that they changed does.
PERSONAL_KEYS = frozenset(
    {
        "account_number", "address", "bank_account", "bank_holder", "current_salary", "amount", "default_amount", "email",
        "family_card_number", "ip", "lat", "lng", "national_id", "nik", "npwp", "password", "phone", "photo_url", "reason_text",
        "salary", "tax_number",
    }
)  # fmt: skip


def mask(value: Any) -> Any:
    """What is left of a personal value in the log: enough to recognise, not enough to use.

    >>> mask("jane.doe@example.com"), mask("+628123456789"), mask(15000000), mask(None)
    ('j***@example.com', '***6789', '***', None)
    """
    if value is None or value == "":
        return value
    if not isinstance(value, str):
        return "***"
    name, at, domain = value.partition("@")
    if at:
        return f"{name[:1]}***@{domain}"
    return f"***{value[-4:]}" if len(value) >= 8 else "***"


def masked(meta: Mapping[str, Any]) -> dict[str, Any]:
    """`meta` with every personal value masked, nested mappings included.

    >>> masked({"name": "Jane", "changes": {"phone": ["+628123456789", None]}})
    {'name': 'Jane', 'changes': {'phone': ['***6789', None]}}
    """
    return {key: _masked_value(key, value) for key, value in meta.items()}


def _masked_value(key: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return masked(value)
    if key not in PERSONAL_KEYS:
        return plain(value)
    return [mask(item) for item in value] if isinstance(value, list | tuple) else mask(value)


def plain(value: Any) -> Any:
    """A value as the log keeps it: ids, days, instants and amounts as text, the rest as JSON has it.

    >>> plain([Decimal("1.50"), date(2026, 11, 22), None, True])
    ['1.50', '2026-11-22', None, True]
    """
    if isinstance(value, UUID | Decimal | date):
        return value.isoformat() if isinstance(value, date) else str(value)
    return [plain(item) for item in value] if isinstance(value, list | tuple) else value


def entry(
    *, action: str, resource_type: str, resource_id: UUID | None, by: Any, meta: Mapping[str, Any] | None, at: datetime
) -> ActivityLog:
    """An unsaved entry, for services that write many rows with one statement."""
    return ActivityLog(
        user_id=getattr(by, "pk", by),
        action=action,
        resource_type=resource_type,
        resource_id=resource_id,
        meta=masked(meta) if meta is not None else None,
        created_at=at,
    )


def record(
    *,
    action: str,
    resource_type: str,
    resource_id: UUID | None,
    by: Any,
    meta: Mapping[str, Any] | None = None,
    at: datetime | None = None,
) -> None:
    """Log one act. `action` is `<resource>.<past verb>`; `by` is the acting user, her id, or None for the system."""
    entry(
        action=action,
        resource_type=resource_type,
        resource_id=resource_id,
        by=by,
        meta=meta,
        at=at or timezone.now(),
    ).save(force_insert=True)


#: What stays of an entry once the person it is about is forgotten: ids, days, counts and our own words.
KEPT_KEYS = (
    "attached_to", "component_id", "days", "department_id", "door", "employee_id", "end_date", "first_on", "job_id",
    "kind", "last_day", "last_on", "leave_type", "manifest", "period", "seconds", "sha256", "source", "start_date",
    "valid_from", "valid_to", "verdict", "work_date",
)  # fmt: skip

_FORGET = """
    UPDATE core_activitylog SET meta = coalesce((
        SELECT jsonb_object_agg(each.key, each.value) FROM jsonb_each(meta) each WHERE each.key = ANY(%(kept)s)), '{}')
    WHERE (resource_id = ANY(%(about)s) OR meta ->> 'employee_id' = %(employee_id)s)
        AND EXISTS (SELECT FROM jsonb_object_keys(meta) held (key) WHERE held.key <> ALL(%(kept)s))
"""


def forget(*, employee_id: UUID, about: Iterable[UUID]) -> int:
    """Leave of the entries about a person, or about these rows, only what says nothing of her; how many changed.

    That something was done, when and by whom stays. The log is append-only for the application's login.
    """
    bound: dict[str, Any] = {"kept": list(KEPT_KEYS), "about": list(about), "employee_id": str(employee_id)}
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, bound)
        return int(cursor.rowcount)


_COLUMNS = ("id", "created_at", "user", "action", "resource_type", "resource_id", "meta")


def record_many(entries: Iterable[ActivityLog]) -> None:
    """Log many acts with one statement, none with none."""
    if told := [_told(one) for one in entries]:
        copying.rows(ActivityLog, _COLUMNS, told)


def _told(one: ActivityLog) -> tuple[Any, ...]:
    meta = None if one.meta is None else json.dumps(one.meta)
    return one.pk, one.created_at, one.user_id, one.action, one.resource_type, one.resource_id, meta
