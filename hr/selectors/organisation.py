"""The organisation's settings as its services need them."""

from __future__ import annotations

from datetime import date, datetime

from hr.models import Setting
from hr.models.organisation import DEFAULT_ZONE
from peoplesync.kernel.dates import local_day


def current() -> Setting | None:
    """The one row, None before anybody wrote it."""
    return Setting.objects.first()


def settings() -> Setting:
    """The one row, or its defaults where nobody has saved any yet."""
    return current() or Setting()


def zone() -> str:
    """The IANA zone of everybody who has none of her own."""
    return str(Setting.objects.values_list("timezone", flat=True).first() or DEFAULT_ZONE)


def today(at: datetime) -> date:
    """The organisation's calendar day at an instant."""
    return local_day(at, zone())
