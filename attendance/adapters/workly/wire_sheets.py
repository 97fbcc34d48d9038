"""PURE. Two more reports: the days of those who left, flat, and the timesheet of the T-12 form, a sheet a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from attendance.adapters.answers import JsonObject
from attendance.adapters.workly.wire_employees import photos_json
from attendance.adapters.workly.wire_nights import clock
from attendance.adapters.workly.wire_reports import Person, PersonDay
from attendance.adapters.workly.wire_times import actual_json, hours, scheduled_json

#: The vendor's black, without its number sign.
_NO_COLOUR = "000"


@dataclass(frozen=True)
class Cause:
    """Why somebody was away: the leave's code and its name."""

    name: str
    title: str


@dataclass(frozen=True)
class SheetDay:
    """One day of a timesheet, in minutes. `leave_minutes` is what leave took of `planned_minutes`; `is_over` tells
    whether what was not worked is certain."""

    on: date
    is_work_day: bool
    is_holiday: bool
    is_over: bool
    planned_minutes: int = 0
    leave_minutes: int = 0
    worked_minutes: int = 0
    authorised_minutes: int = 0
    cause: Cause | None = None

    @property
    def missing_minutes(self) -> int:
        return max(0, self.planned_minutes - self.authorised_minutes) if self.is_over else 0

    @property
    def excused_minutes(self) -> int:
        return min(self.missing_minutes, self.leave_minutes)

    @property
    def short_minutes(self) -> int:
        """What was missing on a day somebody came."""
        return self.missing_minutes - self.excused_minutes if self.worked_minutes else 0

    @property
    def beyond_minutes(self) -> int:
        return max(0, self.worked_minutes - (self.planned_minutes if self.is_work_day else 0))


@dataclass(frozen=True)
class Sheet:
    person: Person
    days: tuple[SheetDay, ...]
    parent_title: str | None = None


def dismissed_json(day: PersonDay, zone_name: str, *, parent_title: str | None, cause: Cause | None) -> JsonObject:
    """The item of `dismissed`: 33 keys in one object, and zeros where the other reports have null."""
    plan, person = day.scheduled, day.person
    actual = actual_json(day.actual, plan, zone_name)
    shown = scheduled_json(plan, zone_name)
    planned = plan.production_minutes or 0
    return {
        "production_time": hours(planned),
        "paid_time": hours(day.worked_in_paid_leave_minutes),
        "not_paid_time": hours(day.worked_in_unpaid_leave_minutes),
        "first_in": actual["first_in"],
        "last_out": actual["last_out"],
        "authorized_time": actual["authorized_time"],
        "late_in": actual["late_in"] or hours(0),
        "early_out": actual["early_out"] or hours(0),
        "not_authorized_time": clock(day.not_authorised_minutes * 60),
        "work_time": actual["work_time"],
        "norm_worktime": hours(day.actual.work_minutes - planned),
        "start_time": _clock_of(shown["start_time"]),
        "end_time": _clock_of(shown["end_time"]),
        "report_day": f"{plan.report_on:%d}",
        "day_number": plan.report_on.isoweekday(),
        "employee_id": person.id,
        "report_date": plan.report_on.isoformat(),
        "absence_cause_id": None,
        "type_abs": None,
        "absence_cause_name": None if cause is None else cause.name,
        "absence_cause_title": None if cause is None else cause.title,
        "department_id": None if person.department is None else person.department.id,
        "department_title": None if person.department is None else person.department.title,
        "department_parent_title": parent_title,
        "last_name": person.last_name,
        "first_name": person.first_name,
        "full_name": person.full_name,
        "early_in": actual["early_in"] or hours(0),
        "late_out": actual["late_out"] or hours(0),
        "sum_paid_time": hours(day.paid_leave_minutes or 0),
        "sum_not_paid_time": hours(day.unpaid_leave_minutes or 0),
        "sum_paid_over_time": hours(0),
        "is_work_day": plan.is_work_day,
    }


def _clock_of(moment: object) -> str | None:
    """`HH:MM` of a date-time as it is written here."""
    return moment[11:16] if isinstance(moment, str) else None


def t12_json(sheet: Sheet) -> JsonObject:
    """The item of `t12`."""
    person = sheet.person
    return {
        "employee_id": person.id,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "patronymic": person.patronymic,
        "tab_number": person.tab_number,
        "department_id": None if person.department is None else person.department.id,
        "department_title": None if person.department is None else person.department.title,
        "department_parent_title": sheet.parent_title,
        "first_department_title": None,
        "position_id": None if person.position is None else person.position.id,
        "position_title": None if person.position is None else person.position.title,
        "photos": photos_json(person.photos),
        "report": _report_json(sheet.days),
    }


def _report_json(days: tuple[SheetDay, ...]) -> JsonObject:
    missing, excused = sum(day.missing_minutes for day in days), sum(day.excused_minutes for day in days)
    return {
        "authorized_time_sum": hours(sum(day.authorised_minutes for day in days)),
        "weekend_holidays": hours(sum(day.worked_minutes for day in days if not day.is_work_day)),
        "not_work_time_all_sum": hours(missing),
        "not_work_time_with_absence_sum": hours(excused),
        "not_work_time_without_absence_sum": hours(missing - excused),
        "worked_days": sum(1 for day in days if day.worked_minutes),
        "production_time_sum": hours(sum(day.planned_minutes for day in days)),
        "work_time_sum": hours(sum(day.worked_minutes for day in days)),
        "days": [_sheet_day_json(day) for day in days],
        "not_worked_time": hours(sum(day.short_minutes for day in days)),
        "overtime": hours(sum(day.beyond_minutes for day in days)),
    }


def _sheet_day_json(day: SheetDay) -> JsonObject:
    return {
        "report_date": day.on.isoformat(),
        "absence_cause_name": None if day.cause is None else day.cause.name,
        "absence_cause_title": None if day.cause is None else day.cause.title,
        "absence_cause_color": _NO_COLOUR,
        "is_work_day": day.is_work_day,
        "is_holiday": day.is_holiday,
        "work_time": hours(day.worked_minutes),
    }
