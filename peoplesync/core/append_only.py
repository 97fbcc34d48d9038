"""Tables that only ever grow. Apps name them in `ready`; the application login may insert and read them, nothing else.

Triggers alone would not do: application code can switch them off, and TRUNCATE passes row triggers. Rights cannot be
argued with by the process that lacks them.
"""

from __future__ import annotations

from django.apps import apps
from django.db.models import Model

_models: set[type[Model]] = set()


def register(*models: type[Model]) -> None:
    """Declare tables append-only for the application login."""
    _models.update(models)


def tables() -> list[str]:
    """Names of all append-only tables: the registered ones, and every history table (rows written by triggers)."""
    history = [model for model in apps.get_models() if hasattr(model, "pgh_tracked_model")]
    return sorted(model._meta.db_table for model in {*_models, *history})
