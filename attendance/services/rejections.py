"""A punch that a site's policy rejects is refused and yet a fact: it stays in the log, with its verdict and its reasons."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from attendance.models import Punch
from attendance.services.judging import Rejected
from attendance.services.one_statement import OneStatement
from peoplesync.core.services import activity


@contextmanager
def kept() -> Iterator[None]:
    """Log the punch that was rejected inside, and let the refusal go on to the caller.

    Around the act's own transaction, since a refusal takes back whatever that wrote; a caller with a transaction around
    the act wraps hers too. Storing it a second time changes nothing.
    """
    try:
        yield
    except Rejected as refusal:
        _keep(refusal.punch)
        raise


@transaction.atomic
def _keep(punch: Punch) -> None:
    if Punch.objects.filter(pk=punch.pk).exists():
        return
    writing = OneStatement()
    writing.insert(punch)
    writing.insert(punch.evidence)
    writing.insert(
        activity.entry(
            action="attendance.punch_rejected",
            resource_type="punch",
            resource_id=punch.pk,
            by=punch.made_by_id,
            meta={"employee_id": punch.employee_id, "door": punch.door, "kind": punch.kind, "at": punch.at},
            at=punch.received_at,
        )
    )
    writing.run()
