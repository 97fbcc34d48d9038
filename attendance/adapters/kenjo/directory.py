"""PURE. Kenjo's people, places, categories and expected hours as its clients read them.

`/employees`, `/attendances/categories` and `/attendances/expected-time` wrap their rows in `data`; user accounts,
offices and departments are bare arrays. A key without a value is left out, never null.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Employee:
    id: str
    email: str | None
    is_active: bool
    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class Account:
    id: str
    email: str | None
    is_active: bool
    first_name: str | None = None
    last_name: str | None = None
    display_name: str | None = None
    company_id: str | None = None
    office_id: str | None = None
    department_id: str | None = None


@dataclass(frozen=True, slots=True)
class Office:
    id: str
    name: str
    company_id: str | None = None
    street: str | None = None


@dataclass(frozen=True, slots=True)
class Department:
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Category:
    id: str
    name: str
    is_active: bool
    parent_id: str | None = None


@dataclass(frozen=True, slots=True)
class Expected:
    """An employee's expected minutes, one pair for every day of the range."""

    user_id: str
    days: tuple[tuple[date, int], ...]


def _without_nothing(row: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in row.items() if value is not None}


def write_employee(employee: Employee) -> dict[str, object]:
    return _without_nothing(
        {
            "_id": employee.id,
            "email": employee.email,
            "isActive": employee.is_active,
            "externalId": employee.external_id,
        }
    )


def write_account(account: Account) -> dict[str, object]:
    return _without_nothing(
        {
            "_id": account.id,
            "email": account.email,
            "isActive": account.is_active,
            "firstName": account.first_name,
            "lastName": account.last_name,
            "displayName": account.display_name,
            "companyId": account.company_id,
            "officeId": account.office_id,
            "departmentId": account.department_id,
        }
    )


def write_office(office: Office) -> dict[str, object]:
    return _without_nothing(
        {
            "_id": office.id,
            "name": office.name,
            "companyId": office.company_id,
            "street": office.street,
        }
    )


def write_department(department: Department) -> dict[str, object]:
    return {"_id": department.id, "name": department.name}


def write_category(category: Category) -> dict[str, object]:
    return _without_nothing(
        {
            "_id": category.id,
            "name": category.name,
            "parentCategoryId": category.parent_id,
            "isActive": category.is_active,
        }
    )


def hours(minutes: int) -> int | Decimal:
    """Minutes as hours: whole where they are whole, else to two decimals.

    >>> hours(480), hours(456), hours(455)
    (8, Decimal('7.6'), Decimal('7.58'))
    """
    whole, rest = divmod(minutes, 60)
    return whole + (Decimal(rest) / 60).quantize(Decimal("0.01")).normalize() if rest else whole


def write_expected(rows: Sequence[Expected], *, page: int, limit: int, total: int) -> dict[str, object]:
    """One page of expected hours. Minutes are the whole time again, not what is left after the hours (8 h: 480)."""
    metadata = {"count": len(rows), "offset": page, "limit": limit, "total": total}
    return {"data": [_write_person(row) for row in rows], "metadata": metadata}


def _write_person(row: Expected) -> dict[str, object]:
    total = sum(minutes for _, minutes in row.days)
    days = [
        {"date": day.isoformat(), "expectedHours": hours(minutes), "expectedMinutes": minutes}
        for day, minutes in row.days
    ]
    return {
        "userId": row.user_id,
        "days": days,
        "totalExpectedHours": hours(total),
        "totalExpectedMinutes": total,
    }
