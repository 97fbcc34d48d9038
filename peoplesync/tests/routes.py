"""The permission table's rows: every native route, what each method does in the rights matrix, and whose object it takes.

A route without a row fails the permission test. Objects are made for a person of the cast, straight in the database.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator

from attendance.models import Attendance, Correction, DayException, DaySummary, TimeClock, WorkJob
from attendance.services import sync
from hr.models import Leave, PeriodLock, Schedule, ScheduleAssignment, User, WorkSite
from hr.tests import builders
from payroll.models import (
    Payroll,
    PayrollRun,
    PayrollSnapshot,
    PayrollStatus,
    RunStatus,
    SalaryAssignment,
    SalaryComponent,
)
from peoplesync.core.models import Job, Notification, new_id
from peoplesync.tests.cast import Cast

Maker = Callable[[Cast, User], Any]


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document of the native routes as served to everybody. Looking at every view takes a while: once."""
    return SchemaGenerator().get_schema(public=True)


@dataclass(frozen=True)
class Row:
    """One route. `make` gives the id of an object of a person; None where the path takes no id."""

    resource: str
    actions: Mapping[str, str]
    make: Maker | None = None
    #: The object belongs to nobody in particular: whoever may read the resource sees it.
    is_shared: bool = False
    #: Methods whose view asks for the right to see first and leaves the right to act to the service: method -> action.
    then: Mapping[str, str] = field(default_factory=dict)
    #: Methods that nobody may use on what is her own: a second person decides.
    second_person: frozenset[str] = field(default_factory=frozenset)


#: Open to everybody; each authenticates in its own way or has nothing to hide.
ANONYMOUS = {
    "health": "says only whether services answer",
    "auth/login": "signs in",
    "auth/refresh": "takes a refresh token",
    "uploads/<str:token>": "the signature is the permission",
    "files/content/<str:token>": "the signature is the permission",
}
#: About the caller herself: any signed-in person.
ABOUT_ONESELF = {"auth/logout", "auth/change_password", "auth/me", "files/<id:id>"}


def department(cast: Cast, owner: User) -> Any:
    return cast.sales.pk


def employee(cast: Cast, owner: User) -> Any:
    return owner.employee_id


def role(cast: Cast, owner: User) -> Any:
    return builders.role("employee").pk


def user(cast: Cast, owner: User) -> Any:
    return owner.pk


def attendance(cast: Cast, owner: User) -> Any:
    at = datetime(2025, 11, 3, 1, tzinfo=UTC)
    return Attendance.objects.create(
        employee_id=owner.employee_id, clock_in=at, clock_out=at.replace(hour=9), timezone="Asia/Jakarta",
        work_date=date(2025, 11, 3), door="native",
    ).pk  # fmt: skip


def correction(cast: Cast, owner: User) -> Any:
    at = datetime(2025, 11, 3, 1, tzinfo=UTC)
    return Correction.objects.create(
        employee_id=owner.employee_id,
        work_date=date(2025, 11, 3),
        clock_in=at,
        clock_out=at.replace(hour=9),
        reason="Forgot",
        requested_by=owner,
    ).pk


def day_exception(cast: Cast, owner: User) -> Any:
    return DayException.objects.create(employee_id=owner.employee_id, work_date=date(2025, 11, 3), kind="late").pk


def day_of_overtime(cast: Cast, owner: User) -> Any:
    return DaySummary.objects.create(
        employee_id=owner.employee_id, work_date=date(2025, 11, 3), overtime={"weekday": 3600}
    ).pk


def leave(cast: Cast, owner: User) -> Any:
    return Leave.objects.create(
        employee_id=owner.employee_id, leave_type_id="unpaid", start_date=date(2025, 12, 1),
        end_date=date(2025, 12, 2), days=Decimal(2),
    ).pk  # fmt: skip


def notification(cast: Cast, owner: User) -> Any:
    return Notification.objects.create(user=owner, title="Hello", message="There").pk


def job(cast: Cast, owner: User) -> Any:
    return Job.objects.create(pk=f"job_{new_id()}", kind="probe", user=owner).pk


def sync_job(cast: Cast, owner: User) -> Any:
    return Job.objects.create(pk=f"job_{new_id()}", kind=sync.KIND, user=owner).pk


def run(cast: Cast, owner: User) -> Any:
    """A computed run of HR's that pays more people than the owner: nobody approves what pays only herself."""
    made = _run(cast)
    for person in (owner, cast.colleague if owner == cast.outsider else cast.outsider):
        _payroll(made, person)
    return made.pk


def payroll(cast: Cast, owner: User) -> Any:
    return _payroll(_run(cast), owner).pk


def _run(cast: Cast) -> PayrollRun:
    window = {"counted_first_on": date(2025, 10, 26), "counted_last_on": date(2025, 11, 25)}
    return PayrollRun.objects.create(
        period_year=2025, period_month=11, **window, status=RunStatus.COMPUTED, created_by=cast.hr, payroll_count=2
    )


def _payroll(started: PayrollRun, owner: User) -> Payroll:
    month, at = {"period_year": 2025, "period_month": 11}, datetime(2025, 12, 1, tzinfo=UTC)
    totals = {"gross_amount": Decimal(2), "net_amount": Decimal(2)}
    made = Payroll.objects.create(
        **month,
        **totals,
        employee_id=owner.employee_id,
        run=started,
        status=PayrollStatus.APPROVED,
        deduction_amount=Decimal(0),
        generated_at=at,
    )
    PayrollSnapshot.objects.create(
        **month,
        **totals,
        payroll=made,
        employee_id=owner.employee_id,
        inputs="{}",
        inputs_fingerprint="0" * 64,
        result_hash="0" * 64,
        rule_version="1",
        pack="none",
        pack_version="1",
    )
    return made


def component(cast: Cast, owner: User) -> Any:
    return SalaryComponent.objects.create(name="Meal", type="fixed", default_amount=1).pk


def assignment(cast: Cast, owner: User) -> Any:
    return SalaryAssignment.objects.create(
        employee_id=owner.employee_id, component_id=component(cast, owner), amount=1, valid=(date(2025, 1, 1), None)
    ).pk


def schedule(cast: Cast, owner: User) -> Any:
    return Schedule.objects.create(name="Office hours").pk


def schedule_assignment(cast: Cast, owner: User) -> Any:
    made = Schedule.objects.create(name="Office hours")
    assigned = ScheduleAssignment.objects.create(
        schedule=made, employee_id=owner.employee_id, valid=(date(2025, 1, 1), None)
    )
    return made.pk, assigned.pk


def work_site(cast: Cast, owner: User) -> Any:
    return WorkSite.objects.create(name=f"HQ {new_id()}").pk


def time_clock(cast: Cast, owner: User) -> Any:
    return TimeClock.objects.create(name=f"Gate {new_id()}").pk


def work_job(cast: Cast, owner: User) -> Any:
    return WorkJob.objects.create(name="Assembly").pk


def period_lock(cast: Cast, owner: User) -> Any:
    return PeriodLock.objects.create(first_on=date(2024, 1, 1), last_on=date(2024, 1, 31), locked_by=cast.hr).pk


READ, WRITE = "read", "write"
EDIT = {"GET": READ, "PUT": WRITE}
LIST = {"GET": READ, "POST": WRITE}
ROWS: dict[str, Row] = {
    "leaves": Row("leaves", {"GET": READ, "POST": "create"}),
    "leaves/<id:id>": Row("leaves", {"GET": READ}, leave),
    "leaves/<id:id>/approve": Row(
        "leaves", {"PATCH": READ}, leave, then={"PATCH": "decide"}, second_person=frozenset({"PATCH"})
    ),
    "leaves/<id:id>/withdraw": Row("leaves", {"POST": "withdraw"}, leave),
    "leave_types": Row("leave_types", {"GET": READ}),
    "leave_balances": Row("leave_balances", {"GET": READ}),
    "schedules": Row("schedules", LIST),
    "schedules/<id:id>": Row("schedules", EDIT, schedule, is_shared=True),
    "schedules/<id:id>/assignments": Row("schedules", LIST, schedule, is_shared=True),
    "schedules/<id:id>/assignments/<id:assignment_id>": Row(
        "schedules", {"PUT": WRITE}, schedule_assignment, is_shared=True
    ),
    "work_sites": Row("work_sites", LIST),
    "work_sites/<id:id>": Row("work_sites", EDIT, work_site, is_shared=True),
    "holidays": Row("holidays", {"GET": READ}),
    "period_locks": Row("period_locks", LIST),
    "period_locks/<id:id>/release": Row("period_locks", {"POST": WRITE}, period_lock, is_shared=True),
    "uploads/presign": Row("uploads", {"POST": "create"}),
    "departments": Row("departments", LIST),
    "departments/<id:id>": Row("departments", EDIT, department, is_shared=True),
    "employees": Row("employees", LIST),
    "employees/<id:id>": Row("employees", EDIT, employee),
    "salary_components": Row("salary_components", LIST),
    "salary_components/<id:id>": Row("salary_components", EDIT, component, is_shared=True),
    "payrolls": Row("payrolls", {"GET": READ, "POST": "generate"}),
    "payrolls/<id:id>": Row("payrolls", {"GET": READ}, payroll),
    "payrolls/<id:id>/snapshot": Row("payrolls", {"GET": READ}, payroll),
    "payroll_runs": Row("payroll_runs", {"GET": READ}),
    **{
        f"payroll_runs/<id:id>{part}": Row("payroll_runs", {"GET": READ}, run, is_shared=True)
        for part in ("", "/readiness", "/variance")
    },
    **{
        f"payroll_runs/<id:id>/{act}": Row("payroll_runs", {"POST": WRITE}, run, is_shared=True)
        for act in ("approve", "post", "pay", "cancel")
    },
    "pay_rates": Row("pay_rates", LIST),
    "salary_assignments": Row("salary_assignments", LIST),
    "salary_assignments/<id:id>": Row("salary_assignments", EDIT, assignment),
    "attendances": Row("attendances", {"GET": READ}),
    "attendances/<id:id>": Row("attendances", {"GET": READ}, attendance),
    "attendances/clock-in": Row("attendances", {"POST": "clock"}),
    "attendances/clock-out": Row("attendances", {"POST": "clock"}),
    "attendances/break-start": Row("attendances", {"POST": "clock"}),
    "attendances/break-end": Row("attendances", {"POST": "clock"}),
    "attendances/today": Row("attendances", {"GET": "clock"}),
    "attendances/days": Row("attendances", {"GET": READ}),
    "attendances/sync": Row("attendances", {"POST": "sync"}),
    "attendances/sync/<slug:job_id>/records": Row("jobs", {"GET": READ}, sync_job),
    "time_clocks": Row("time_clocks", LIST),
    "time_clocks/<id:id>": Row("time_clocks", EDIT, time_clock, is_shared=True),
    "work_jobs": Row("work_jobs", LIST),
    "work_jobs/<id:id>": Row("work_jobs", EDIT, work_job, is_shared=True),
    "changes": Row("changes", {"GET": READ}),
    "jobs/<slug:job_id>": Row("jobs", {"GET": READ}, job),
    "notifications": Row("notifications", {"GET": READ}),
    "notifications/<id:id>/read": Row("notifications", {"POST": WRITE}, notification),
    "notifications/read_all": Row("notifications", {"POST": WRITE}),
    "activity_logs": Row("activity_logs", {"GET": READ}),
    "roles": Row("roles", LIST),
    "roles/<id:id>": Row("roles", EDIT, role, is_shared=True),
    "users": Row("users", LIST),
    "users/<id:id>": Row("users", EDIT, user),
    "settings": Row("settings", EDIT),
    "exceptions": Row("exceptions", {"GET": READ}),
    "exceptions/<id:id>/resolve": Row(
        "exceptions", {"POST": READ}, day_exception, then={"POST": "resolve"}, second_person=frozenset({"POST"})
    ),
    "overtime": Row("overtime", {"GET": READ}),
    "overtime/<id:id>/decide": Row(
        "overtime", {"POST": READ}, day_of_overtime, then={"POST": "decide"}, second_person=frozenset({"POST"})
    ),
    "corrections": Row("corrections", {"GET": READ, "POST": "create"}),
    "corrections/<id:id>": Row("corrections", {"GET": READ}, correction),
    "corrections/<id:id>/decide": Row(
        "corrections", {"POST": READ}, correction, then={"POST": "decide"}, second_person=frozenset({"POST"})
    ),
    "corrections/<id:id>/withdraw": Row("corrections", {"POST": "withdraw"}, correction),
}
