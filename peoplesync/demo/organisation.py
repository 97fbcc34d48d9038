"""The demo's company: its settings and its departments."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from hr.models import Department, Setting
from peoplesync.demo.ids import demo_id

NAME = "PT PeopleSync Indonesia"
ZONE = "Asia/Jakarta"
CURRENCY = "IDR"
#: Rupiah are paid whole.
MONEY_UNIT = Decimal(1)
#: Nobody asks for approval of the minutes it takes to leave.
OVERTIME_STEP = 30
#: Code -> name and the code of the department above.
DEPARTMENTS: dict[str, tuple[str, str | None]] = {
    "OPS": ("Operations", None),
    "ENG": ("Engineering", None),
    "PLT": ("Platform", "ENG"),
    "PFI": ("People and Finance", None),
}
#: A large demo opens branches below Operations, each of this many people.
BRANCH_SIZE = 200
_CITIES = (
    "Surabaya", "Bandung", "Medan", "Semarang", "Makassar", "Palembang", "Denpasar", "Balikpapan", "Manado", "Padang",
    "Malang", "Yogyakarta", "Pontianak", "Banjarmasin", "Pekanbaru", "Mataram", "Jambi", "Ambon", "Kupang", "Jayapura",
)  # fmt: skip


def settings(at: datetime) -> None:
    """Name, zone, currency and its unit; everything else keeps the house's defaults."""
    chosen = {
        "org_name": NAME, "timezone": ZONE, "currency": CURRENCY, "money_unit": MONEY_UNIT,
        "overtime_step_minutes": OVERTIME_STEP,
    }  # fmt: skip
    Setting.objects.update_or_create(
        only_row=True,
        defaults={**chosen, "updated_at": at},
        create_defaults={**chosen, "id": demo_id("setting"), "created_at": at},
    )


def department_id(code: str) -> UUID:
    return demo_id(f"department:{code}")


def branch_of(rank: int) -> int:
    """The branch of the person who is `rank`-th among those who work in branches, from 0."""
    return rank // BRANCH_SIZE


def branch_code(branch: int) -> str:
    return f"BR{branch + 1:04}"


def departments(branch_count: int, at: datetime) -> None:
    """The four departments and as many branches as the people need; those that are here stay as they are."""
    rows = [_department(code, name, above, at) for code, (name, above) in DEPARTMENTS.items()]
    rows += [_department(branch_code(branch), _branch_name(branch), "OPS", at) for branch in range(branch_count)]
    Department.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)


def _branch_name(branch: int) -> str:
    return f"Branch {_CITIES[branch % len(_CITIES)]} {branch // len(_CITIES) + 1}"


def _department(code: str, name: str, above: str | None, at: datetime) -> Department:
    return Department(
        id=department_id(code),
        name=name,
        code=code,
        parent_id=department_id(above) if above else None,
        created_at=at,
        updated_at=at,
    )
