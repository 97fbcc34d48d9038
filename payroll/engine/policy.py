"""PURE. The choices an organisation makes where the law leaves them open. Each has a name and no hidden default."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from peoplesync.kernel.errors import Invalid
from peoplesync.kernel.money import CENT

_LARGEST_UNIT = Decimal(1_000_000)


class Proration(StrEnum):
    """What a part of a month is measured in. The employee's working days are among the inputs."""

    CALENDAR_DAYS = "calendar_days"
    WORKING_DAYS = "working_days"


class LateJoiner(StrEnum):
    """What happens to somebody who starts after the month's cut-off, when the run may already be made."""

    #: Nothing now; next month's pay contains the days of this month.
    ARREARS_NEXT_MONTH = "arrears_next_month"
    #: Nothing in the regular run; an off-cycle run of the same month pays them.
    SUPPLEMENTARY_RUN = "supplementary_run"
    #: Paid in the regular run: for organisations that run after the month has ended.
    PAY_NOW = "pay_now"


class UnpaidDays(StrEnum):
    """Where unpaid days show: in smaller prorated lines, or in a deduction of their own."""

    REDUCE_LINES = "reduce_lines"
    #: On the deduction component with the code `unpaid`.
    DEDUCT = "deduct"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How the organisation (or pay group) pays parts of months.

    `rounding_unit`: every line is rounded half up to a multiple of it, in the organisation's currency.
    Raises Invalid for a unit that the database's two decimals cannot hold.
    """

    proration: Proration = Proration.CALENDAR_DAYS
    late_joiner: LateJoiner = LateJoiner.ARREARS_NEXT_MONTH
    unpaid_days: UnpaidDays = UnpaidDays.REDUCE_LINES
    rounding_unit: Decimal = CENT

    def __post_init__(self) -> None:
        unit = self.rounding_unit
        if not unit.is_finite() or not CENT <= unit <= _LARGEST_UNIT or unit % CENT:
            raise Invalid.field("rounding_unit", "Must be a multiple of 0.01 up to 1,000,000, for example 0.01 or 1.")
