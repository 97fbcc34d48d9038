"""Leave: ask, decide, withdraw. The server counts the days; the ledger keeps the balance; one engine decides.

Every act that changes what a day is passes the period locks first. What a day asks of a person stands in the selectors.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from hr.models import Employee, Leave, LeaveStatus, LeaveType, Setting
from hr.selectors import approvers, leave_balances, leave_days, locks, organisation
from hr.services import approvals, leave_ledger
from peoplesync.core.hooks import Hook
from peoplesync.core.models import ActivityLog
from peoplesync.core.services import activity, notifications
from peoplesync.kernel import rights
from peoplesync.kernel.dates import days_between
from peoplesync.kernel.errors import Conflict, Forbidden, Invalid
from peoplesync.kernel.roles import Scope

KIND = "leave"
#: One request covers at most a year: longer absences are asked for year by year, as the balance is.
LONGEST = timedelta(days=366)

#: Called in the transaction with (employee id, first day, last day) when approved leave appears or disappears.
leave_changed: Hook[[UUID, date, date]] = Hook("hr.services.leaves.leave_changed")


@transaction.atomic
def request(
    *,
    employee: Employee,
    leave_type: str,
    start_date: date,
    end_date: date,
    days: Decimal,
    reason: str | None,
    by: Any,
    at: datetime,
) -> Leave:
    """Ask for leave from `start_date` to `end_date`, both inside; `days` is the asker's own count of working days.

    Raises Invalid for days out of order, too long, without work, miscounted, overlapping or (where the organisation
    refuses it) beyond the balance; Conflict when a day is locked.
    """
    _check_span(start_date, end_date)
    locks.ensure_open(employee.pk, days_between(start_date, end_date), "This leave", has_retro=False)
    kind = LeaveType.objects.filter(code=leave_type).first()
    if kind is None:
        raise Invalid.field("leave_type", "There is no such leave type. Ask for one of /leave_types.", code="unknown")
    # Requests of one person come one after the other: the balance cannot be asked for twice, and two insertions into
    # an exclusion constraint in the same moment would deadlock.
    Employee.objects.select_for_update(no_key=True).get(pk=employee.pk)
    _check_free(employee.pk, start_date, end_date)
    setting = organisation.settings()
    _check_employed(employee, start_date, end_date)
    counted = _counted(setting, employee.pk, start_date, end_date, days)
    made = Leave.objects.create(
        employee=employee,
        leave_type=kind,
        start_date=start_date,
        end_date=end_date,
        days=counted,
        reason=reason,
        exceeds_balance=_exceeds(setting, employee.pk, kind, (start_date, end_date), counted),
        created_at=at,
    )
    approvals.request(kind=KIND, subject_id=made.pk, employee_id=employee.pk, by=by, at=at)
    _log(made, "created", by=by, at=at)
    return made


def _check_span(first: date, last: date) -> None:
    if last < first:
        raise Invalid.field("end_date", "The last day is before the first day. Give the days in their order.")
    if last - first >= LONGEST:
        raise Invalid.field("end_date", f"One request covers at most {LONGEST.days} days. Ask for the rest in another.")


def _check_employed(employee: Employee, first: date, last: date) -> None:
    hired_at, ended_on = employee.hired_at, employee.ended_on
    if hired_at is not None and last < hired_at:
        raise Invalid.field("end_date", f"The first day of employment is {hired_at}. Ask for days from then on.")
    if ended_on is not None and first > ended_on:
        raise Invalid.field("start_date", f"The last day of employment is {ended_on}. Ask for days up to then.")


def _left_of(leave: Leave) -> tuple[date, Decimal]:
    """The last day and the days of leave that ends with the employment at the latest; no days where it has none by then.

    The person is held, so that her last day is set before, or finds the leave approved (see `leave_endings`).
    """
    person = Employee.objects.select_for_update(no_key=True).only("ended_on").get(pk=leave.employee_id)
    last_day: date | None = person.ended_on
    if last_day is None or leave.end_date <= last_day:
        return leave.end_date, leave.days
    if leave.start_date > last_day:
        return last_day, Decimal(0)
    years = leave_days.fitted([(leave.employee_id, leave.start_date, last_day, leave.days)])[0]
    return last_day, sum(years.values(), Decimal(0))


def _check_left(leave: Leave) -> None:
    last_day, days = _left_of(leave)
    if not days:
        raise Conflict(
            f"This leave has no working day up to the last day of employment, {last_day}. Reject it.",
            code="after_last_day",
        )


def _check_free(employee_id: UUID, first: date, last: date) -> None:
    standing = Leave.objects.alive().filter(employee_id=employee_id, start_date__lte=last, end_date__gte=first)
    other = standing.exclude(status=LeaveStatus.REJECTED).first()
    if other is not None:
        raise Invalid.field(
            "start_date",
            f"There is {other.status} leave from {other.start_date} to {other.end_date}. Choose other days.",
            code="overlap",
        )


def _counted(setting: Setting, employee_id: UUID, first: date, last: date, days: Decimal) -> Decimal:
    """The days the leave takes: the server's count, or half a day of a single working day where that was asked for."""
    counted = leave_days.count(employee_id, first, last)
    if not counted:
        raise Invalid.field("days", "None of these days is a working day, so no leave is needed.", code="no_work")
    if days == counted or (first == last and days == leave_days.HALF):
        return days
    if setting.accepts_counted_leave_days:
        return counted
    raise Invalid.field(
        "days",
        f"Of these days {counted} {'is a working day' if counted == 1 else 'are working days'}. Send {counted} as days.",
        code="days_miscounted",
    )


def _exceeds(setting: Setting, employee_id: UUID, kind: LeaveType, span: tuple[date, date], days: Decimal) -> bool:
    """Whether a year's balance, less what is asked for already, does not cover what the leave takes until its end."""
    if not kind.uses_balance:
        return False
    taken = Decimal(0)
    for year, part in leave_days.split(employee_id, *span, days).items():
        taken += part  # a balance is a sum over all years until then
        left = leave_balances.available_until(employee_id, kind.code, year)
        if taken > left:
            if setting.refuses_insufficient_leave:
                sentence = f"Days left until the end of {year}: {max(left, Decimal(0)):f}. Ask for fewer."
                raise Invalid.field("days", sentence, code="insufficient_balance")
            return True
    return False


def ensure_may_decide(*, leave: Leave, by: Any) -> None:
    """Raises Forbidden unless `by` may approve or reject this leave."""
    approvals.ensure_may_decide(kind=KIND, employee_id=leave.employee_id, by=by)


@transaction.atomic
def decide(*, leave: Leave, status: str, note: str, by: Any, at: datetime) -> Leave:
    """Approve or reject (`status` is the word). Raises Forbidden, Invalid when decided before, Conflict for approving on
    locked days or after the last one of employment.
    """
    if status == LeaveStatus.APPROVED:
        locks.ensure_open(
            leave.employee_id, days_between(leave.start_date, leave.end_date), "This leave", has_retro=False
        )
        _check_left(leave)
    waiting = approvals.pending(kind=KIND, subject_id=leave.pk)
    approvals.decide(request=waiting, is_approval=status == LeaveStatus.APPROVED, by=by, at=at, note=note)
    leave.refresh_from_db()
    return leave


def _on_approved(outcome: approvals.Outcome) -> None:
    leave = _decided(outcome, LeaveStatus.APPROVED)
    last_day, days = _left_of(leave)
    if last_day != leave.end_date:
        leave.end_date, leave.days = last_day, days
        leave.save(update_fields=["end_date", "days"])
    leave_ledger.take(leave=leave, by=outcome.by, at=outcome.at)
    leave_changed(leave.employee_id, leave.start_date, leave.end_date)


def _on_rejected(outcome: approvals.Outcome) -> None:
    _decided(outcome, LeaveStatus.REJECTED)


def _decided(outcome: approvals.Outcome, status: LeaveStatus) -> Leave:
    leave = Leave.objects.select_related("leave_type").get(pk=outcome.request.subject_id)
    leave.status, leave.approved_by, leave.updated_at = status, outcome.by, outcome.at
    leave.save(update_fields=["status", "approved_by", "updated_at"])
    return leave


def _described(leave_ids: Collection[UUID]) -> dict[UUID, str]:
    rows = Leave.objects.filter(pk__in=leave_ids).select_related("leave_type", "employee")
    return {leave.pk: words(leave) for leave in rows}


def words(leave: Leave) -> str:
    """What a message calls a leave."""
    span = f"{leave.start_date}" if leave.start_date == leave.end_date else f"{leave.start_date} to {leave.end_date}"
    beyond = ", beyond the balance" if leave.exceeds_balance else ""
    return f"{leave.leave_type.name} leave of {leave.employee.full_name}, {span}{beyond}"


#: How the approval engine knows leave; registered in the app's `ready`.
SUBJECT = approvals.Subject(
    kind=KIND, resource="leaves", on_approved=_on_approved, on_rejected=_on_rejected, described=_described
)


@transaction.atomic
def withdraw(*, leave: Leave, by: Any, at: datetime) -> None:
    """Take leave back: one's own while it is pending, HR's right also once approved. The days return to the balance.

    Raises Forbidden, Invalid when it was rejected or decided meanwhile, Conflict when approved days are locked.
    """
    reach = rights.scope(by.role_names, "leaves", "withdraw")
    if reach is not Scope.ALL and not (leave.employee_id == by.employee_id and leave.status == LeaveStatus.PENDING):
        raise Forbidden("Only HR takes back leave that is decided or somebody else's. Ask HR.", code="forbidden")
    if leave.status == LeaveStatus.REJECTED:
        raise Invalid.field("status", "This leave was rejected; there is nothing to take back.", code="already_decided")
    was_approved = leave.status == LeaveStatus.APPROVED
    if was_approved:
        locks.ensure_open(
            leave.employee_id, days_between(leave.start_date, leave.end_date), "Taking back this leave", has_retro=False
        )
    else:
        approvals.cancel(kind=KIND, subject_id=leave.pk, at=at)
    standing = Leave.objects.filter(pk=leave.pk, status=leave.status, deleted_at=None)
    if not standing.update(deleted_at=at, updated_at=at):
        raise Invalid.field("status", "This leave changed meanwhile. Reload to see it.", code="already_decided")
    if was_approved:
        leave_ledger.give_back(leave=leave, by=by, at=at)
        leave_changed(leave.employee_id, leave.start_date, leave.end_date)
    if by.employee_id != leave.employee_id:
        _tell_taken_back(leave, by, at)
    _log(leave, "withdrawn", by=by, at=at)


def _tell_taken_back(leave: Leave, by: Any, at: datetime) -> None:
    """Tell the person, and who approved it, that somebody else took her leave back: it is gone from their lists."""
    what = _described([leave.pk])[leave.pk]
    told = {*approvers.users_of(leave.employee_id), *([leave.approved_by_id] if leave.approved_by_id else [])}
    notifications.send(
        user_ids=told - {by.pk},
        title=f"{what}: taken back",
        message=f"{what} was {leave.status}, and HR took it back: it is no longer leave. Ask HR if that is not right.",
        at=at,
        event_key=approvals.event(kind=KIND, subject_id=leave.pk, verb="withdrawn"),
    )


def entry(leave: Leave, verb: str, *, by: Any, at: datetime, **more: Any) -> ActivityLog:
    """What the activity log says of an act on leave; not yet stored."""
    return activity.entry(
        action=f"leave.{verb}",
        resource_type="leave",
        resource_id=leave.pk,
        by=by,
        at=at,
        meta={
            "employee_id": str(leave.employee_id),
            "leave_type": leave.leave_type_id,
            "start_date": leave.start_date.isoformat(),
            "end_date": leave.end_date.isoformat(),
            "days": f"{leave.days:f}",
            **more,
        },
    )


def _log(leave: Leave, verb: str, *, by: Any, at: datetime) -> None:
    entry(leave, verb, by=by, at=at).save(force_insert=True)
