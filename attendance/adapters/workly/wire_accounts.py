"""PURE. The account behind a token: user, company, role, employee, today's plan and punches, settings."""

from __future__ import annotations

from dataclasses import dataclass

from attendance.adapters.answers import JsonObject
from attendance.adapters.workly.wire_employees import Employee, employee_json
from attendance.adapters.workly.wire_times import Actual, Scheduled, actual_json, scheduled_json

ADMINISTRATOR, HEAD, MANAGER, OBSERVER, EMPLOYEE = range(1, 6)
ROLE_NAMES = {
    "ru": {
        ADMINISTRATOR: "Администратор",
        HEAD: "Руководитель отдела",
        MANAGER: "Менеджер отдела",
        OBSERVER: "Наблюдатель",
        EMPLOYEE: "Сотрудник",
    },
    "en": {
        ADMINISTRATOR: "Administrator",
        HEAD: "Head of department",
        MANAGER: "Department manager",
        OBSERVER: "Observer",
        EMPLOYEE: "Employee",
    },
}


@dataclass(frozen=True)
class Settings:
    """`time_zone` is the zone in which every time of this door is read and written."""

    id: int
    user_id: int
    time_zone: str
    language: str = "ru"


@dataclass(frozen=True)
class Account:
    """`employee` is None for a service user that is nobody's own."""

    id: int
    user_name: str
    company_id: int
    company_name: str
    role_id: int
    settings: Settings
    scheduled: Scheduled
    actual: Actual
    employee: Employee | None = None


def account_answer(account: Account) -> JsonObject:
    """Bare, without an envelope."""
    zone_name, language = account.settings.time_zone, account.settings.language
    names = ROLE_NAMES.get(language, ROLE_NAMES["ru"])
    return {
        "id": account.id,
        "user_name": account.user_name,
        "company_id": account.company_id,
        "company_name": account.company_name,
        "role": {"id": account.role_id, "name": names[account.role_id]},
        "employee": None if account.employee is None else employee_json(account.employee),
        "scheduled": scheduled_json(account.scheduled, zone_name),
        "actual": actual_json(account.actual, account.scheduled, zone_name),
        "settings": _settings_json(account.settings),
    }


def _settings_json(settings: Settings) -> JsonObject:
    return {
        "id": settings.id,
        "user_id": settings.user_id,
        "fiotype": "lastfirstmiddle",
        "date_format": "full",
        "time_zone": settings.time_zone,
        "ampm": "24",
        "lang": settings.language,
    }
