"""The organisation's settings: one row, read by everything."""

from __future__ import annotations

import pghistory
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from peoplesync.core.models import TouchedRecord

#: Of an organisation whose settings nobody has saved yet.
DEFAULT_ZONE = "Asia/Jakarta"


@pghistory.track()
class Setting(TouchedRecord):
    """How this organisation works. The contract shows name, cut-off day and zone; staff edit the rest in the admin."""

    org_name = models.CharField(max_length=255, default="My organisation")
    payroll_cutoff_day = models.PositiveSmallIntegerField(
        default=25, validators=[MinValueValidator(1), MaxValueValidator(31)]
    )
    timezone = models.CharField(max_length=64, default=DEFAULT_ZONE)
    currency = models.CharField(max_length=3, default="IDR")
    #: Pay is rounded to multiples of this amount.
    money_unit = models.DecimalField(max_digits=12, decimal_places=2, default="0.01")
    payroll_pack = models.CharField(max_length=40, default="none")
    #: Off: a second native clock-in on the same local day is refused, as the contract says.
    allows_several_stays_a_day = models.BooleanField(default=False)
    #: On: the server's count of leave days is taken when the client's differs.
    accepts_counted_leave_days = models.BooleanField(default=False)
    refuses_insufficient_leave = models.BooleanField(default=False)
    maximum_stay_hours = models.PositiveSmallIntegerField(
        default=16, validators=[MinValueValidator(1), MaxValueValidator(72)]
    )
    #: How a stay that crosses midnight is given a work date: start, end, most_hours or split.
    work_date_policy = models.CharField(max_length=12, default="start")
    #: Client clocks may differ from ours by this many seconds before a record is flagged.
    maximum_clock_skew_seconds = models.PositiveIntegerField(default=300)
    #: Position, photo, device and addresses of a punch are deleted this many days after its work date; 0 keeps them.
    punch_evidence_days = models.PositiveIntegerField(default=0, db_default=0)
    overtime_needs_approval = models.BooleanField(default=True)
    overtime_step_minutes = models.PositiveSmallIntegerField(default=1)
    #: A week's work beyond this is overtime of the week, as far as it is no overtime of a day already; empty: no such kind.
    weekly_overtime_after_minutes = models.PositiveIntegerField(null=True, blank=True)
    #: Off only where one person owns payroll: then the same person may approve and post.
    payroll_needs_second_person = models.BooleanField(default=True)
    only_row = models.BooleanField(default=True, editable=False, unique=True)

    class Meta:
        verbose_name = "organisation settings"
        verbose_name_plural = "organisation settings"
        constraints = [
            models.CheckConstraint(condition=models.Q(only_row=True), name="hr_setting_is_a_single_row"),
            models.CheckConstraint(
                condition=models.Q(payroll_cutoff_day__range=(1, 31)), name="hr_setting_cutoff_day_in_month"
            ),
            models.CheckConstraint(
                condition=models.Q(work_date_policy__in=["start", "end", "most_hours", "split"]),
                name="hr_setting_work_date_policy_is_known",
            ),
            models.CheckConstraint(condition=models.Q(money_unit__gt=0), name="hr_setting_money_unit_positive"),
        ]

    def __str__(self) -> str:
        return self.org_name
