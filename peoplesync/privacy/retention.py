"""Forgetting by policy: punch evidence and attendance photos older than the organisation keeps them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from attendance.selectors import evidence
from attendance.services import retention
from hr.selectors import organisation
from peoplesync.core.changes import midnight
from peoplesync.core.selectors import files
from peoplesync.core.services import activity, uploads

#: Rows of one transaction: a run that is cut short keeps what it has done, and the next goes on from there.
BATCH = 2000
PHOTOS_OF = "attendance"


@dataclass(frozen=True, slots=True)
class Forgotten:
    """`before` is the first day that is kept, None when everything is."""

    before: date | None
    evidence_count: int = 0
    photo_count: int = 0


def apply(*, at: datetime, is_dry_run: bool = False, batch: int = BATCH) -> Forgotten:
    """Delete what is older than the settings keep, in batches; a dry run only counts. A second run finds nothing."""
    kept_days = organisation.settings().punch_evidence_days
    if kept_days == 0:
        return Forgotten(None)
    before = organisation.today(at) - timedelta(days=kept_days)
    if is_dry_run:
        photos = files.attached_before(PHOTOS_OF, midnight(before)).count()
        return Forgotten(before, evidence.due(before).count(), photos)
    photos = _until_done(
        lambda: uploads.forget_attached(to_type=PHOTOS_OF, before=midnight(before), at_most=batch), batch
    )
    rows = _until_done(lambda: retention.forget_evidence(before=before, at=at, at_most=batch), batch)
    if rows or photos:
        meta = {"before": before, "evidence_count": rows, "photo_count": photos}
        activity.record(
            action="privacy.retention_applied", resource_type="settings", resource_id=None, by=None, meta=meta, at=at
        )
    return Forgotten(before, rows, photos)


def _until_done(forget: Callable[[], int], batch: int) -> int:
    total = 0
    while True:
        count = forget()
        total += count
        if count < batch:
            return total
