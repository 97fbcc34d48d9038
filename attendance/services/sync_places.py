"""What the place of an offline record says for it, judged by her sites as they are when it arrives, as of a live punch.

Speed since the last punch is left out: it would hang on which records came first.
"""

from __future__ import annotations

from collections.abc import Collection

from attendance.models import SyncState
from attendance.rules.evidence import Evidence, Observation, Position, Site, weigh
from attendance.rules.punches import Verdict
from attendance.services.judging import NO_POSITION
from attendance.services.sync_answers import tell
from attendance.services.sync_rows import Taken, number_of


def weighed(taken: Taken, sites: Collection[Site]) -> Evidence:
    """The evidence of a record's in."""
    body = taken.item.body
    latitude, longitude = number_of(body["lat"]), number_of(body["lng"])
    position = None
    if latitude is not None and longitude is not None:
        position = Position(latitude, longitude, number_of(body["location_accuracy"]))
    return weigh(Observation(taken.told.in_at, position, has_photo=bool(body["photo_url"])), sites)


def may_come(taken: Taken, sites: Collection[Site]) -> bool:
    """Keep what the place of a new record says; where one of her sites does not take it, it is answered.

    How far away she was is not said: the answer is kept when places are forgotten.
    """
    taken.place = weighed(taken, sites)
    if taken.place.verdict != Verdict.REJECT:
        return True
    tell(taken.item, SyncState.REFUSED, "outside_site")
    if not taken.place.is_outside:
        taken.item.reason = NO_POSITION
    return False
