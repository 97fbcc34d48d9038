"""The contract's one way to page: `page` and `per_page` in, `data` and `meta` out."""

from __future__ import annotations

from typing import Any

from rest_framework.pagination import BasePagination
from rest_framework.response import Response

from peoplesync.core import counting
from peoplesync.kernel.errors import Invalid

DEFAULT_SIZE = 25
MAXIMUM_SIZE = 100
#: What clients count with; no list is that long, and a page past the end asks the database for the total only.
MAXIMUM_PAGE = 2**63 - 1
#: Where the total is an estimate the database is asked for any page it can address.
MAXIMUM_OFFSET = 2**63 - 1 - 100
EXAMPLE = {"current_page": 1, "per_page": 25, "total": 120, "last_page": 5, "from": 1, "to": 25}


class ContractPagination(BasePagination):
    """`per_page` 1..100 (25 when absent), `page` from 1; a page past the end is empty, not an error.

    `total` is exact up to `counting.COUNTED` and an estimate beyond; pages are exact always.
    """

    def paginate_queryset(self, queryset: Any, request: Any, view: Any = None) -> list[Any]:
        self.page = _bounded(request.query_params.get("page"), "page", 1, MAXIMUM_PAGE)
        self.size = _bounded(request.query_params.get("per_page"), "per_page", DEFAULT_SIZE, MAXIMUM_SIZE)
        self.total, is_exact = counting.rows_of(queryset)
        start = (self.page - 1) * self.size
        is_past = start >= self.total if is_exact else start > MAXIMUM_OFFSET
        self.rows = [] if is_past else list(queryset[start : start + self.size])
        self.first = start + 1 if self.rows else None
        return self.rows

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"data": data, "meta": self.meta()})

    def meta(self) -> dict[str, int | None]:
        """MetaPagination: `from` and `to` are null on an empty page, `last_page` is at least 1."""
        return {
            "current_page": self.page,
            "per_page": self.size,
            "total": self.total,
            "last_page": max(1, -(-self.total // self.size)),
            "from": self.first,
            "to": self.first + len(self.rows) - 1 if self.first else None,
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        bounds = (("page", 1, MAXIMUM_PAGE), ("per_page", DEFAULT_SIZE, MAXIMUM_SIZE))
        return [
            {
                "name": name,
                "in": "query",
                "required": False,
                "schema": {"type": "integer", "default": default, "minimum": 1, "maximum": maximum},
            }
            for name, default, maximum in bounds
        ]

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["data", "meta"],
            "properties": {
                "data": schema,
                "meta": {"allOf": [{"$ref": "#/components/schemas/MetaPagination"}], "example": EXAMPLE},
            },
        }


def _bounded(raw: str | None, name: str, default: int, maximum: int) -> int:
    if raw is None or raw == "":
        return default
    digits = raw.lstrip("0") if raw.isascii() and raw.isdigit() else ""
    if not 0 < len(digits) < 20 or int(digits) > maximum:
        raise Invalid.field(name, f"Give a whole number from 1 to {maximum}.", code="out_of_range")
    return int(digits)
