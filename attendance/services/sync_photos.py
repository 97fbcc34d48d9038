"""Photos named in offline records: judged before the records count, tied to their stays when they do.

A record that comes again is never judged by its photo: the first one was, and its file is tied already or forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from uuid import UUID

from attendance.models import SyncState
from attendance.services.photos import OF_STAYS
from attendance.services.sync_answers import tell
from attendance.services.sync_rows import Item
from peoplesync.core.models import Upload
from peoplesync.core.services import uploads
from peoplesync.kernel.errors import Invalid

#: Files looked at between two signs of life: in a bucket each is fetched, decoded and written anew.
AT_ONCE = 20


def upload_of(item: Item) -> UUID | None:
    """The file of ours a record names; another address is only text."""
    address = item.body.get("photo_url")
    return uploads.upload_of(address) if address else None


class Photos:
    """The files that the records of a chunk name, and what is wrong with them."""

    def __init__(self, owner_id: UUID | None) -> None:
        self._owner_id = owner_id
        self._faults: dict[UUID, str] = {}
        self._free: dict[UUID, Upload] = {}
        self._taken: dict[UUID, Item] = {}

    def examine(self, items: Sequence[Item], alive: Callable[[], None]) -> None:
        """Look at what arrived, before anybody is locked. `alive` is called now and then: it may take long."""
        looked_at = 0
        for item in items:
            upload_id = upload_of(item)
            if upload_id is None or upload_id in self._faults:
                continue
            try:
                uploads.examine(upload_id=upload_id, field="photo_url", owner_id=self._owner_id)
            except Invalid as fault:
                self._faults[upload_id] = " ".join(fault.errors["photo_url"])
            looked_at += 1
            if looked_at % AT_ONCE == 0:
                alive()

    def hold(self, items: Sequence[Item]) -> None:
        """Lock the free ones among the files of a chunk, in the transaction that settles it."""
        wanted = {upload_id for item in items if (upload_id := upload_of(item))}
        self._taken = {}
        self._free = uploads.lock_free(upload_ids=wanted, owner_id=self._owner_id) if wanted else {}

    def may_come(self, item: Item, known: Collection[str]) -> bool:
        """Whether a record's photo lets it count; else it is answered. `known` are the person's ids received before."""
        upload_id = upload_of(item)
        if upload_id is None or item.client_id in known:
            return True
        if upload_id in self._free:
            first = self._taken.setdefault(upload_id, item)
            if (first.employee_id, first.client_id) == (item.employee_id, item.client_id):
                return True
        tell(item, SyncState.REFUSED, "photo")
        item.reason = self._faults.get(upload_id, item.reason)
        return False

    def attach(self, by: UUID | None, at: datetime) -> None:
        """Tie the photos of the records that count to the stays they were answered with."""
        pairs = [
            (self._free[upload_id], item.attendance_id)
            for upload_id, item in self._taken.items()
            if item.attendance_id is not None
        ]
        if pairs:
            uploads.attach_many(pairs=pairs, to_type=OF_STAYS, by=by, at=at)
