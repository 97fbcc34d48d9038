"""The demo's people: a number decides everything about a person, so the same number is the same person in every demo."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password

from hr.models import EmployeeStatus, Role, User, UserRole
from hr.services import employee_import
from peoplesync.core.progress import Advance
from peoplesync.demo import organisation
from peoplesync.demo.ids import FOUNDED_AT, demo_id, luck
from peoplesync.demo.names import FAMILY, GIVEN
from peoplesync.kernel.roles import RoleName

PASSWORD = "peoplesync-demo"  # noqa: S105 published with the demo accounts
DOMAIN = "demo.peoplesync.example"
PREFIX = "PSI-"
#: The people of the small demo; everybody after them works in a branch.
CORE = 40
HIRED_BY_THEN = timedelta(days=200)
_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who can sign in as `<name>@demo.peoplesync.example`."""

    number: int
    name: str
    first_name: str
    last_name: str
    department: str
    role: RoleName
    hired_at: date
    salary: int


#: The manager's department holds the employee; the employee has been here since 2015, as old clockings ask for.
ACCOUNTS = (
    Account(1, "superadmin", "Sri", "Handayani", "PFI", RoleName.SUPERADMIN, date(2015, 1, 5), 32 * _MILLION),
    Account(2, "hr", "Ratna", "Puspita", "PFI", RoleName.HR, date(2016, 4, 1), 18 * _MILLION),
    Account(3, "payroll", "Hendra", "Wijaya", "PFI", RoleName.PAYROLL_ADMIN, date(2017, 2, 13), 17 * _MILLION),
    Account(4, "manager", "Agus", "Setiawan", "ENG", RoleName.MANAGER, date(2015, 6, 1), 28 * _MILLION),
    Account(5, "employee", "Putri", "Anggraini", "ENG", RoleName.EMPLOYEE, date(2015, 3, 2), 12 * _MILLION),
    Account(6, "auditor", "Bambang", "Nugroho", "PFI", RoleName.AUDITOR, date(2018, 9, 3), 16 * _MILLION),
)
_BY_NUMBER = {account.number: account for account in ACCOUNTS}
_COLUMNS = (
    "first_name", "last_name", "email", "phone", "department_id", "hired_at", "ended_on", "end_reason", "status",
    "current_salary",
)  # fmt: skip


def number_of(number: int) -> str:
    """The employee number as people write it."""
    return f"{PREFIX}{number:05}"


def employee_id(number: int) -> UUID:
    return demo_id(f"employee:{number_of(number)}", FOUNDED_AT + timedelta(seconds=number))


def user_id(name: str) -> UUID:
    return demo_id(f"user:{name}")


def branch_count(count: int) -> int:
    """How many branches a demo of `count` people needs."""
    return 0 if count <= CORE else organisation.branch_of(count - CORE - 1) + 1


def write(*, first: int, last: int, seed: int, today: date, at: datetime, advance: Advance) -> None:
    """Employees `first` to `last`, both inside, with their entries in the activity log."""
    for start in range(first, last + 1, employee_import.BATCH):
        numbers = range(start, min(start + employee_import.BATCH, last + 1))
        employee_import.write(
            rows=list(_rows(numbers, seed, today)),
            columns=_COLUMNS,
            by=None,
            at=at,
            id_of=lambda text: employee_id(int(text.removeprefix(PREFIX))),
        )
        advance(len(numbers))


def _rows(numbers: Iterable[int], seed: int, today: date) -> Iterator[dict[str, Any]]:
    for number in numbers:
        known = _BY_NUMBER.get(number)
        yield _account_row(known) if known else _row(number, seed, today)


def _account_row(account: Account) -> dict[str, Any]:
    return {
        "employee_number": number_of(account.number),
        "first_name": account.first_name,
        "last_name": account.last_name,
        "email": f"{account.name}@{DOMAIN}",
        "phone": _phone(account.number),
        "department_id": organisation.department_id(account.department),
        "hired_at": account.hired_at,
        "ended_on": None,
        "end_reason": "",
        "status": EmployeeStatus.ACTIVE.value,
        "current_salary": account.salary,
    }


def _row(number: int, seed: int, today: date) -> dict[str, Any]:
    chance = luck(seed, "person", number)
    given = chance.choice(GIVEN)
    #: Many Indonesians have a single name.
    family = None if chance.random() < 0.06 else chance.choice(FAMILY)
    hired_at, ended_on = _employment(number, chance, today)
    return {
        "employee_number": number_of(number),
        "first_name": given,
        "last_name": family,
        "email": f"{given}.{number}@{DOMAIN}".lower(),
        "phone": _phone(number),
        "department_id": organisation.department_id(_department(number)),
        "hired_at": hired_at,
        "ended_on": ended_on,
        "end_reason": "Resigned" if ended_on else "",
        "status": EmployeeStatus.TERMINATED.value if ended_on else EmployeeStatus.ACTIVE.value,
        "current_salary": chance.randrange(52, 200) * 100_000,
    }


def _employment(number: int, chance: Random, today: date) -> tuple[date, date | None]:
    """First and last day. Every fortieth person joined lately, every one before her has left lately."""
    hired_at = today - HIRED_BY_THEN - timedelta(days=chance.randrange(3000))
    if number % CORE == 0:
        return today - timedelta(days=18 + chance.randrange(20)), None
    if number % CORE == CORE - 1:
        return hired_at, today - timedelta(days=12 + chance.randrange(20))
    return hired_at, None


def _department(number: int) -> str:
    if number > CORE:
        return organisation.branch_code(organisation.branch_of(number - CORE - 1))
    return ("OPS", "OPS", "ENG", "PLT", "OPS", "PFI")[number % 6]


def _phone(number: int) -> str:
    return f"+62812{number:08}"


def write_users(at: datetime) -> None:
    """The accounts with their roles. Each also is an ordinary employee."""
    # One hash for all: the password is published, so a salt for each would protect nobody.
    hashed = make_password(PASSWORD)
    roles = dict(Role.objects.alive().values_list("name", "pk"))
    User.objects.bulk_create(
        [
            User(
                id=user_id(account.name),
                email=f"{account.name}@{DOMAIN}",
                password=hashed,
                employee_id=employee_id(account.number),
                created_at=at,
                updated_at=at,
            )
            for account in ACCOUNTS
        ]
    )
    UserRole.objects.bulk_create(
        [
            UserRole(id=demo_id(f"role:{account.name}:{name}"), user_id=user_id(account.name), role_id=roles[name], created_at=at)
            for account in ACCOUNTS
            for name in dict.fromkeys((RoleName.EMPLOYEE, account.role))
        ]
    )  # fmt: skip
