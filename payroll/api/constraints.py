"""What a violated constraint of pay means to a person: the same words as the polite check before it."""

from __future__ import annotations

from peoplesync.core.errors import translate_constraint
from peoplesync.kernel.errors import Conflict, Invalid


def translate() -> None:
    """Teach the error envelope these constraints; called once Django is ready."""
    for name, field, sentence, code in (
        ("payroll_salarycomponent_code_unique", "code", "Another component has this code.", "duplicate"),
        ("payroll_payrate_no_overlap", "valid_from", "There is another pay rate in these days.", "overlap"),
        (
            "payroll_salaryassignment_no_overlap",
            "valid_from",
            "This component is assigned already in these days. End that assignment first.",
            "overlap",
        ),
    ):
        translate_constraint(name, Invalid.field(field, sentence, code=code))
    translate_constraint(
        "payroll_payroll_posted_is_final",
        Conflict("This payroll is posted and cannot change. Correct it with the next payroll.", code="posted"),
    )
    exists = Conflict("This employee has a payroll of this month already.", code="payroll_exists")
    for name in ("payroll_payroll_one_salary_a_month", "payroll_payroll_once_a_period"):
        translate_constraint(name, exists)
