"""What a service or the rights matrix refuses on a staff page, in the words of the house and written down as the API does."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest

from peoplesync.core import errors
from peoplesync.core.api.errors import write_down
from peoplesync.kernel.errors import PeopleSyncError


def understood(
    request: HttpRequest, error: Exception, *, resource: str = "", row: Any = None
) -> PeopleSyncError | None:
    """The refusal an exception means, None for a bug. Who was forbidden something stands in the activity log after this."""
    known = errors.translated(error)
    if known is not None:
        match = request.resolver_match
        write_down(
            known,
            by=request.user,
            method=request.method,
            route=match.route if match else "",
            resource=resource or "admin",
            resource_id=row.pk if row is not None else _id_in(match.kwargs.get("object_id") if match else None),
            where={"page": match.url_name if match else None},
        )
    return known


def _id_in(text: str | None) -> UUID | None:
    """The row a path names; what is no id of ours names none."""
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
