"""Payrolls: one employee's payslip of one period, its lines, and the frozen facts it was computed from.

Once posted none of it changes: triggers in the database refuse it to everybody. What is paid out is a row of its own.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.models import F, Q

from hr.models import Employee
from hr.models.scoping import ScopedQuerySet
from payroll.models.component import SalaryComponent
from payroll.models.kind import PayrollKind
from payroll.models.run import PayrollRun
from peoplesync.core.models import Record
from peoplesync.kernel import rights
from peoplesync.kernel.roles import Scope


class PayrollStatus(models.TextChoices):
    COMPUTED = "computed", "Computed"
    APPROVED = "approved", "Approved"
    POSTED = "posted", "Posted"
    CANCELLED = "cancelled", "Cancelled"


class LineKind(models.TextChoices):
    EARNING = "earning", "Earning"
    DEDUCTION = "deduction", "Deduction"
    EMPLOYER = "employer", "Employer's cost"


class PayrollQuerySet(ScopedQuerySet):
    resource = "payrolls"

    def live(self) -> Any:
        """Payslips that count: those not cancelled."""
        return self.exclude(status=PayrollStatus.CANCELLED)

    def visible_to(self, user, action="read"):
        """Live payslips; a person's own only once they are approved, so nobody reads figures that may still change."""
        rows = super().visible_to(user, action).live()
        if rights.scope(user.role_names, self.resource, action) is Scope.ALL:
            return rows
        return rows.filter(status__in=[PayrollStatus.APPROVED, PayrollStatus.POSTED])


class Payroll(Record):
    """One payslip. Of those that pay the salary one exists per employee and month; other kinds are numbered by `sequence`."""

    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, db_index=False, related_name="payrolls")
    run = models.ForeignKey(PayrollRun, on_delete=models.PROTECT, related_name="payrolls")
    period_year = models.PositiveSmallIntegerField()
    period_month = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=PayrollKind.choices, default=PayrollKind.REGULAR)
    sequence = models.PositiveSmallIntegerField(default=1)
    status = models.CharField(max_length=10, choices=PayrollStatus.choices, default=PayrollStatus.COMPUTED)
    gross_amount = models.DecimalField(max_digits=38, decimal_places=2)
    deduction_amount = models.DecimalField(max_digits=38, decimal_places=2)
    net_amount = models.DecimalField(max_digits=38, decimal_places=2)
    #: What the employer bears beside the gross.
    employer_amount = models.DecimalField(max_digits=38, decimal_places=2, default=0)
    generated_at = models.DateTimeField()
    #: Stands out against the payslip before: the approver says why it is right.
    is_outlier = models.BooleanField(default=False)
    #: What a person should look at: `[{code, message, subject}]`.
    warnings = models.JSONField(default=list, blank=True)

    objects = PayrollQuerySet.as_manager()

    class Meta:
        verbose_name = "payslip"
        ordering = ["-period_year", "-period_month", "employee_id", "id"]
        constraints = [
            # Two indexes share the rows between them: each payslip stands in one.
            models.UniqueConstraint(
                fields=["employee", "period_year", "period_month"],
                condition=Q(kind__in=["regular", "final"]) & ~Q(status="cancelled"),
                name="payroll_payroll_one_salary_a_month",
            ),
            models.UniqueConstraint(
                fields=["employee", "period_year", "period_month", "kind", "sequence"],
                condition=~Q(kind__in=["regular", "final"]) & ~Q(status="cancelled"),
                name="payroll_payroll_once_a_period",
            ),
            models.CheckConstraint(
                condition=Q(status__in=PayrollStatus.values), name="payroll_payroll_status_is_known"
            ),
            models.CheckConstraint(condition=Q(kind__in=PayrollKind.values), name="payroll_payroll_kind_is_known"),
            models.CheckConstraint(condition=Q(period_month__range=(1, 12)), name="payroll_payroll_month_exists"),
            models.CheckConstraint(
                condition=Q(net_amount=F("gross_amount") - F("deduction_amount")), name="payroll_payroll_net_adds_up"
            ),
            models.CheckConstraint(
                condition=Q(net_amount__gte=0, deduction_amount__gte=0, employer_amount__gte=0),
                name="payroll_payroll_amounts_not_negative",
            ),
        ]
        indexes = [
            models.Index(fields=["run", "employee"], name="payroll_payroll_of_run"),
            # One person's payslips, the newest first: asked for once per person of a run.
            models.Index(
                fields=["employee", "-period_year", "-period_month", "-generated_at", "-id"],
                name="payroll_payroll_of_employee",
            ),
            models.Index(
                fields=["-period_year", "-period_month", "employee", "id"],
                condition=~Q(status="cancelled"),
                name="payroll_payroll_newest_period",
            ),
        ]

    def __str__(self) -> str:
        return f"{date(self.period_year, self.period_month, 1):%B %Y}"


class PayrollItem(models.Model):
    """One line of a payslip, with its reason. The amount is above zero; `kind` says which way it counts."""

    id = models.UUIDField(primary_key=True, editable=False)
    payroll = models.ForeignKey(Payroll, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField()
    component = models.ForeignKey(SalaryComponent, on_delete=models.PROTECT, related_name="items")
    #: The name as it was when computed: renaming the component does not change old payslips.
    component_name = models.CharField(max_length=150)
    kind = models.CharField(max_length=10, choices=LineKind.choices)
    amount = models.DecimalField(max_digits=38, decimal_places=2)
    note = models.TextField(null=True, blank=True)  # noqa: DJ001 nullable by contract
    #: Basis, formula, parameters, parts and sources, as the engine gave them.
    reason = models.JSONField()

    class Meta:
        ordering = ["payroll_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["payroll", "position"], name="payroll_payrollitem_one_per_position"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payroll_payrollitem_amount_above_zero"),
            models.CheckConstraint(condition=Q(kind__in=LineKind.values), name="payroll_payrollitem_kind_is_known"),
        ]

    def __str__(self) -> str:
        return self.component_name


class PayrollSnapshot(Record):
    """The facts a payslip was computed from, frozen: computing them again gives the same result, hash for hash.

    Holds ids and figures only, never names or national ids, because it is kept as long as the payslip.
    """

    payroll = models.OneToOneField(Payroll, on_delete=models.CASCADE, related_name="snapshot")
    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+")
    period_year = models.PositiveSmallIntegerField()
    period_month = models.PositiveSmallIntegerField()
    gross_amount = models.DecimalField(max_digits=38, decimal_places=2)
    net_amount = models.DecimalField(max_digits=38, decimal_places=2)
    #: Canonical JSON of the engine's inputs; text, because a JSON column would write it in another way.
    inputs = models.TextField()
    inputs_fingerprint = models.CharField(max_length=64)
    result_hash = models.CharField(max_length=64)
    rule_version = models.CharField(max_length=20)
    pack = models.CharField(max_length=40)
    pack_version = models.CharField(max_length=40)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.inputs_fingerprint[:12]
