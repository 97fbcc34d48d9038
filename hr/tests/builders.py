"""Plain builders: the shortest way to a valid row, straight into the database, without services."""

from __future__ import annotations

import itertools
from datetime import date
from functools import lru_cache
from typing import Any

from django.contrib.auth.hashers import make_password

from hr.models import Department, Employee, Role, Setting, User, UserRole

PASSWORD = "correct horse battery"
_numbers = itertools.count(1)


@lru_cache
def hashed(password: str = PASSWORD) -> str:
    """A password hash made once per process: hashing is slow on purpose."""
    return make_password(password)


def setting(**values: Any) -> Setting:
    """The organisation's one row, made or changed."""
    row, _ = Setting.objects.update_or_create(only_row=True, defaults={"org_name": "PT Test", **values})
    return row


def department(name: str = "Engineering", **values: Any) -> Department:
    return Department.objects.create(name=name, **values)


def employee(first_name: str = "Jane", **values: Any) -> Employee:
    values.setdefault("employee_number", f"T-{next(_numbers):05}")
    values.setdefault("hired_at", date(2020, 1, 15))
    return Employee.objects.create(first_name=first_name, **values)


def role(name: str) -> Role:
    return Role.objects.get_or_create(name=name)[0]


def user(email: str | None = None, *, roles: tuple[str, ...] = ("employee",), **values: Any) -> User:
    """A live user with these roles; signs in with PASSWORD."""
    made = User.objects.create(email=email or f"user{next(_numbers)}@example.com", password=hashed(), **values)
    UserRole.objects.bulk_create([UserRole(user=made, role=role(name)) for name in roles])
    return made
