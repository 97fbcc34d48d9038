"""PURE. The shapes of Workly's sheets, of a list page, and what reports and sheets share, as OpenAPI schemas."""

from __future__ import annotations

from attendance.adapters.openapi import BOOLEAN, DAY, INTEGER, STRING, Schema, array, nullable, record, ref

_META = record({"totalCount": INTEGER, "pageCount": INTEGER, "currentPage": INTEGER, "perPage": INTEGER})
PHOTOS = nullable(record({"small": nullable(STRING), "medium": nullable(STRING)}))
CLOCK = nullable({"type": "string", "pattern": r"^-?\d{2,}:\d{2}$"})


def page_of(item: str) -> Schema:
    """A list page."""
    return record({"items": array(ref(item)), "_meta": _META})


_TEXT_CLOCK = {"type": "string", "pattern": r"^-?\d{2,}:\d{2}(:\d{2})?$"}
_DISMISSED = {
    **dict.fromkeys(
        (
            "production_time",
            "paid_time",
            "not_paid_time",
            "authorized_time",
            "late_in",
            "early_in",
            "early_out",
            "late_out",
            "work_time",
            "norm_worktime",
            "not_authorized_time",
            "sum_paid_time",
            "sum_not_paid_time",
            "sum_paid_over_time",
        ),
        _TEXT_CLOCK,
    ),
    **dict.fromkeys(("first_in", "last_out", "start_time", "end_time"), CLOCK),
    **dict.fromkeys(("report_day", "last_name", "first_name", "full_name"), STRING),
    **dict.fromkeys(("day_number", "employee_id"), INTEGER),
    **dict.fromkeys(("absence_cause_id", "type_abs", "department_id"), nullable(INTEGER)),
    **dict.fromkeys(
        ("absence_cause_name", "absence_cause_title", "department_title", "department_parent_title"), nullable(STRING)
    ),
    "report_date": DAY,
    "is_work_day": BOOLEAN,
}
_TAKEN_OFF = {"subtract_time": _TEXT_CLOCK, "subtract_time_minute": INTEGER}
_ENDS = {"first_time": STRING, "last_time": STRING}
_SHEET_HEAD = {
    **dict.fromkeys(
        ("day_time_sum", "night_time_sum", "sum_day_night_time", "over_time_sum", "production_time_sum"), _TEXT_CLOCK
    ),
    **dict.fromkeys(
        ("sum_day_night_minute", "employeeID", "over_time_sum_minute", "production_time_sum_minute"), INTEGER
    ),
    **dict.fromkeys(("lastName", "firstName", "patronymic", "fullName"), STRING),
    "tab_number": nullable(STRING),
    "pinCode": nullable(INTEGER),
}
_NIGHT_DAY = record(
    {"inoutDate": DAY, "mode_col_count": INTEGER, **_TAKEN_OFF, "times_count": INTEGER, "times": array(record(_ENDS))}
)
_LOCATED = record(
    {
        "inout_date": DAY,
        **dict.fromkeys(("in_location_id", "out_location_id"), nullable(INTEGER)),
        **dict.fromkeys(("in_location_title", "out_location_title"), nullable(STRING)),
        **_ENDS,
    }
)
_NIGHT_PLACE = record(
    {
        "location_id": nullable(INTEGER),
        "location_title": nullable(STRING),
        **dict.fromkeys(("day_time_sum", "night_time_sum"), _TEXT_CLOCK),
        **dict.fromkeys(
            ("mode_col_count", "day_time_sum_minutes", "night_time_sum_minutes", "sum_prod_shifts"), INTEGER
        ),
        **_TAKEN_OFF,
        "dates": array(
            record(
                {
                    "inout_date": DAY,
                    **_TAKEN_OFF,
                    "day_time": _TEXT_CLOCK,
                    "night_time": _TEXT_CLOCK,
                    "times": array(_LOCATED),
                }
            )
        ),
    }
)
_T12_REPORT = record(
    {
        **dict.fromkeys(
            (
                "authorized_time_sum",
                "weekend_holidays",
                "not_work_time_all_sum",
                "not_work_time_with_absence_sum",
                "not_work_time_without_absence_sum",
                "production_time_sum",
                "work_time_sum",
                "not_worked_time",
                "overtime",
            ),
            _TEXT_CLOCK,
        ),
        "worked_days": INTEGER,
        "days": array(
            record(
                {
                    "report_date": DAY,
                    "absence_cause_name": nullable(STRING),
                    "absence_cause_title": nullable(STRING),
                    "absence_cause_color": STRING,
                    "is_work_day": BOOLEAN,
                    "is_holiday": BOOLEAN,
                    "work_time": _TEXT_CLOCK,
                }
            )
        ),
    }
)
_T12 = {
    "employee_id": INTEGER,
    **dict.fromkeys(("first_name", "last_name", "patronymic"), STRING),
    **dict.fromkeys(
        (
            "tab_number",
            "department_title",
            "department_parent_title",
            "first_department_title",
            "position_title",
        ),
        nullable(STRING),
    ),
    **dict.fromkeys(("department_id", "position_id"), nullable(INTEGER)),
    "photos": PHOTOS,
    "report": _T12_REPORT,
}

SCHEMAS: dict[str, Schema] = {
    "Dismissed": record(_DISMISSED),
    "DismissedDays": page_of("Dismissed"),
    "Nights": record({**_SHEET_HEAD, "report": array(_NIGHT_DAY)}),
    "NightSheets": page_of("Nights"),
    "NightsByLocation": record({**_SHEET_HEAD, "sum_prod_days": INTEGER, "locations": array(_NIGHT_PLACE)}),
    "NightSheetsByLocation": page_of("NightsByLocation"),
    "T12": record(_T12),
    "T12Sheets": page_of("T12"),
}
