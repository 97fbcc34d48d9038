"""PURE. The values every rule of presence speaks of: a punch as a fact, a break, and the stay the facts make.

How facts become stays stands in the pairing files (`turns`, `paired_day`, `first_last`, `offline`);
which day a stay belongs to, in `work_dates`. Storage, people and doors' wire formats do not belong here.
All instants are aware and kept in UTC: subtracting two wall clocks of one zone would lose the hour of a DST change.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from uuid import UUID

from peoplesync.kernel.dates import local_day, zone


class PunchKind(StrEnum):
    """What the person (or the terminal) said. A toggle is an in or an out by its place among the day's punches."""

    IN = "in"
    OUT = "out"
    BREAK_START = "break_start"
    BREAK_END = "break_end"
    TOGGLE = "toggle"


#: Kinds that bound a stay; the two break kinds lie inside one.
PRESENCE_KINDS = frozenset({PunchKind.IN, PunchKind.OUT, PunchKind.TOGGLE})


class Door(StrEnum):
    """Through which door the punch came. The door of a day's first punch chooses how that day is paired."""

    NATIVE = "native"
    OFFLINE = "offline"
    ADMIN = "admin"
    KIOSK = "kiosk"
    GOODDAY = "goodday"
    KENJO = "kenjo"
    WORKLY = "workly"
    CONNECTEAM = "connecteam"


class Verdict(StrEnum):
    """What the evidence of a punch allows: taken, taken but shown to someone, not taken."""

    ACCEPT = "accept"
    FLAG = "flag"
    REJECT = "reject"


class StayFlag(StrEnum):
    """Why a person should look at a stay. Flags never change its times."""

    MISSING_OUT = "missing_out"  # the out never came: unfinished, or closed by rule
    OVERNIGHT = "overnight"  # ends on a later local day than it began
    OUTSIDE_SITE = "outside_site"  # one of its punches was made away from every site
    EVIDENCE = "evidence"  # one of its punches carries a flagged signal
    CLOCK_SKEW = "clock_skew"  # the device's clock disagreed with ours


class EndReason(StrEnum):
    """How a stay came by its end when no punch gave it."""

    AUTO_CLOSED = "auto_closed"
    CORRECTED = "corrected"


class Refusal(StrEnum):
    """Why a punch changes no stay. Each door says it in its own words (native: 409, the vendors' doors: 400)."""

    ALREADY_CLOCKED_IN = "already_clocked_in"
    NOT_CLOCKED_IN = "not_clocked_in"
    NOT_AFTER_START = "not_after_start"
    OVERLAPS = "overlaps"
    ON_BREAK = "on_break"
    NOT_ON_BREAK = "not_on_break"
    BREAK_TOO_SHORT = "break_too_short"


def in_utc(moment: datetime) -> datetime:
    """The same instant in UTC. Raises ValueError for a time without a zone: it names no instant.

    >>> in_utc(datetime(2025, 11, 17, 0, 30, tzinfo=zone("Asia/Jakarta"))).isoformat()
    '2025-11-16T17:30:00+00:00'
    """
    if moment.tzinfo is UTC:  # what the database hands out: most of all instants
        return moment
    if moment.utcoffset() is None:
        raise ValueError(f"{moment!r} has no zone, so it names no instant; give it one before asking the rules")
    return moment.astimezone(UTC)


def seconds_between(start_at: datetime, end_at: datetime) -> int:
    """Whole seconds from one instant to another, cut towards zero; negative when `end_at` is earlier.

    Measured on instants, so the night of a DST change is an hour (Lord Howe: half an hour) shorter or longer.

    >>> berlin = zone("Europe/Berlin")
    >>> seconds_between(datetime(2026, 3, 28, 22, tzinfo=berlin), datetime(2026, 3, 29, 6, tzinfo=berlin)) // 3600
    7
    """
    return int((in_utc(end_at) - in_utc(start_at)).total_seconds())


@dataclass(frozen=True, slots=True)
class Fact:
    """A punch that counts: not superseded, not rejected. Raises ValueError when `at` has no zone.

    `id` is the punch's id, `zone` the IANA name its wall clock is read in, `work_date` the day somebody already
    gave it (a hint; None asks the rules), `stay_id` the stay it is known to bound, `client_id` the device's own
    id for it, `is_overnight` the caller's word that it ends the night before (one vendor's flag).
    """

    kind: PunchKind
    at: datetime
    zone: str
    door: Door
    id: UUID | None = None
    work_date: date | None = None
    stay_id: UUID | None = None
    client_id: str | None = None
    is_overnight: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "at", in_utc(self.at))

    @property
    def local(self) -> datetime:
        """The wall clock of the punch's own zone."""
        return self.at.astimezone(zone(self.zone))

    @property
    def local_day(self) -> date:
        """The calendar day of the punch in its own zone, whatever day it was given to."""
        return local_day(self.at, self.zone)


@dataclass(frozen=True, slots=True)
class Break:
    """Time inside a stay that is not work. `end_at` None: the person is on it now. UTC.

    Raises ValueError when it ends before it starts. `is_paid` breaks stay in the worked time.
    """

    start_at: datetime
    end_at: datetime | None = None
    is_paid: bool = False
    id: UUID | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "start_at", in_utc(self.start_at))
        if self.end_at is not None:
            object.__setattr__(self, "end_at", in_utc(self.end_at))
            if self.end_at < self.start_at:
                raise ValueError(f"a break cannot end ({self.end_at}) before it starts ({self.start_at})")


@dataclass(frozen=True, slots=True)
class Stay:
    """One presence, from in to out. `id` None: not stored yet.

    Three states: closed (`end_at` set), open (no end, the person is in now), unfinished (no end and nobody
    expects one: it blocks nobody, counts no time and occupies only its start). Instants in UTC; `work_date` is
    stored, never guessed later; `reason` says how the end came when no punch gave it.
    `in_punch_id` and `out_punch_id` name the punches that bound it.
    Raises ValueError when the end is not after the start, or an unfinished stay has an end.
    """

    start_at: datetime
    end_at: datetime | None
    work_date: date
    zone: str
    id: UUID | None = None
    door: Door = Door.NATIVE
    is_unfinished: bool = False
    flags: frozenset[StayFlag] = frozenset()
    reason: EndReason | None = None
    client_id: str | None = None
    breaks: tuple[Break, ...] = ()
    comment: str = ""
    in_punch_id: UUID | None = None
    out_punch_id: UUID | None = None

    def __post_init__(self) -> None:
        if self.start_at.tzinfo is not UTC:
            object.__setattr__(self, "start_at", in_utc(self.start_at))
        if self.end_at is None:
            return
        if self.end_at.tzinfo is not UTC:
            object.__setattr__(self, "end_at", in_utc(self.end_at))
        if self.is_unfinished:
            raise ValueError("an unfinished stay has no end")
        if self.end_at <= self.start_at:
            raise ValueError(f"a stay must end ({self.end_at}) after it starts ({self.start_at})")

    @property
    def is_open(self) -> bool:
        """Whether the person is in now."""
        return self.end_at is None and not self.is_unfinished

    @property
    def is_closed(self) -> bool:
        return self.end_at is not None

    @property
    def is_auto_closed(self) -> bool:
        """Whether a rule, not a person, ended it: such time never becomes overtime."""
        return self.reason == EndReason.AUTO_CLOSED

    @property
    def seconds(self) -> int:
        """Length in seconds on instants; 0 while there is no end."""
        return 0 if self.end_at is None else seconds_between(self.start_at, self.end_at)

    @property
    def began_on(self) -> date:
        """The local day on which the stay began, in its own zone (its work date may be another by policy)."""
        return local_day(self.start_at, self.zone)

    @property
    def is_overnight(self) -> bool:
        """Whether it ends on a later local day than it began; an end at midnight already does."""
        return self.end_at is not None and local_day(self.end_at, self.zone) > self.began_on

    def overlaps(self, other: Stay) -> bool:
        """Whether both claim some instant, exactly as the database's exclusion constraint reads them.

        Closed: from its start up to, not including, its end. Open: from its start on. Unfinished: its start alone.
        """
        first, second = (self, other) if self.start_at <= other.start_at else (other, self)
        if first.start_at == second.start_at:
            return True
        if first.is_unfinished:
            return False
        return first.end_at is None or second.start_at < first.end_at


def overlapping(wanted: Stay, stays: Iterable[Stay]) -> Stay | None:
    """The earliest of `stays` (another stay than `wanted` itself) that overlaps it, or None."""
    others = (stay for stay in stays if stay is not wanted and (stay.id is None or stay.id != wanted.id))
    return min((stay for stay in others if stay.overlaps(wanted)), key=lambda stay: stay.start_at, default=None)
