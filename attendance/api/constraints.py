"""What a violated constraint of presence means to a person: the same words as the polite check before it."""

from __future__ import annotations

from peoplesync.core.errors import translate_constraint
from peoplesync.kernel.errors import Conflict, Invalid

_CONFLICTS = (
    (
        "attendance_attendance_one_open",
        "You have already clocked in. Clock out first, or ask for a correction.",
        "already_clocked_in",
    ),
    (
        "attendance_attendance_no_overlap",
        "This overlaps with another attendance. Correct that one first.",
        "overlaps",
    ),
    ("attendance_break_no_overlap", "This overlaps with another break. Correct that one first.", "on_break"),
    (
        "attendance_correction_one_pending_per_stay",
        "A correction of this attendance waits for a decision already. Wait for it, or withdraw it and ask again.",
        "already_asked",
    ),
    (
        "attendance_correction_one_pending_per_start",
        "A correction with this start waits for a decision already. Wait for it, or withdraw it and ask again.",
        "already_asked",
    ),
    (
        "attendance_punch_client_id_once",
        "A punch with this id was received before. Give a new punch an id of its own.",
        "duplicate",
    ),
    (
        "attendance_punch_superseded_once",
        "This attendance was changed in the same moment. Reload to see it.",
        "changed_meanwhile",
    ),
)
_FIELDS = (
    ("attendance_attendance_ends_after_it_begins", "clock_out", "The end is not after the start.", "not_after_start"),
    ("attendance_correction_ends_after_it_begins", "clock_out", "The end is not after the start.", "not_after_start"),
    ("attendance_timeclock_name_unique", "name", "A time clock with this name exists already.", "duplicate"),
    ("attendance_timeclockemployee_once", "employee_id", "This employee may use the clock already.", "duplicate"),
    ("attendance_timeclockjob_once", "work_job_id", "This job may be chosen at the clock already.", "duplicate"),
    ("attendance_workjob_code_unique", "code", "A job with this code exists already.", "duplicate"),
    ("attendance_vendorid_names_one_row", "external_id", "This id belongs to something else already.", "duplicate"),
    ("attendance_vendorid_one_per_row", "external_id", "This has another id with this vendor already.", "duplicate"),
)


def translate() -> None:
    """Teach the error envelope these constraints; called once Django is ready."""
    for name, sentence, code in _CONFLICTS:
        translate_constraint(name, Conflict(sentence, code=code))
    for name, field, sentence, code in _FIELDS:
        translate_constraint(name, Invalid.field(field, sentence, code=code))
