"""What is still kept of the circumstances of punches."""

from __future__ import annotations

from datetime import date
from typing import Any

from attendance.models import PunchEvidence


def due(before: date) -> Any:
    """The evidence of punches whose work date lies before a day."""
    return PunchEvidence.objects.filter(punch__work_date__lt=before)
