"""Photos of punches: a file of ours is tied to the stay its punch belongs to, and is read by whoever may read the stay."""

from __future__ import annotations

from attendance.models import Attendance
from attendance.services.presented import Presented
from peoplesync.core.services import uploads

OF_STAYS = "attendance"


def attached(row: Attendance, presented: Presented) -> Attendance:
    """The stay, with the photo of a punch tied to it in the caller's transaction; other addresses are only text.

    Raises Invalid (`photo_url`) for a file that is somebody else's, has not arrived, or belongs to a record already.
    """
    if presented.photo_url:
        uploads.attach(
            url=presented.photo_url,
            field="photo_url",
            to_type=OF_STAYS,
            to_id=row.pk,
            by=presented.made_by,
            at=presented.received_at,
        )
    return row
