"""Reads of uploads."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from peoplesync.core.models import Upload, UploadStatus


def attached_before(to_type: str, before: datetime) -> Any:
    """Files attached to records of a type that were sent before an instant."""
    return Upload.objects.filter(status=UploadStatus.ATTACHED, attached_to_type=to_type, created_at__lt=before)


def owned_by(user_ids: Any) -> Any:
    """Every file these users sent that is still here, oldest first."""
    return Upload.objects.filter(owner_id__in=user_ids).order_by("pk")
