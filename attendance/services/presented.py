"""A punch as a door hands it in: already parsed, not yet judged. Doors build it, services read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from attendance.models import PunchEvidence
from attendance.rules.punches import Door


@dataclass(frozen=True, slots=True, kw_only=True)
class Presented:
    """`at` is the instant that counts, `received_at` when it reached us (both aware); `zone` an IANA name, or None for
    the employee's own. `work_date` is the day the caller insists on; None lets the rules decide.
    """

    door: Door
    at: datetime
    received_at: datetime
    made_by: Any = None
    source: str = "web"
    zone: str | None = None
    work_date: date | None = None
    client_id: str | None = None
    client_at: datetime | None = None
    comment: str = ""
    site_id: UUID | None = None
    time_clock_id: UUID | None = None
    work_job_id: UUID | None = None
    shift_ref: str = ""
    is_overnight: bool = False
    lat: Decimal | None = None
    lng: Decimal | None = None
    location: str | None = None
    location_accuracy: Decimal | None = None
    is_mock_location: bool | None = None
    photo_url: str | None = None
    device_id: str | None = None
    observed_ip: str | None = None
    reported_ip: str = ""

    @property
    def made_by_id(self) -> UUID | None:
        return getattr(self.made_by, "pk", self.made_by)

    def evidence(self) -> PunchEvidence:
        """What retention may delete later, not yet tied to a punch."""
        return PunchEvidence(
            lat=self.lat,
            lng=self.lng,
            location=self.location,
            location_accuracy=self.location_accuracy,
            is_mock_location=self.is_mock_location,
            photo_url=self.photo_url,
            device_id=self.device_id,
            observed_ip=self.observed_ip,
            reported_ip=self.reported_ip,
        )
