"""What was looked at when a punch was judged, in words: the log keeps names, values and limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attendance.models import Punch, Verdict
from peoplesync.core.staff import show

COLUMNS = ("What", "Found", "Allowed", "Verdict")
#: What a signal is called, what it says when it speaks against a punch, and the unit it is measured in.
_WORDS = {
    "position": ("Position", "no position was sent", ""),
    "distance": ("Distance to the site", "outside the site", "m"),
    "accuracy": ("Accuracy of the position", "the position is not exact enough", "m"),
    "mock_location": ("Position made up", "the device says its position is made up", ""),
    "clock_skew": ("The device's clock, off by", "the device's clock is off", "s"),
    "travel_speed": ("Speed since the punch before", "too far from the punch before", "km/h"),
    "photo": ("Photo", "no photo was sent", ""),
    "no_zone": ("Time zone", "the device told no time zone", ""),
    "absurd_time": ("Time", "the device's time cannot be", ""),
    "future_time": ("Time", "the time lies ahead", ""),
    "too_old": ("Time", "sent very late", ""),
    "before_employment": ("Employment", "before the first day of employment", ""),
    "after_employment": ("Employment", "after the last day of employment", ""),
}
_YES_OR_NO = {"position", "mock_location", "photo"}


def said(punch: Punch) -> str:
    """What speaks against the punch, in a line; in front the distance, where one was measured."""
    far = [f"{punch.distance_metres:,} m from {punch.site}"] if punch.site and punch.distance_metres is not None else []
    against = [_words(one)[1] for one in _signals(punch) if one.get("verdict") != Verdict.ACCEPT]
    return "; ".join([*far, *against]) or show.EMPTY


def table(punch: Punch) -> list[tuple[str, str, str, str]]:
    """Every signal with what was found, what is allowed and what follows."""
    return [
        (_words(one)[0], _figure(one, "value"), _figure(one, "limit"), Verdict(one["verdict"]).label)
        for one in _signals(punch)
    ]


def _signals(punch: Punch) -> list[Mapping[str, Any]]:
    return [one for one in punch.signals if isinstance(one, dict) and "name" in one]


def _words(signal: Mapping[str, Any]) -> tuple[str, str, str]:
    name = str(signal["name"])
    plain = name.replace("_", " ")
    return _WORDS.get(name, (plain.capitalize(), plain, ""))


def _figure(signal: Mapping[str, Any], key: str) -> str:
    value, name = signal.get(key), signal["name"]
    if value is None or (name in _YES_OR_NO and key == "limit"):
        return show.EMPTY
    if name in _YES_OR_NO:
        return "Yes" if value != "0" else "No"
    return f"{value} {_words(signal)[2]}".strip()
