"""What a punch stands on, read in one statement: the person, the rules, her latest stays and days, plans and sites.

Hand-written because every punch pays for it. The caller has locked the employee first, in a statement of its own: a
statement that waits for a lock keeps the picture of the moment before it waited, and would miss the stay it waited for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from attendance.rules.day_summary import DayPolicy
from attendance.rules.evidence import Observation, Position, Site, SitePolicy
from attendance.rules.pairing import PairingPolicy
from attendance.rules.punches import Break, Door, EndReason, Stay, StayFlag
from attendance.rules.work_dates import DayAttribution, MaximumLength
from attendance.selectors.demands import plan_from_json, planned_end_of
from attendance.selectors.house_rules import day_policy
from hr.models.organisation import DEFAULT_ZONE
from hr.selectors.schedules import DAY_PLANS_SQL, DayPlan
from peoplesync.core import prepared
from peoplesync.kernel.dates import local_day
from peoplesync.kernel.errors import NotFound

#: Stays that began this long before a punch may still matter to it: the longest allowed stay is three days.
LOOKING_BACK = timedelta(days=4)
#: What is told late is judged beside the days after it, as far as a correction moves a stay.
LOOKING_AHEAD = timedelta(days=31)
#: Plans from two days before the punch's UTC day to the day after: every zone's yesterday, today and tonight.
PLANS_BACK, PLANS_AHEAD = timedelta(days=2), timedelta(days=1)

_LOCK = "SELECT 1 FROM hr_employee WHERE id = %s AND deleted_at IS NULL FOR NO KEY UPDATE"

#: The latest stay is always among them: only it can be the open one.
#: Binds employee, since, until, first and last.
_GROUND = f"""
WITH plans AS ({DAY_PLANS_SQL.replace("%(employee_ids)s", "ARRAY[%(employee)s]")}), stays AS (
    SELECT * FROM attendance_attendance
    WHERE employee_id = %(employee)s AND deleted_at IS NULL AND clock_in BETWEEN %(since)s AND %(until)s
    UNION ALL
    SELECT * FROM (SELECT * FROM attendance_attendance
                   WHERE employee_id = %(employee)s AND deleted_at IS NULL ORDER BY clock_in DESC, id DESC LIMIT 1) latest
    WHERE clock_in NOT BETWEEN %(since)s AND %(until)s
)
SELECT e.timezone, e.hired_at, e.ended_on,
       s.timezone, s.allows_several_stays_a_day, s.maximum_stay_hours, s.work_date_policy, s.maximum_clock_skew_seconds,
       s.overtime_step_minutes, s.overtime_needs_approval,
       (SELECT json_agg(json_build_array(
                   a.id, a.clock_in, a.clock_out, a.work_date, a.timezone, a.door, a.is_unfinished, a.flags, a.reason,
                   a.client_id, a.comment, a.in_punch_id, a.out_punch_id,
                   (SELECT json_agg(json_build_array(b.id, b.start_at, b.end_at, b.is_paid) ORDER BY b.start_at)
                    FROM attendance_break b WHERE b.attendance_id = a.id)
               ) ORDER BY a.clock_in) FROM stays a),
       (SELECT json_agg(json_build_array(d.work_date, d.policy, d.approved_overtime_seconds, d.exceptions))
        FROM attendance_daysummary d WHERE d.employee_id = e.id
            AND d.work_date BETWEEN %(since)s::date AND %(until)s::date),
       (SELECT json_agg(plans) FROM plans),
       (SELECT json_agg(json_build_array(l.first_on, l.last_on)) FROM hr_periodlock l
        WHERE (l.employee_id IS NULL OR l.employee_id = e.id) AND l.released_at IS NULL
          AND l.first_on <= %(last)s AND l.last_on >= %(first)s),
       (SELECT json_agg(json_build_array(w.id, w.latitude::text, w.longitude::text, w.radius_metres, w.policy))
        FROM hr_worksite w
        WHERE w.deleted_at IS NULL AND w.latitude IS NOT NULL AND (w.is_for_everyone OR EXISTS (
            SELECT FROM hr_worksiteassignment t WHERE t.site_id = w.id AND (t.employee_id = e.id OR t.department_id IN (
                WITH RECURSIVE chain AS (
                    SELECT e.department_id AS id, 0 AS depth
                    UNION ALL
                    SELECT d.parent_id, chain.depth + 1 FROM chain JOIN hr_department d ON d.id = chain.id
                    WHERE d.parent_id IS NOT NULL AND chain.depth < 50
                ) SELECT id FROM chain))))),
       (SELECT json_agg(json_build_array(f.id, f.start_at, f.end_at, f.work_date)) FROM attendance_standalonebreak f
        WHERE f.employee_id = e.id AND f.is_paid
            AND f.work_date BETWEEN %(since)s::date AND %(until)s::date),
       EXISTS (SELECT FROM attendance_standalonebreak r WHERE r.employee_id = e.id AND r.end_at IS NULL),
       (SELECT json_build_array(p.at, v.lat::text, v.lng::text, v.location_accuracy::text)
        FROM attendance_punch p LEFT JOIN attendance_punchevidence v ON v.punch_id = p.id
        WHERE p.employee_id = e.id ORDER BY p.at DESC LIMIT 1)
FROM hr_employee e LEFT JOIN hr_setting s ON s.only_row
WHERE e.id = %(employee)s AND e.deleted_at IS NULL
"""  # noqa: S608 joined from constants; every value is bound


class Plans:
    """What each of some days asks of a person, read when it is asked for: most punches ask for one of them."""

    def __init__(self, rows: Mapping[date, dict[str, Any]]) -> None:
        self._rows = rows

    @property
    def days(self) -> Iterable[date]:
        return self._rows.keys()

    def get(self, day: date) -> DayPlan | None:
        """The plan of a day; None when the day is not at hand."""
        row = self._rows.get(day)
        return None if row is None else plan_from_json(row)


@dataclass(frozen=True, slots=True)
class Ground:
    """One person's present state, as the rules read it. `stays` ascend by start; `policies` holds days with a punch only.

    `exceptions` is what the stored days say should be looked at; `paid_breaks` are those that lie in no stay, and
    `is_on_break` whether one in no stay, paid or not, still runs.
    """

    employee_id: UUID
    zone: str
    hired_on: date | None
    ended_on: date | None
    has_several_stays_a_day: bool
    maximum_skew_seconds: int
    day_policy: DayPolicy
    stays: tuple[Stay, ...]
    policies: Mapping[date, PairingPolicy]
    approved_overtime: Mapping[date, int]
    exceptions: Mapping[date, frozenset[str]]
    plans: Plans
    locked: tuple[tuple[date, date], ...]
    sites: tuple[Site, ...]
    paid_breaks: Mapping[date, tuple[Break, ...]]
    is_on_break: bool
    previous: Observation | None

    def with_breaks_ended(self, at: datetime) -> Ground:
        """The same, with the break that still runs ended: whoever clocks in is on none any more."""
        ended = {
            day: tuple(each if each.end_at else replace(each, end_at=max(at, each.start_at)) for each in breaks)
            for day, breaks in self.paid_breaks.items()
        }
        return replace(self, paid_breaks=ended)

    def days_on_break(self) -> set[date]:
        """The day of a paid break that still runs."""
        return {day for day, breaks in self.paid_breaks.items() if any(each.end_at is None for each in breaks)}

    @property
    def open_stay(self) -> Stay | None:
        """The stay the person is in now."""
        return next((stay for stay in reversed(self.stays) if stay.is_open), None)

    def closed_around(self, at: datetime) -> Stay | None:
        """The closed stay an instant falls into; its very end is outside."""
        return next((stay for stay in self.stays if stay.end_at and stay.start_at <= at < stay.end_at), None)

    def stay(self, stay_id: UUID) -> Stay | None:
        """The stay with this id, when it is at hand."""
        return next((stay for stay in self.stays if stay.id == stay_id), None)

    @property
    def maximum(self) -> MaximumLength:
        return self.day_policy.maximum

    @property
    def attribution(self) -> DayAttribution:
        return self.day_policy.attribution

    def scheduled_end_of(self, stay: Stay | None) -> datetime | None:
        """When the shift of the local day a stay began on is planned to end; None when it is not known any more."""
        return None if stay is None else planned_end_of(self.plans.get(stay.began_on), self.zone)

    def scheduled_ends(self) -> dict[date, datetime]:
        """The planned ends of all the days whose plan is at hand."""
        ends = {day: planned_end_of(self.plans.get(day), self.zone) for day in self.plans.days}
        return {day: end for day, end in ends.items() if end is not None}

    def is_locked(self, day: date) -> bool:
        return any(first <= day <= last for first, last in self.locked)

    def today(self, at: datetime, zone: str | None = None) -> date:
        """The local day of an instant, in the person's zone unless another is given."""
        return local_day(at, zone or self.zone)


def lock(employee_id: UUID) -> None:
    """Hold the employee until the transaction ends, so that her punches come one after another.

    Raises NotFound for somebody who does not exist. Row locks of foreign keys to her do not wait for it.
    """
    if prepared.row(_LOCK, [employee_id]) is None:
        raise NotFound("This employee does not exist.", code="not_found")


def ground_of(employee_id: UUID, at: datetime) -> Ground:
    """Everything a punch at `at` is judged by. Raises NotFound for somebody who does not exist.

    One statement; a second one where a stay was left open longer ago: then from its own day on.
    """
    ground = _read(employee_id, at, at)
    left_open = ground.open_stay
    if left_open is not None and left_open.start_at < at - LOOKING_BACK:
        return _read(employee_id, left_open.start_at, at)
    return ground


def _read(employee_id: UUID, begin: datetime, at: datetime) -> Ground:
    """What stands around the time from `begin` to `at`."""
    bound: dict[str, Any] = {
        "employee": employee_id,
        "since": begin - LOOKING_BACK,
        "until": at + LOOKING_AHEAD,
        "first": begin.astimezone(UTC).date() - PLANS_BACK,
        "last": at.astimezone(UTC).date() + PLANS_AHEAD,
    }
    row = prepared.row(_GROUND, bound)
    if row is None:
        raise NotFound("This employee does not exist.", code="not_found")
    return _ground(employee_id, row)


def _ground(employee_id: UUID, row: tuple[Any, ...]) -> Ground:
    own_zone, hired_on, ended_on, zone, several, hours, attribution, skew, step, approval = row[:10]
    stays, days, plans, locks, sites, pauses, is_on_break, previous = row[10:]
    return Ground(
        employee_id=employee_id,
        zone=own_zone or zone or DEFAULT_ZONE,
        hired_on=hired_on,
        ended_on=ended_on,
        has_several_stays_a_day=bool(several),
        maximum_skew_seconds=300 if skew is None else skew,
        day_policy=day_policy(hours, attribution, step, approval),
        stays=tuple(_stay(each) for each in stays or ()),
        policies={date.fromisoformat(day): PairingPolicy(name) for day, name, *_ in days or () if name},
        approved_overtime={date.fromisoformat(day): took for day, _, took, _ in days or () if took is not None},
        exceptions={date.fromisoformat(day): frozenset(kinds) for day, _, _, kinds in days or ()},
        plans=Plans({date.fromisoformat(each["on_date"]): each for each in plans or ()}),
        locked=tuple((date.fromisoformat(first), date.fromisoformat(last)) for first, last in locks or ()),
        sites=tuple(_site(each) for each in sites or ()),
        paid_breaks=_paid_breaks(pauses),
        is_on_break=is_on_break,
        previous=_previous(previous),
    )


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _id(text: str | None) -> UUID | None:
    return None if text is None else UUID(text)


def _site(row: list[Any]) -> Site:
    site_id, latitude, longitude, radius, policy = row
    return Site(Position(Decimal(latitude), Decimal(longitude)), radius, SitePolicy(policy), UUID(site_id))


def _paid_breaks(rows: list[Any] | None) -> dict[date, tuple[Break, ...]]:
    found: dict[date, tuple[Break, ...]] = {}
    for pk, start, end, day in rows or ():
        pause = Break(datetime.fromisoformat(start), _moment(end), True, UUID(pk))
        found[date.fromisoformat(day)] = (*found.get(date.fromisoformat(day), ()), pause)
    return found


def _previous(row: list[Any] | None) -> Observation | None:
    if row is None or row[1] is None or row[2] is None:
        return None
    accuracy = None if row[3] is None else Decimal(row[3])
    return Observation(datetime.fromisoformat(row[0]), Position(Decimal(row[1]), Decimal(row[2]), accuracy))


def _stay(row: list[Any]) -> Stay:
    stay_id, start, end, work_date, zone, door, unfinished, flags, reason, client_id, comment, in_id, out_id, pauses = (
        row
    )
    return Stay(
        start_at=datetime.fromisoformat(start),
        end_at=_moment(end),
        work_date=date.fromisoformat(work_date),
        zone=zone,
        id=UUID(stay_id),
        door=Door(door),
        is_unfinished=unfinished,
        flags=frozenset(StayFlag(flag) for flag in flags),
        reason=EndReason(reason) if reason else None,
        client_id=client_id,
        breaks=tuple(Break(datetime.fromisoformat(b[1]), _moment(b[2]), b[3], UUID(b[0])) for b in pauses or ()),
        comment=comment,
        in_punch_id=_id(in_id),
        out_punch_id=_id(out_id),
    )
