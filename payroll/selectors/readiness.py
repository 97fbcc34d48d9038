"""What still stands in the way of a run, as a list a payroll clerk works through."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from attendance.selectors import undecided
from hr.models import Employee, Leave, LeaveStatus
from hr.selectors import organisation
from payroll.engine.explain import grouped
from payroll.engine.window import Window, calendar_month
from payroll.models import FindingLevel, Payroll, PayrollRun, RunFinding, RunStatus
from payroll.selectors import counters, retro, stale, unpaid_before
from payroll.selectors.retro import Restated
from payroll.selectors.stale import Outdated
from peoplesync.kernel.dates import ONE_DAY

#: So many people are named in a sentence.
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Point:
    """One thing to look at. A blocking one is put right before the run goes on, or taken on with a reason.

    `about`: a word for each of those counted, where known, so that taking on one is not taking on another.
    """

    code: str
    count: int
    is_blocking: bool
    message: str
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Looked:
    """What takes long to find out: seconds for ten thousand people."""

    outdated: Outdated
    restated: list[Restated]


def look(run: PayrollRun) -> Looked:
    """Who would be paid otherwise by now, and which posted months would."""
    return Looked(stale.look(run), retro.of_run(run))


def look_again(run: PayrollRun, before: Looked) -> Looked:
    """The same with what was written since, in a moment. Posted months stay as found: whoever changes pay of those has said
    so, is told that they stay, and the next run asks again.
    """
    return Looked(stale.look_again(run, before.outdated), before.restated)


def points(run: PayrollRun, at: datetime, looked: Looked | None = None) -> list[Point]:
    """Everything open, the blocking ones first. Nothing open, or nothing left to go on with: an empty list. `looked`: what
    was found out before.

    A constant number of statements, and of them per five hundred people (see `stale`).
    """
    if run.status in {RunStatus.POSTED, RunStatus.PAID, RunStatus.CANCELLED}:
        return []
    looked = looked or look(run)
    found = [
        Point(
            "refused",
            run.refused_count,
            True,
            "People cannot be paid yet. Put their facts right and generate the month again.",
        ),
        *_outdated_points(looked.outdated),
        _retro_point(looked.restated),
        *_other_months(run),
        *_undecided(run),
        Point("outliers", run.outlier_count, True, "Payslips differ much from the month before. See the variance."),
        Point("warnings", _with_warnings(run), False, "Payslips carry warnings. Read them."),
        Point(
            "skipped",
            _people(run, FindingLevel.SKIPPED),
            False,
            "People are left to another run, or not employed in the month after all.",
        ),
        Point(
            "month_not_over",
            int(_is_running(run, at)),
            False,
            "The counted days are not over: presence and leave may still change.",
        ),
    ]
    return [point for point in found if point.count]


def _undecided(run: PayrollRun) -> list[Point]:
    """What waits on the counted days for a decision or to be computed; leavers' later days, too (see `counters.windows`)."""
    people = Payroll.objects.live().filter(run=run).values("employee_id")
    days = run.counted_first_on, run.counted_last_on
    after = run.counted_last_on + ONE_DAY, calendar_month(run.period_year, run.period_month).ends_on
    leavers = people.filter(employee__ended_on__range=after)
    return [
        Point(
            "pending_leave",
            _pending_leave(run, people, leavers, after[1]),
            True,
            "Leave in the counted days waits for a decision.",
        ),
        Point(
            "pending_corrections",
            undecided.corrections((people, *days), (leavers, *after)),
            True,
            "Corrections of counted days wait for a decision.",
        ),
        Point(
            "pending_overtime",
            undecided.overtime(people, *days) + undecided.overtime(leavers, *after),
            True,
            "Counted days have undecided overtime.",
        ),
        Point(
            "days_to_compute",
            undecided.days_to_compute(run.counted_first_on, run.counted_last_on),
            True,
            "A change of holidays, schedules or people is still being computed into the counted days. Wait until its job "
            "has ended, then generate the month again if people are named.",
        ),
    ]


def _other_months(run: PayrollRun) -> list[Point]:
    """What is wrong between this month and those before it."""
    return [
        Point(
            "counted_days_moved",
            int(not _counts_its_days(run)),
            True,
            "The days this month counts have moved since: the cut-off day changed, or the month before was posted with "
            "another. Generate the month again, so that each day counts once.",
        ),
        _named(
            "unpaid_before",
            unpaid_before.employee_ids(run),
            "They were employed in the month before, and its pay is posted without them: {}. Generate that month again for "
            "them, or say how they were paid.",
        ),
        Point(
            "earlier_open",
            _earlier_open(run),
            True,
            "Earlier months are not posted. Post or cancel their runs first, so that comparisons hold.",
        ),
    ]


def _counts_its_days(run: PayrollRun) -> bool:
    cutoff_day = organisation.settings().payroll_cutoff_day
    return counters.window(run.period_year, run.period_month, cutoff_day) == Window(
        run.counted_first_on, run.counted_last_on
    )


def _outdated_points(outdated: Outdated) -> list[Point]:
    return [
        _named(
            "stale",
            outdated.changed,
            "What decides their pay has changed since it was computed: {}. Generate the month again.",
        ),
        _named(
            "not_included",
            outdated.missing,
            "They are to be paid for this month, and this run has no payslip for them: {}. Generate the month again.",
        ),
        _named(
            "out_of_scope",
            outdated.gone,
            "They are no longer among those this run pays: {}. Generate the month again for everybody, or cancel this run.",
        ),
    ]


def _retro_point(found: list[Restated]) -> Point:
    """Posted months that would be paid otherwise by now: what is posted stays, and is not forgotten."""
    people = Employee.objects.in_bulk({one.employee_id for one in found[:SHOWN]}) if found else {}
    said = [f"{people[one.employee_id]} in {one.year}-{one.month:02} {_difference(one)}" for one in found[:SHOWN]]
    more = [f"{len(found) - SHOWN:,} others"] if len(found) > SHOWN else []
    message = (
        f"Pay of posted months changed since, and the difference is not paid by itself: {', '.join(said + more)}. Pay it "
        "with an assignment or a correction run, and say so with the acknowledgement."
    )
    if any(one.is_unknown for one in found):
        message += (
            " Where other rules computed what is posted, work the difference out by hand: compare the payslip and its reasons "
            "with what changed."
        )
    about = (f"{one.employee_id} {one.year}-{one.month:02} {one.facts or one.difference}" for one in found)
    return Point("posted_month_changed", len(found), True, message, tuple(about))


def _difference(restated: Restated) -> str:
    amount = restated.difference
    if restated.is_unknown:
        return "(difference unknown, computed by other rules)"
    if amount is None:
        return "(cannot be paid as it stands now)"
    return f"({grouped(abs(amount))} {'more' if amount >= 0 else 'less'})"


def _named(code: str, people: Collection[UUID] | Mapping[UUID, str], sentence: str) -> Point:
    """A blocking point about people, the first of them by name; a mapping says with each what is about her."""
    employee_ids = sorted(people)
    first = employee_ids[:SHOWN]
    names = [str(person) for person in Employee.objects.filter(pk__in=first).order_by("pk")] if first else []
    more = [f"{len(employee_ids) - SHOWN:,} others"] if len(employee_ids) > SHOWN else []
    said = people if isinstance(people, Mapping) else dict.fromkeys(people, "")
    about = tuple(f"{pk} {said[pk]}".strip() for pk in employee_ids)
    return Point(code, len(employee_ids), True, sentence.format(", ".join(names + more)), about)


def _pending_leave(run: PayrollRun, people: Any, leavers: Any, month_end: date) -> int:
    counted = Q(employee_id__in=people, start_date__lte=run.counted_last_on)
    counted |= Q(employee_id__in=leavers, start_date__lte=month_end)
    waiting = Leave.objects.alive().filter(status=LeaveStatus.PENDING, end_date__gte=run.counted_first_on)
    return int(waiting.filter(counted).count())


def _earlier_open(run: PayrollRun) -> int:
    still_open = PayrollRun.objects.filter(
        kind=run.kind, status__in=[RunStatus.COMPUTED, RunStatus.APPROVED], payroll_count__gt=0
    )
    month = calendar_month(run.period_year, run.period_month)
    earlier = still_open.filter(period_year__lt=month.starts_on.year) | still_open.filter(
        period_year=month.starts_on.year, period_month__lt=month.starts_on.month
    )
    return earlier.count()


def _with_warnings(run: PayrollRun) -> int:
    return run.payrolls.live().exclude(warnings=[]).count()


def _people(run: PayrollRun, level: str) -> int:
    return RunFinding.objects.filter(run=run, level=level).values("employee_id").distinct().count()


def _is_running(run: PayrollRun, at: datetime) -> bool:
    return organisation.today(at) <= run.counted_last_on
