"""The named cast and a client that signs in as one of them.

The cast: Ema, an employee of Engineering; Mona, her manager; Budi, a colleague in a sub-department; Otto, an outsider in
another department; Hana from HR; Paula from payroll; Sara, the superadmin; Ari, the auditor.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.utils import timezone
from rest_framework.test import APIClient

from hr.models import Department, Setting, User
from hr.services import sessions
from hr.tests import builders


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


def _person(name: str, where: Department, role: str) -> User:
    person = builders.employee(name.capitalize(), department=where, email=f"{name}@example.com")
    roles = ("employee",) if role == "employee" else ("employee", role)
    return builders.user(f"{name}@example.com", roles=roles, employee=person)


@pytest.fixture
def cast(db: None) -> Cast:
    """The organisation with its cast, in Asia/Jakarta."""
    engineering = builders.department("Engineering", code="ENG")
    platform = builders.department("Platform", code="PLT", parent=engineering)
    sales = builders.department("Sales", code="SAL")
    return Cast(
        setting=builders.setting(timezone="Asia/Jakarta"),
        engineering=engineering,
        platform=platform,
        sales=sales,
        employee=_person("ema", engineering, "employee"),
        colleague=_person("budi", platform, "employee"),
        manager=_person("mona", engineering, "manager"),
        outsider=_person("otto", sales, "employee"),
        hr=_person("hana", sales, "hr"),
        payroll=_person("paula", sales, "payroll_admin"),
        superadmin=_person("sara", sales, "superadmin"),
        auditor=_person("ari", sales, "auditor"),
    )


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
