"""Staff in tests: a browser-like client signed in to the admin, and a walk over every staff page there is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from hr.models import User
from peoplesync import urls  # noqa: F401 staff pages are registered with the routes


@pytest.fixture
def staff() -> Any:
    """`staff(cast.hr).get("/admin/")`: signed in by session, as the login page would."""

    def signed_in(user: User | None, **options: Any) -> Client:
        client = Client(**options)
        if user is not None:
            client.force_login(user, backend="hr.authentication.Backend")
        return client

    return signed_in


@dataclass(frozen=True)
class StaffModel:
    """One registered model page and its addresses."""

    model: Any
    model_admin: Any

    @property
    def name(self) -> str:
        return f"{self.model._meta.app_label}_{self.model._meta.model_name}"

    def url(self, page: str, *arguments: Any) -> str:
        return reverse(f"admin:{self.name}_{page}", args=arguments)


def staff_models() -> Iterator[StaffModel]:
    """Every model page of the staff site."""
    for model, model_admin in admin.site._registry.items():
        yield StaffModel(model, model_admin)
