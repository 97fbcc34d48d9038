"""What a day at work may look like: a few dozen patterns per schedule and date, each judged once by the real rules.

A demo of a hundred thousand people has millions of days, but far fewer different ones. The rules that judge a live
punch compute each different day here; the database then deals them out to people (`presence`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from attendance.rules.day_summary import DayPolicy, summarise
from attendance.rules.evidence import Observation, Position, Site, weigh
from attendance.rules.punches import Door, Stay, StayFlag, Verdict
from attendance.rules.work_dates import close_forgotten, ended
from attendance.selectors.demands import planned_end_of, schedule_of
from attendance.services import day_rows, judging
from attendance.services.presented import Presented
from hr.selectors.schedules import DayPlan
from peoplesync.demo import timetable
from peoplesync.demo.ids import luck
from peoplesync.kernel.dates import ONE_DAY, at_local

#: How many patterns there are: a person's luck of the day chooses one of them.
COUNT = 60
#: Nobody asks for approval of a few minutes.
_APPROVED_FROM = 30 * 60
_METRES_PER_DEGREE = 111_195
_FLEXIBLE_START, _FLEXIBLE_END = time(9), time(18)
#: Late enough that whoever worked overtime after a night shift has left before she comes again.
_DAY_OFF_START = time(13)
_DAY_OFF_LENGTH = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A way to come and go. Seconds after the shift's planned start and end; None: never came, never punched out."""

    comes: int | None
    goes: int | None
    #: Metres to the north of the head office.
    metres_away: int = 40
    #: Comes on a day off too, for half a day.
    is_keen: bool = False


@dataclass(frozen=True, slots=True)
class Presence:
    """A pattern on one date: the stay, the evidence of its in, and the day as computed. `out_at` is the out punch."""

    pattern: int
    plan: DayPlan
    stay: Stay | None
    out_at: datetime | None
    place: Position
    judged: Mapping[str, Any]
    day: Mapping[str, Any]
    approved_overtime_seconds: int | None


def patterns(seed: int) -> list[Pattern]:
    """All of them: mostly punctual, some late, early, away, overtime, forgotten and absent."""
    chance = luck(seed, "patterns")

    def some(count: int, comes: tuple[int, int], goes: tuple[int, int]) -> list[Pattern]:
        return [
            Pattern(chance.randrange(*comes), chance.randrange(*goes), metres_away=chance.randrange(5, 200))
            for _ in range(count)
        ]

    made = some(43, (-1500, 300), (0, 1200))
    made += some(6, (700, 3600), (60, 1800))
    made += some(2, (-900, 0), (-5400, -1800))
    made += some(4, (-600, 0), (3700, 12_000))
    made += [Pattern(-300, 900, metres_away=2600), Pattern(-120, None), Pattern(None, None), Pattern(None, None)]
    made += [Pattern(-400, 200, is_keen=True), Pattern(-200, 7300, is_keen=True)]
    return made


@dataclass(frozen=True, slots=True)
class Judge:
    """The rules as the organisation has set them, and the moment everything is judged at."""

    zone: str
    policy: DayPolicy
    sites: tuple[Site, ...]
    at: datetime

    def presence(self, plan: DayPlan, number: int, pattern: Pattern) -> Presence:
        """A pattern on the plan's date; two long overtimes in three are approved, the rest wait."""
        demand = schedule_of(plan, self.zone)
        stay, out_at = stay_of(plan, pattern, self)
        place = _place(pattern)
        seen = Presented(at=stay.start_at if stay else self.at, received_at=self.at, door=Door.NATIVE)
        evidence = weigh(Observation(seen.at, place), self.sites)
        if stay is not None and evidence.verdict == Verdict.FLAG:
            stay = replace(stay, flags=stay.flags | {StayFlag.EVIDENCE, StayFlag.OUTSIDE_SITE})
        stays = [] if stay is None else [stay]
        found, approved = summarise(stays, demand, self.at, self.policy), None
        if found.overtime.seconds >= _APPROVED_FROM and number % 3:
            approved = found.overtime.seconds
            found = summarise(stays, demand, self.at, self.policy, approved_overtime_seconds=approved)
        day = day_rows.columns_of(found, demand, plan.employee_id, self.at)
        return Presence(number, plan, stay, out_at, place, judging.columns_of(evidence, seen), day, approved)


def _place(pattern: Pattern) -> Position:
    north = (Decimal(pattern.metres_away) / _METRES_PER_DEGREE).quantize(Decimal("1e-7"))
    return Position(timetable.LATITUDE + north, timetable.LONGITUDE, Decimal(12))


def stay_of(plan: DayPlan, pattern: Pattern, judge: Judge) -> tuple[Stay | None, datetime | None]:
    """The stay of the pattern and the instant of its out punch; open where the out is still to come."""
    zone, policy, at = judge.zone, judge.policy, judge.at
    if not plan.is_work_due and not pattern.is_keen:
        return None, None
    start_at, end_at = _shift(plan, zone)
    if pattern.comes is None:
        return None, None
    begun = Stay(start_at + timedelta(seconds=pattern.comes), None, plan.on, zone, door=Door.NATIVE)
    if pattern.goes is None:
        forgotten = close_forgotten(begun, at, policy.maximum, planned_end_of(plan, zone), policy.attribution)
        return forgotten or begun, None
    out_at = end_at + timedelta(seconds=pattern.goes)
    return (ended(begun, out_at, policy.attribution), out_at) if out_at <= at else (begun, None)


def _shift(plan: DayPlan, zone: str) -> tuple[datetime, datetime]:
    """When people come and go by habit (UTC): the shift's hours, ordinary ones where hours are free, half a day off."""
    if not plan.is_work_due:
        starts_at = at_local(plan.on, _DAY_OFF_START, zone)
        return starts_at, starts_at + _DAY_OFF_LENGTH
    if plan.starts_at is None or plan.ends_at is None or plan.required_minutes is not None:
        return at_local(plan.on, _FLEXIBLE_START, zone), at_local(plan.on, _FLEXIBLE_END, zone)
    last_day: date = plan.on + ONE_DAY if plan.ends_next_day else plan.on
    return at_local(plan.on, plan.starts_at, zone), at_local(last_day, plan.ends_at, zone)
