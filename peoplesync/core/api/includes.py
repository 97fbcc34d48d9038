"""`?include=`: named expanders that add a key to every row of a page with a constant number of statements.

An app registers expanders for its own resources, and an upper app for a lower one's (`latest_payroll` on employees).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from rest_framework import serializers
from rest_framework.fields import SkipField

Expander = Callable[[Sequence[Any], Any], Mapping[Any, Any]]


@dataclass(frozen=True, slots=True)
class _Include:
    expander: Expander
    shape: Any
    is_list: bool


_expanders: dict[str, dict[str, _Include]] = {}


def register(resource: str, name: str, expander: Expander, *, shape: Any = None, is_list: bool = False) -> None:
    """`expander(rows, user)` returns primary key -> JSON value; a missing key is shown as null.

    `shape` is the serializer or field class of the value (or of its items, with `is_list`), for the OpenAPI document.
    """
    _expanders.setdefault(resource, {})[name] = _Include(expander, shape, is_list)


def names(resource: str) -> list[str]:
    """What `include` understands for a resource."""
    return sorted(_expanders.get(resource, {}))


def names_in(resource: str, serializer: Any) -> list[str]:
    """What `include` adds to answers in this serializer's shape, for the OpenAPI document."""
    shown = getattr(serializer, "_declared_fields", {})
    return [name for name in names(resource) if isinstance(shown.get(name), Included)]


def expand(resource: str, asked: str | None, rows: Sequence[Any], data: Sequence[dict[str, Any]], user: Any) -> None:
    """Add the asked keys to `data` in place. Unknown names are ignored, as the contract says."""
    known = _expanders.get(resource, {})
    for name in dict.fromkeys((asked or "")[:500].split(",")):
        include = known.get(name.strip())
        if include is None:
            continue
        found = include.expander(rows, user)
        for row, shown in zip(rows, data, strict=True):
            shown[name.strip()] = found.get(row.pk)


class Included(serializers.Field):
    """A key that only `?include=` adds: documented in the schema, written by `expand`."""

    def __init__(self, resource: str, name: str) -> None:
        super().__init__(read_only=True, required=False)
        self.resource, self.name = resource, name

    def get_attribute(self, instance: Any) -> Any:
        raise SkipField

    def to_representation(self, value: Any) -> Any:
        return value


class IncludedSchema(OpenApiSerializerFieldExtension):
    """Documents an included key with the serializer its expander was registered with."""

    target_class = Included

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        include = _expanders.get(self.target.resource, {}).get(self.target.name)
        if include is None or include.shape is None:
            return {"type": "object", "nullable": True, "additionalProperties": True}
        if not issubclass(include.shape, serializers.BaseSerializer):
            shown: dict[str, Any] = auto_schema._map_serializer_field(include.shape(), direction)
            return {"type": "array", "items": shown, "nullable": True} if include.is_list else shown
        reference = auto_schema.resolve_serializer(include.shape, direction).ref
        if include.is_list:
            return {"type": "array", "items": reference}
        return {"allOf": [reference], "nullable": True}
