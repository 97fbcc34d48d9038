"""Tells people what happened, once per event."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from peoplesync.core.models import Notification


@dataclass(frozen=True, slots=True)
class Note:
    """One message to one user; the same `event_key` to the same user is dropped by the database.

    What stands before the key's last colon is what the message is about: erasing a person finds it by that.
    """

    user_id: UUID
    title: str
    message: str
    event_key: str | None = None


def send(*, user_ids: Iterable[UUID], title: str, message: str, at: datetime, event_key: str | None = None) -> None:
    """Leave the same message for several users, in the caller's transaction.

    With an `event_key` a repeat of the same event to the same user is dropped by the database.
    """
    send_all(notes=(Note(user_id, title, message, event_key) for user_id in dict.fromkeys(user_ids)), at=at)


def send_all(*, notes: Iterable[Note], at: datetime) -> None:
    """Leave many different messages, in the caller's transaction, with one statement per thousand."""
    rows = (
        Notification(
            user_id=note.user_id,
            title=note.title[:255],
            message=note.message,
            event_key=note.event_key,
            created_at=at,
            sent_at=at,
        )
        for note in notes
    )
    Notification.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)


def mark_read(*, notification: Notification) -> Notification:
    """Mark one as read; doing it again changes nothing."""
    notification.is_read = True
    notification.save(update_fields=["is_read"])
    return notification


def mark_all_read(*, user_id: UUID) -> int:
    """Mark every unread notification of one user; the number that changed."""
    return Notification.objects.filter(user_id=user_id, is_read=False, deleted_at=None).update(is_read=True)


_UNNAME = r"""
    UPDATE core_notification SET title = regexp_replace(title, %(name)s, %(by)s, 'g'),
        message = regexp_replace(message, %(name)s, %(by)s, 'g')
    WHERE regexp_replace(event_key, ':[^:]*$', '') = ANY(%(about)s) AND (title ~ %(name)s OR message ~ %(name)s)
"""


def forget(
    *,
    user_ids: Collection[UUID],
    names: Collection[str],
    about: Collection[str],
    among: Collection[str],
    replacement: str,
) -> int:
    """Delete what these users were told, and take a person's names out of what others were told of her; how many messages.

    Messages `about` her are found by their event keys; so are those that name her `among` others, where only whole
    entries of the list are hers: who else is called so keeps her name, and so does everybody in other messages.
    """
    deleted = int(Notification.objects.filter(user_id__in=user_ids).delete()[0])
    if not names:
        return deleted
    any_name = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    return (
        deleted
        + _unname(rf"\m(?:{any_name})\M", about, replacement)
        + _unname(rf"(?<=[:,] )(?:{any_name})(?=,|\.| and \d)", among, replacement)
    )


def _unname(pattern: str, about: Collection[str], replacement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_UNNAME, {"name": pattern, "by": replacement, "about": list(about)})
        return int(cursor.rowcount)
