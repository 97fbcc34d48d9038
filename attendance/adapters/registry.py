"""The vendors whose clocking APIs are spoken here, and where: one line each. A fifth is a folder and one more line.

A vendor's folder has `urls.py` with `door` (its `VendorDoor`) and `urlpatterns` (its paths, verbatim), and `openapi.py` with
`document()`. Everything else below its mount is the vendor's own 404: also a slash at the end, also a wrong verb there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, include, path, re_path

from attendance.adapters.door import VendorDoor, json_answer


@dataclass(frozen=True)
class Mount:
    """One vendor's API below `/compat/<name>/`, described at `/api/schema/<name>`."""

    name: str

    @property
    def door(self) -> VendorDoor:
        return self._urls.door

    @property
    def routes(self) -> Sequence[URLPattern]:
        return self._urls.urlpatterns

    @cached_property
    def document(self) -> dict[str, Any]:
        """The OpenAPI document."""
        return import_module(f"attendance.adapters.{self.name}.openapi").document()

    @property
    def patterns(self) -> list[Any]:
        """The mount and its document, as routes of the house."""
        return [path("compat/", include(self.mounted)), self.documented]

    @property
    def mounted(self) -> list[Any]:
        """What lies below `/compat/`."""
        nothing = self.door.nothing_here()
        return [
            path(f"{self.name}/", include([*self.routes, re_path("", nothing)])),
            path(self.name, nothing),
        ]

    @property
    def documented(self) -> URLPattern:
        """Where the document is read."""
        return path(f"api/schema/{self.name}", self._shown(), name=f"schema-{self.name}")

    @property
    def _urls(self) -> Any:
        return import_module(f"attendance.adapters.{self.name}.urls")

    def _shown(self) -> Callable[[HttpRequest], HttpResponse]:
        def show(request: HttpRequest) -> HttpResponse:
            return json_answer(self.document)

        return show


MOUNTS = (
    Mount("goodday"),
    Mount("kenjo"),
    Mount("workly"),
    Mount("connecteam"),
)  # fmt: skip

urlpatterns = [
    path("compat/", include([pattern for mount in MOUNTS for pattern in mount.mounted])),  # one look for all others
    *(mount.documented for mount in MOUNTS),
]
