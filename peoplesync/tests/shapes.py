"""The contract's shapes, key for key, to hold real answers against. Written from the contract, not from our serializers."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

Rule = Callable[[Any], bool]


def text(value: Any) -> bool:
    return isinstance(value, str)


def whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def flag(value: Any) -> bool:
    return isinstance(value, bool)


def thing(value: Any) -> bool:
    return isinstance(value, dict)


def uuid(value: Any) -> bool:
    return isinstance(value, str) and str(UUID(value)) == value


def instant(value: Any) -> bool:
    return isinstance(value, str) and bool(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z", value))


def day(value: Any) -> bool:
    return isinstance(value, str) and bool(re.fullmatch(r"\d{4}-\d\d-\d\d", value))


def null_or(rule: Rule) -> Rule:
    return lambda value: value is None or rule(value)


def word(*words: str) -> Rule:
    return lambda value: value in words


def many(shape: str | Rule) -> Rule:
    def fits(value: Any) -> bool:
        for item in value:
            check(item, shape) if isinstance(shape, str) else _must(shape(item), item)
        return isinstance(value, list)

    return fits


def one(shape: str) -> Rule:
    def fits(value: Any) -> bool:
        check(value, shape)
        return True

    return fits


_PERIOD: dict[str, Rule] = {"id": uuid, "employee_id": uuid, "period_year": whole, "period_month": whole}
_PAY: dict[str, Rule] = {**_PERIOD, "gross_amount": number, "net_amount": number, "created_at": instant}
SHAPES: dict[str, dict[str, Rule]] = {
    "ErrorResponse": {"message": text, "status": whole},
    "MetaPagination": {
        "current_page": whole, "per_page": whole, "total": whole, "last_page": whole, "from": null_or(whole),
        "to": null_or(whole),
    },
    "User": {
        "id": uuid, "email": text, "employee_id": null_or(uuid), "is_active": flag, "roles": many(text),
        "created_at": instant, "updated_at": instant,
    },
    "AuthLoginResponse": {
        "access_token": text, "token_type": word("Bearer"), "expires_in": word(3600), "refresh_token": text,
        "user": one("User"),
    },
    "Role": {"id": uuid, "name": text, "description": null_or(text), "created_at": instant},
    "Department": {
        "id": uuid, "name": text, "code": null_or(text), "parent_id": null_or(uuid), "created_at": instant,
    },
    "Employee": {
        "id": uuid, "employee_number": text, "first_name": text, "last_name": null_or(text), "email": null_or(text),
        "phone": null_or(text), "department_id": null_or(uuid), "hired_at": null_or(day),
        "status": word("active", "terminated", "on_leave"), "current_salary": null_or(number),
        "latest_payroll_id": null_or(uuid), "created_at": instant, "updated_at": instant,
    },
    "Attendance": {
        "id": uuid, "employee_id": uuid, "clock_in": instant, "clock_out": null_or(instant), "lat": null_or(number),
        "lng": null_or(number), "location": null_or(text), "location_accuracy": null_or(number),
        "device_id": null_or(text), "photo_url": null_or(text), "source": word("mobile", "web", "offline"),
        "sync_status": word("pending", "synced", "failed"), "created_at": instant,
    },
    "JobStatus": {
        "job_id": text, "status": word("queued", "processing", "completed", "failed"), "progress": one("Progress"),
        "result": lambda value: value is None or isinstance(value, str | dict), "error": null_or(text),
        "created_at": instant, "updated_at": instant,
    },
    "Progress": {"processed": whole, "total": whole},
    "SyncRecord": {
        "position": whole, "id": null_or(text),
        "status": word("pending", "created", "duplicate", "conflict", "refused"), "code": null_or(text),
        "reason": null_or(text), "attendance_id": null_or(uuid),
    },
    "Leave": {
        "id": uuid, "employee_id": uuid, "leave_type": word("annual", "sick", "permission", "unpaid"),
        "start_date": day, "end_date": day, "days": number, "status": word("pending", "approved", "rejected"),
        "approved_by": null_or(uuid), "reason": null_or(text), "created_at": instant, "updated_at": instant,
    },
    "SalaryComponent": {
        "id": uuid, "name": text, "type": word("fixed", "variable", "deduction"), "default_amount": number,
        "created_at": instant,
    },
    "Payroll": {
        **_PAY, "status": word("draft", "generated", "posted"), "items": many("PayrollItem"),
        "generated_at": null_or(instant), "paid_at": null_or(instant),
    },
    "PayrollItem": {
        "id": uuid, "component_id": uuid, "component_name": text, "amount": number, "note": null_or(text),
    },
    "PayrollSnapshot": _PAY,
    "ActivityLog": {
        "id": uuid, "user_id": null_or(uuid), "action": text, "resource_type": text, "resource_id": null_or(uuid),
        "meta": null_or(thing), "created_at": instant,
    },
    "Notification": {
        "id": uuid, "user_id": uuid, "title": text, "message": text, "is_read": flag, "sent_at": null_or(instant),
        "created_at": instant,
    },
    "Setting": {
        "id": uuid, "org_name": text, "payroll_cutoff_day": whole, "timezone": text, "created_at": instant,
        "updated_at": instant,
    },
    "PresignedUrl": {"upload_url": text, "file_url": text, "fields": null_or(thing), "expires_in": whole},
    "HealthCheck": {
        "status": word("ok", "degraded"), "version": text, "timestamp": instant, "services": one("Services"),
    },
    "Services": {
        name: word("connected", "disconnected") for name in ("database", "redis", "storage")
    },
}  # fmt: skip
_OPTIONAL = {"ErrorResponse": {"errors"}}


def check(value: Any, name: str) -> None:
    """Fails unless the value has exactly the keys of the shape, each with a value it may have.

    `page of Leave` is the list envelope.
    """
    if name.startswith("page of "):
        _must(isinstance(value, dict) and set(value) == {"data", "meta"}, value)
        check(value["meta"], "MetaPagination")
        many(name.removeprefix("page of "))(value["data"])
        return
    rules = SHAPES[name]
    _must(isinstance(value, dict), f"{name}: {value}")
    found = set(value) - _OPTIONAL.get(name, set())
    _must(found == set(rules), f"{name} differs in {found ^ set(rules)}")
    for key, rule in rules.items():
        _must(rule(value[key]), f"{name}.{key} is {value[key]!r}")
    if name == "ErrorResponse" and "errors" in value:
        _must(all(many(text)(sentences) for sentences in value["errors"].values()), value)


def _must(is_so: bool, what: Any) -> None:
    assert is_so, what
