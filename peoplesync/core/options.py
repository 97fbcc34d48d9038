"""What commands take as options, with sentences for what is none."""

from __future__ import annotations

from argparse import ArgumentTypeError
from datetime import date


def day(text: str) -> date:
    """A calendar day.

    >>> day("2026-11-16")
    datetime.date(2026, 11, 16)
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no date; give it as 2026-11-16") from None
