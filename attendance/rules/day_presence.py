"""PURE. The time a person was there on one work date: spans, breaks, first in and last out. What it means for the day
is said in `day_summary`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain, pairwise

from attendance.rules.punches import Break, Stay, seconds_between
from attendance.rules.work_dates import DayAttribution, Portion, portions_of


@dataclass(frozen=True, slots=True)
class DayPresence:
    """What a work date holds. Instants in UTC, amounts in seconds.

    `own` are the stays of this date, with or without an end; `spans` the closed time the date gets, ascending: with
    stays split at midnight also the rest of the evening before, and paid breaks that lie in no stay. `paused_seconds`
    are unpaid breaks inside the spans; `seconds` is the presence, breaks included: stays without an end count nothing.
    """

    own: tuple[Stay, ...]
    spans: tuple[Portion, ...]
    seconds: int
    auto_closed_seconds: int
    paused_seconds: int

    @property
    def endless(self) -> tuple[Stay, ...]:
        """The stays of this date without an end: open or unfinished."""
        return tuple(stay for stay in self.own if stay.end_at is None)

    @property
    def first_in_at(self) -> datetime | None:
        return min((stay.start_at for stay in self.own), default=None)

    @property
    def last_out_at(self) -> datetime | None:
        return max((stay.end_at for stay in self.own if stay.end_at is not None), default=None)

    def seconds_before(self, moment: datetime) -> int:
        """Presence of this date's own stays before an instant."""
        ends = ((stay.start_at, min(stay.end_at, moment)) for stay in self.own if stay.end_at is not None)
        return sum(max(0, seconds_between(start_at, end_at)) for start_at, end_at in ends)

    def gap_seconds(self, starts_at: datetime | None, ends_at: datetime | None) -> int:
        """Time between spans: a break taken by clocking out. Inside the demanded time only, where there is one."""
        total = 0
        for earlier, later in pairwise(self.spans):
            gap_from = earlier.end_at if starts_at is None else max(earlier.end_at, starts_at)
            gap_to = later.start_at if ends_at is None else min(later.start_at, ends_at)
            total += max(0, seconds_between(gap_from, gap_to))
        return total


def presence_of(
    stays: Iterable[Stay], day: date, attribution: DayAttribution, breaks: Iterable[Break] = ()
) -> DayPresence:
    """The presence of `day` out of stays that may belong to neighbouring days too.

    `breaks` are the day's paid breaks that lie in no stay: once over they are presence too, where no stay is. Time two
    breaks share is counted once.
    """
    ordered = sorted(stays, key=lambda stay: stay.start_at)
    parts = [(stay, part) for stay in ordered for part in portions_of(stay, attribution) if part.work_date == day]
    spans = _with_breaks([part for _, part in parts], breaks, day)
    pauses = chain.from_iterable(stay.breaks for stay, _ in parts)
    return DayPresence(
        own=tuple(stay for stay in ordered if stay.work_date == day),
        spans=spans,
        seconds=sum(span.seconds for span in spans),
        auto_closed_seconds=sum(part.seconds for stay, part in parts if stay.is_auto_closed),
        paused_seconds=_paused(pauses, spans),
    )


def _with_breaks(parts: Sequence[Portion], breaks: Iterable[Break], day: date) -> tuple[Portion, ...]:
    """The spans of stays, ascending, and between them what they leave of paid breaks."""
    spans = list(parts)
    paid = ((each.start_at, each.end_at) for each in breaks if each.is_paid and each.end_at is not None)
    for start_at, end_at in sorted(paid):
        free_from = start_at
        for span in sorted(spans, key=lambda span: span.start_at):
            if free_from < min(span.start_at, end_at):
                spans.append(Portion(day, free_from, min(span.start_at, end_at)))
            free_from = max(free_from, span.end_at)
        if free_from < end_at:
            spans.append(Portion(day, free_from, end_at))
    return tuple(sorted(spans, key=lambda span: span.start_at))


def _paused(breaks: Iterable[Break], spans: Sequence[Portion]) -> int:
    """Seconds of ended, unpaid breaks inside the spans."""
    ended = ((each.start_at, each.end_at) for each in breaks if each.end_at is not None and not each.is_paid)
    total = 0
    reached: datetime | None = None
    for start_at, end_at in sorted(ended):
        fresh_from = start_at if reached is None else max(start_at, reached)
        reached = end_at if reached is None else max(end_at, reached)
        for span in spans:
            total += max(0, seconds_between(max(fresh_from, span.start_at), min(end_at, span.end_at)))
    return total
