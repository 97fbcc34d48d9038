"""Forgetting what presence knows of a person who has left: where she was, with what, and what was said. Times stay."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import pgtrigger
from django.db import transaction
from django.db.models import F, Q, TextField, Value
from django.db.models.functions import Cast, Concat

from attendance.models import (
    Attendance,
    Correction,
    DayException,
    Punch,
    PunchEvidence,
    StandaloneBreak,
    SyncRecord,
    VendorId,
    VendorKey,
)
from attendance.services import exception_notices


@transaction.atomic
def forget(*, employee_id: UUID, user_ids: Collection[UUID], at: datetime) -> dict[str, int]:
    """Delete evidence and blank words; how many rows, by kind. Again: nothing is left.

    Punches are append-only for the application's login: this is an act of the owner's.
    """
    return {
        "evidence of punches": int(PunchEvidence.objects.filter(punch__employee=employee_id).delete()[0]),
        "punches with words": _punches(employee_id),
        "attendances": _stays(employee_id, at),
        "corrections": _said(Correction.objects.filter(employee=employee_id), "reason", "note"),
        "exceptions": _said(DayException.objects.filter(employee=employee_id), "note"),
        "breaks": _said(StandaloneBreak.objects.filter(employee=employee_id), "comment"),
        "records of offline batches": _batches(employee_id),
        "ids at vendors": int(VendorId.objects.filter(object_id__in=[employee_id, *user_ids]).delete()[0]),
        "vendor keys": _keys(employee_id, at),
    }


def topics_of(employee_id: UUID) -> list[str]:
    """What messages are known by that may name her among others: the days that showed some trouble of hers."""
    shown = DayException.objects.filter(employee=employee_id).values_list("kind", "work_date")
    return [exception_notices.topic(kind, day) for kind, day in shown]


def _punches(employee_id: UUID) -> int:
    """Comments, and device ids that stand in for a client's id; the id itself keeps a resent record from counting twice."""
    punches = Punch.objects.filter(employee=employee_id)
    with pgtrigger.ignore("attendance.Punch:append_only"):
        count = punches.exclude(comment="", reason="", signals=[]).update(comment="", reason="", signals=[])
        return count + _renamed(punches)


def _stays(employee_id: UUID, at: datetime) -> int:
    """Every stay is marked as changed when words or evidence went, so that phones forget the position too."""
    stays = Attendance.objects.filter(employee=employee_id)
    return int(stays.exclude(comment="").update(comment="", updated_at=at)) + _renamed(stays)


def _renamed(rows: Any) -> int:
    """Client ids made of a device's id are replaced by the row's own: as unique, and nobody's."""
    derived = rows.filter(client_id__startswith="none:").exclude(client_id__startswith="none:erased:")
    return int(derived.update(client_id=Concat(Value("none:erased:"), Cast(F("pk"), TextField()))))


def _said(rows: Any, *fields: str) -> int:
    blank = dict.fromkeys(fields, "")
    return int(rows.exclude(**blank).update(**blank))


def _batches(employee_id: UUID) -> int:
    """What was sent about her and is answered; what is not answered yet is still needed."""
    sent = SyncRecord.objects.filter(body__employee_id=str(employee_id)).exclude(state="")
    return int(sent.update(body={}, client_id=None, reason=""))


def _keys(employee_id: UUID, at: datetime) -> int:
    named = VendorKey.objects.filter(Q(employee=employee_id)).exclude(name="Erased")
    return int(named.update(name="Erased", username="", password_hash="", revoked_at=at, updated_at=at))
