"""The contract's one way to page: `page` and `per_page` in, `data` and `meta` out."""

from __future__ import annotations

from typing import Any

from rest_framework.pagination import BasePagination
from rest_framework.response import Response

from peoplesync.kernel.errors import Invalid

DEFAULT_SIZE = 25
MAXIMUM_SIZE = 100
#: Pages beyond are this one: the database counts rows in 64 bits, and no list is that long.
LAST_PAGE = 1_000_000_000
EXAMPLE = {"current_page": 1, "per_page": 25, "total": 120, "last_page": 5, "from": 1, "to": 25}


class ContractPagination(BasePagination):
    """`per_page` 1..100 (25 when absent), `page` from 1; a page past the end is empty, not an error."""

    def paginate_queryset(self, queryset: Any, request: Any, view: Any = None) -> list[Any]:
        self.page = min(_whole(request, "page", 1), LAST_PAGE)
        self.size = _whole(request, "per_page", DEFAULT_SIZE, MAXIMUM_SIZE)
        self.total = queryset.count()
        start = (self.page - 1) * self.size
        self.rows = list(queryset[start : start + self.size]) if start < self.total else []
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
        bounds = {"page": {"default": 1}, "per_page": {"default": DEFAULT_SIZE, "maximum": MAXIMUM_SIZE}}
        return [
            {
                "name": name,
                "in": "query",
                "required": False,
                "schema": {"type": "integer", "minimum": 1, **bound},
            }
            for name, bound in bounds.items()
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


def _whole(request: Any, name: str, default: int, maximum: int | None = None) -> int:
    raw = request.query_params.get(name) or str(default)
    digits = raw.lstrip("0")[:30] if raw.isascii() and raw.isdigit() else ""
    if not digits or (maximum is not None and int(digits) > maximum):
        bounds = f"from 1 to {maximum}" if maximum else "from 1 on"
        raise Invalid.field(name, f"Give a whole number {bounds}.", code="out_of_range")
    return int(digits)
