"""The named cast and a client that signs in as one of them.

The cast: Ema, an employee of Engineering; Mona, her manager; Budi, a colleague in a sub-department; Otto, an outsider in
another department; Hana from HR; Paula from payroll; Sara, the superadmin; Ari, the auditor.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.models import Model
from django.utils import timezone
from rest_framework.test import APIClient

from hr.models import Department, Employee, Role, Setting, User, UserRole
from hr.services import sessions
from hr.tests import builders
from peoplesync.core import copying


@dataclass(frozen=True)
class Cast:
    """Who plays in most tests, with their departments."""

    setting: Setting
    engineering: Department
    platform: Department
    sales: Department
    employee: User
    colleague: User
    manager: User
    outsider: User
    hr: User
    payroll: User
    superadmin: User
    auditor: User

    def by_role(self) -> dict[str, User]:
        """One user per role of the rights matrix."""
        return {
            "employee": self.employee,
            "manager": self.manager,
            "hr": self.hr,
            "payroll_admin": self.payroll,
            "auditor": self.auditor,
            "superadmin": self.superadmin,
        }


#: Name -> department and role, in the order of the fields above.
PLAYERS = {
    "ema": ("Engineering", "employee"),
    "budi": ("Platform", "employee"),
    "mona": ("Engineering", "manager"),
    "otto": ("Sales", "employee"),
    "hana": ("Sales", "hr"),
    "paula": ("Sales", "payroll_admin"),
    "sara": ("Sales", "superadmin"),
    "ari": ("Sales", "auditor"),
}


@pytest.fixture
def cast(db: None) -> Cast:
    """The organisation with its cast, in Asia/Jakarta."""
    return _cast()


@pytest.fixture(scope="module")
def kept_cast(django_db_setup: None, django_db_blocker: Any) -> Iterator[Cast]:
    """The cast in a transaction around a module's tests, for modules that build much on it: once, not for each test.

    Each test rolls back to what was built; the objects are shared, so tests take copies of them or read them again.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        yield _cast()
        transaction.set_rollback(True)


def _cast() -> Cast:
    """Most tests ask for it, so it takes one COPY a table."""
    setting = Setting.objects.create(org_name="PT Test", timezone="Asia/Jakarta")
    engineering = Department(name="Engineering", code="ENG")
    platform = Department(name="Platform", code="PLT", parent=engineering)
    sales = Department(name="Sales", code="SAL")
    places = {place.name: place for place in (engineering, platform, sales)}
    users = [_user(name, places[place]) for name, (place, _) in PLAYERS.items()]
    _stored(Department, places.values())
    _stored(Employee, [user.employee for user in users])
    _stored(User, users)
    roles = {role.name: role for role in Role.objects.all()}
    _stored(
        UserRole,
        [
            UserRole(user=user, role=roles[role])
            for user, (_, named) in zip(users, PLAYERS.values(), strict=True)
            for role in dict.fromkeys(("employee", named))
        ],
    )
    for user, (_, named) in zip(users, PLAYERS.values(), strict=True):
        user.role_names = frozenset({"employee", named})  # as signing in knows them
    return Cast(setting, engineering, platform, sales, *users)


def _stored(model: type[Model], instances: Collection[Any]) -> None:
    at = timezone.now()
    for one in instances:
        one.created_at = one.updated_at = at
        one._state.adding, one._state.db = False, DEFAULT_DB_ALIAS
    copying.new(model, instances)


def _user(name: str, place: Department) -> User:
    """Somebody who signs in with the builders' password, not yet stored."""
    person = Employee(
        employee_number=f"C-{name}", first_name=name.capitalize(), department=place, email=f"{name}@example.com",
        hired_at=date(2020, 1, 15),
    )  # fmt: skip
    return User(email=f"{name}@example.com", password=builders.hashed(), employee=person)


def token_for(user: User) -> str:
    """An access token as sign-in would give it."""
    return str(sessions.access_token(user=user, session_id=uuid4().hex, at=timezone.now()))


class Client(APIClient):
    """A test client that speaks JSON below /api/v1 and signs in by token."""

    def signed_in(self, user: User | None) -> Client:
        """A new client of this user; None is nobody."""
        client = Client()
        if user is not None:
            client.credentials(HTTP_AUTHORIZATION=f"Bearer {token_for(user)}")
        return client


@pytest.fixture
def client_of() -> Any:
    """`client_of(cast.hr).get("/api/v1/employees")`."""
    return Client().signed_in


@pytest.fixture(autouse=True)
def fresh_cache() -> None:
    """Throttle counts of one test never reach the next."""
    cache.clear()
