"""Which later run took the payslips of a run over: the same payslips, computed again in place, belong to the later one."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, OuterRef, Q, Subquery, UUIDField, When
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast, Coalesce

from payroll.models import Payroll, PayrollRun, RunStatus

_OPEN = (RunStatus.COMPUTED, RunStatus.APPROVED)
_OVER = (RunStatus.CANCELLED, RunStatus.FAILED)
#: Runs nothing can be approved or posted with, because they hold no payslips.
LEFT_EMPTY = Q(status__in=_OPEN, payroll_count=0)


def named(runs: Any) -> Any:
    """The runs with `superseded_by`: of an open one that lost its payslips, the run its first payslip belongs to now.

    Where the job said how many there were instead of which, the newest run of the month that holds some, for the same
    people or more, stands for it. A run that was cancelled or has stopped is none to go on with.
    """
    first = Cast(KeyTextTransform("0", KeyTransform("payroll_ids", "job__result")), UUIDField())
    payslip = Payroll.objects.live().filter(pk=OuterRef("first_payslip")).exclude(run=OuterRef("pk"))
    payslip = payslip.exclude(run__status__in=_OVER)
    same = {name: OuterRef(name) for name in ("period_year", "period_month", "kind")}
    later = PayrollRun.objects.filter(**same, payroll_count__gt=0, created_at__gt=OuterRef("created_at"))
    later = later.exclude(status__in=_OVER)
    for name in ("department", "employee_ids"):
        later = later.filter(Q(**{name: OuterRef(name)}) | Q(**{f"{name}__isnull": True}))
    newest = Subquery(later.order_by("-created_at").values("pk")[:1])
    unlisted = Case(When(~Q(job__result__has_key="payroll_ids"), then=newest), output_field=UUIDField())
    found = Coalesce(Subquery(payslip.values("run")[:1]), unlisted)
    return runs.alias(first_payslip=first).annotate(
        superseded_by=Case(When(LEFT_EMPTY, then=found), output_field=UUIDField())
    )


def is_left_empty(run: PayrollRun) -> bool:
    """Whether the run is one of LEFT_EMPTY."""
    return run.status in _OPEN and not run.payroll_count


def later(run: PayrollRun) -> PayrollRun | None:
    """The run that holds now what this one had computed."""
    taken = named(PayrollRun.objects.filter(pk=run.pk)).values("superseded_by")
    return PayrollRun.objects.filter(pk__in=taken).first()


def advice(run: PayrollRun) -> str:
    """What to do with a run that holds no payslips, naming the run that computed them later."""
    other = later(run)
    if other is None:
        return "See its findings, put right what they name, and generate the month again."
    return f"Run {other.pk} computed them later: go on with that one, and cancel this one."
