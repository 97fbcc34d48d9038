"""PURE. Which days of employment a payroll pays the salary of, and whether another run pays them."""

from __future__ import annotations

from datetime import timedelta

from payroll.engine.inputs import Inputs, Kind
from payroll.engine.policy import LateJoiner
from payroll.engine.window import Window

#: These kinds pay the month's salary, default amounts and regular assignments.
SALARY_KINDS = frozenset({Kind.REGULAR, Kind.FINAL})


def employed(inputs: Inputs) -> Window | None:
    """The days of the month the person is employed."""
    return inputs.salary.overlap(inputs.employed_from, inputs.employed_to)


def is_late_joiner(inputs: Inputs) -> bool:
    """Whether the person starts in this month after its cut-off and stays beyond the month.

    Somebody who joins and leaves within the same days has no next month to be paid in, and is paid now.
    """
    month = inputs.salary
    starts_late = inputs.counted.ends_on < inputs.employed_from <= month.ends_on
    stays = inputs.employed_to is None or inputs.employed_to > month.ends_on
    return starts_late and stays and inputs.employed_from in month


def is_deferred(inputs: Inputs) -> bool:
    """Whether this regular payroll leaves the person's days to another run."""
    return inputs.kind is Kind.REGULAR and is_late_joiner(inputs) and inputs.policy.late_joiner != LateJoiner.PAY_NOW


def paid_windows(inputs: Inputs) -> tuple[Window, ...]:
    """The days whose salary this payroll pays, earliest month first; each window lies in one month."""
    this_month = employed(inputs)
    if not pays_salary(inputs) or this_month is None:
        return ()
    arrears = _arrears(inputs)
    return (arrears, this_month) if arrears else (this_month,)


def pays_salary(inputs: Inputs) -> bool:
    """Whether this payroll pays salary at all."""
    if inputs.kind in SALARY_KINDS:
        return not is_deferred(inputs)
    is_supplementary = inputs.policy.late_joiner is LateJoiner.SUPPLEMENTARY_RUN
    return inputs.kind is Kind.OFF_CYCLE and is_supplementary and is_late_joiner(inputs)


def _arrears(inputs: Inputs) -> Window | None:
    """Last month's days of somebody who joined after its cut-off: the counted window begins the day after that."""
    if inputs.policy.late_joiner is not LateJoiner.ARREARS_NEXT_MONTH:
        return None
    last_day = inputs.salary.starts_on - timedelta(days=1)
    if not inputs.counted.starts_on <= inputs.employed_from <= last_day:
        return None
    return Window(inputs.employed_from, last_day)
