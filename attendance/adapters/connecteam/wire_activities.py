"""PURE. Time activities: reading a period, writing closed shifts and breaks, changing and deleting them.

The request spells `manualbreaks`, the answer `manualBreaks`; both are the vendor's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from attendance.adapters import scalars
from attendance.adapters.answers import JsonObject
from attendance.adapters.connecteam import queries, refusals
from attendance.adapters.connecteam.fields import LARGEST_TIMESTAMP, Fields, Problems, Query
from attendance.adapters.connecteam.wire import Point, point_json, present, success

MOST_DAYS = 92
MOST_USERS = 100
MOST_ACTIVITIES = 50
ACTIVITY_TYPES = ("shift", "manual_break", "time_off")
_ACTIVITY_ID = re.compile(r"[0-9a-fA-F]{24}")


@dataclass(frozen=True)
class ActivitiesQuery:
    """Days inclusive. A filter is None when not sent; an empty one matches nothing."""

    start_on: date
    end_on: date
    user_ids: tuple[int, ...] | None = None
    job_ids: tuple[str, ...] | None = None
    manual_break_ids: tuple[str, ...] | None = None
    policy_type_ids: tuple[str, ...] | None = None
    activity_types: tuple[str, ...] | None = None


@dataclass(frozen=True)
class TimePoint:
    """Unix seconds, bounded so that every zone can show them, and the zone's name (not yet checked)."""

    timestamp: int
    timezone: str

    @property
    def at(self) -> datetime:
        """The UTC instant."""
        return scalars.at_unix(self.timestamp)


@dataclass(frozen=True)
class ShiftWrite:
    """`id` is None when creating; when changing, whatever is None stays as it is."""

    id: str | None
    start: TimePoint | None
    end: TimePoint | None = None
    job_id: str | None = None
    sub_job_id: str | None = None
    employee_note: str | None = None
    manager_note: str | None = None


@dataclass(frozen=True)
class BreakWrite:
    """`break_id` names the kind of break, `id` the activity to change (None when creating)."""

    id: str | None
    break_id: str | None
    start: TimePoint | None
    end: TimePoint | None = None
    employee_note: str | None = None
    manager_note: str | None = None


@dataclass(frozen=True)
class UserWrites:
    user_id: int
    shifts: tuple[ShiftWrite, ...] = ()
    breaks: tuple[BreakWrite, ...] = ()


@dataclass(frozen=True)
class ActivitiesWrite:
    users: tuple[UserWrites, ...]
    is_split_on_break: bool = False


@dataclass(frozen=True)
class Activity:
    """What shifts, breaks and time off share."""

    id: str
    start: Point
    created_at: datetime
    modified_at: datetime
    end: Point | None = None
    manager_note: str | None = None
    employee_note: str | None = None


@dataclass(frozen=True)
class ShiftActivity:
    activity: Activity
    job_id: str | None = None
    sub_job_id: str | None = None
    scheduler_shift_id: str | None = None
    is_auto_clock_out: bool = False


@dataclass(frozen=True)
class BreakActivity:
    activity: Activity
    manual_break_id: str
    is_auto_clock_out: bool = False


@dataclass(frozen=True)
class TimeOffActivity:
    """`units` is `hours` or `days`."""

    activity: Activity
    policy_type_id: str
    duration: Decimal
    units: str
    is_all_day: bool


@dataclass(frozen=True)
class UserActivities:
    user_id: int
    shifts: tuple[ShiftActivity, ...] = ()
    breaks: tuple[BreakActivity, ...] = ()
    time_offs: tuple[TimeOffActivity, ...] = ()


def activities_query(query: Query) -> ActivitiesQuery:
    """Raises Unprocessable (422): days missing, malformed, reversed or more than 92 apart; wrong filters."""
    problems = Problems()
    start, end = queries.day_range(query, problems, at_most_days=MOST_DAYS)
    found = ActivitiesQuery(
        start_on=start,
        end_on=end,
        user_ids=queries.integers(query, "userIds", problems, at_least=1),
        job_ids=queries.texts(query, "jobIds", problems),
        manual_break_ids=queries.texts(query, "manualBreakIds", problems),
        policy_type_ids=queries.texts(query, "policyTypeIds", problems),
        activity_types=queries.choices(query, "activityTypes", ACTIVITY_TYPES, problems),
    )
    problems.raise_any()
    return found


def create_request(body: object) -> ActivitiesWrite:
    """Raises Unprocessable (422) with every fault of the body."""
    return _write(body, is_new=True)


def update_request(body: object) -> ActivitiesWrite:
    """As creating, but every activity names itself by `id` and needs nothing else. Raises Unprocessable (422)."""
    return _write(body, is_new=False)


def _write(body: object, *, is_new: bool) -> ActivitiesWrite:
    problems = Problems()
    read = Fields.of_body(body, problems)
    users = read.nested_list("timeActivities", at_most=MOST_USERS, required=True)
    found = ActivitiesWrite(
        users=tuple(_user(user, is_new) for user in users),
        is_split_on_break=is_new and read.boolean("isSplitShiftOnManualBreak", default=False),
    )
    problems.raise_any()
    return found


def _user(read: Fields, is_new: bool) -> UserWrites:
    shifts = read.nested_list("shifts", at_most=MOST_ACTIVITIES, required=not is_new)
    breaks = read.nested_list("manualbreaks", at_most=MOST_ACTIVITIES)
    return UserWrites(
        user_id=read.require_integer("userId", at_least=1),
        shifts=tuple(_shift(shift, is_new) for shift in shifts),
        breaks=tuple(_break(found, is_new) for found in breaks),
    )


def _shift(read: Fields, is_new: bool) -> ShiftWrite:
    start, end = _span(read, is_new)
    return ShiftWrite(
        id=None if is_new else read.require_text("id"),
        start=start,
        end=end,
        job_id=read.text("jobId"),
        sub_job_id=read.text("subJobId"),
        employee_note=read.text("employeeNote"),
        manager_note=read.text("managerNote"),
    )


def _break(read: Fields, is_new: bool) -> BreakWrite:
    """When creating, `id` is the kind of break; when changing, it is the activity and `manualBreakId` the kind."""
    named = read.require_text("id")
    start, end = _span(read, is_new)
    return BreakWrite(
        id=None if is_new else named,
        break_id=named if is_new else read.text("manualBreakId"),
        start=start,
        end=end,
        employee_note=read.text("employeeNote"),
        manager_note=read.text("managerNote"),
    )


def _span(read: Fields, is_new: bool) -> tuple[TimePoint | None, TimePoint | None]:
    start = _time_point(read.require_nested("start") if is_new else read.nested("start"))
    end = _time_point(read.nested("end"))
    if start is not None and end is not None and 0 < end.timestamp <= start.timestamp:
        read.problems.add((*read.loc, "end"), "end must be after start", "value_error")
    return start, end


def _time_point(read: Fields | None) -> TimePoint | None:
    if read is None:
        return None
    timestamp = read.require_integer("timestamp", at_least=1, at_most=LARGEST_TIMESTAMP)
    return TimePoint(timestamp, read.require_text("timezone", min_length=1))


def activity_id(value: str) -> str:
    """The `{activityId}` of a path, 24 hexadecimal digits in lower case. Raises Refused (400, INVALID_ID)."""
    if _ACTIVITY_ID.fullmatch(value) is None:
        raise refusals.activity_id_invalid(value)
    return value.lower()


def activities_answer(users: Sequence[UserActivities], request_id: str) -> JsonObject:
    return success({"timeActivitiesByUsers": [user_json(user) for user in users]}, request_id)


def deleted_answer(request_id: str) -> JsonObject:
    return success({}, request_id)


def user_json(user: UserActivities) -> JsonObject:
    """One member of the list, for those who send it piece by piece."""
    return {
        "userId": user.user_id,
        "shifts": [shift_activity_json(shift) for shift in user.shifts],
        "manualBreaks": [break_activity_json(found) for found in user.breaks],
        "timeOffs": [time_off_json(found) for found in user.time_offs],
    }


def shift_activity_json(shift: ShiftActivity) -> JsonObject:
    return {
        **_activity_json(shift.activity),
        "jobId": shift.job_id,
        **present(subJobId=shift.sub_job_id),
        "schedulerShiftId": shift.scheduler_shift_id,
        "isAutoClockOut": shift.is_auto_clock_out,
    }


def break_activity_json(found: BreakActivity) -> JsonObject:
    own: JsonObject = {"manualBreakId": found.manual_break_id, "isAutoClockOut": found.is_auto_clock_out}
    return _activity_json(found.activity) | own


def time_off_json(found: TimeOffActivity) -> JsonObject:
    duration: JsonObject = {"value": scalars.shortest(found.duration), "units": found.units}
    own: JsonObject = {"policyTypeId": found.policy_type_id, "duration": duration, "isAllDay": found.is_all_day}
    return _activity_json(found.activity) | own


def _activity_json(activity: Activity) -> JsonObject:
    return {
        "id": activity.id,
        "start": point_json(activity.start),
        **({} if activity.end is None else {"end": point_json(activity.end)}),
        **present(managerNote=activity.manager_note, employeeNote=activity.employee_note),
        "createdAt": scalars.unix_seconds(activity.created_at),
        "modifiedAt": scalars.unix_seconds(activity.modified_at),
    }
