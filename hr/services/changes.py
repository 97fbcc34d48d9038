"""What an update changes: values set on a row, and the difference for the activity log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models

from peoplesync.kernel.errors import Invalid, NotFound

Difference = dict[str, list[Any]]


def held(rows: Any, row_id: UUID) -> Any:
    """The row as it stands now, which nobody else changes before the transaction ends. Raises NotFound once it is deleted."""
    found = rows.alive().select_for_update(no_key=True).filter(pk=row_id).first()
    if found is None:
        raise NotFound("It was deleted meanwhile. Reload to see what there is.", code="not_found")
    return found


def apply(row: models.Model, values: Mapping[str, Any]) -> Difference:
    """Set `values` on the row; what differs from before as field -> [old, new], for the log."""
    difference: Difference = {}
    for field, new in values.items():
        old = getattr(row, field)
        if old != new:
            setattr(row, field, new)
            difference[field] = [old, new]
    return difference


def check(row: models.Model) -> None:
    """Raises Invalid for values the columns cannot hold. What concerns other rows is the constraints' to judge."""
    relations = [field.name for field in row._meta.concrete_fields if field.is_relation]
    try:
        row.clean_fields(exclude=relations)
    except ValidationError as refusal:
        raise Invalid("Validation failed", code="invalid", errors=refusal.message_dict) from None


def save(row: models.Model, difference: Difference) -> None:
    """Check and write the columns that differ, and the instant of the change."""
    check(row)
    row.save(update_fields=[*difference, "updated_at"])
