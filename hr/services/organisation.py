"""Acts on the organisation's settings."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from django.db import transaction

from hr.models import Setting, User
from hr.services import changes as differences
from peoplesync.core.services import activity
from peoplesync.kernel.dates import is_zone_name
from peoplesync.kernel.errors import Invalid


class Changes(TypedDict, total=False):
    """What the API may set; the rest is set in the admin."""

    org_name: str
    payroll_cutoff_day: int
    timezone: str


def update(*, changes: Changes, by: User | None, at: datetime) -> Setting:
    """Change what is given, making the row when there is none yet. Raises Invalid for an unknown time zone.

    Days already recorded keep the day they were given: a new zone counts from now on.
    """
    if "timezone" in changes and not is_zone_name(changes["timezone"]):
        raise Invalid.field("timezone", "Give an IANA time zone name, for example Asia/Jakarta.", code="unknown_zone")
    with transaction.atomic():
        row, is_new = Setting.objects.select_for_update(no_key=True).get_or_create(
            only_row=True, defaults={"created_at": at}
        )
        difference = differences.apply(row, changes)
        if difference:
            differences.save(row, difference)
        if difference or is_new:
            activity.record(
                action="settings.updated",
                resource_type="settings",
                resource_id=row.pk,
                by=by,
                meta={"changes": difference},
                at=at,
            )
    return row
