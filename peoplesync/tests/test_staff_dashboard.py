"""The first page: each role sees what waits for her in front, and only figures she may know."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone

from hr.tests import timetable
from payroll.models import PayrollRun, RunStatus
from peoplesync.core.services import notifications

PAYROLL = "Payroll of this month"


def _figures(client: Any) -> dict[str, Any]:
    return {figure["title"]: figure for figure in client.get("/admin/").context["figures"]}


def _run(today: date, status: RunStatus, payslips: int = 1) -> None:
    PayrollRun.objects.create(
        period_year=today.year, period_month=today.month, status=status, counted_first_on=today, counted_last_on=today,
        payroll_count=payslips,
    )  # fmt: skip


def test_what_waits_stands_in_front_and_is_marked(cast, staff):
    timetable.leave(cast.employee.employee, date(2026, 12, 1), date(2026, 12, 2), status="pending")
    answer = staff(cast.manager).get("/admin/")
    first, *others = answer.context["figures"]
    assert (first["title"], first["count"], first["calls"]) == ("Leave to decide", "1", True)
    assert not any(figure["calls"] for figure in others)
    assert answer.content.decode().count("ps-calls") == 1


def test_the_step_of_the_months_payroll_is_said_in_words_until_it_is_paid(cast, staff):
    paula, today = staff(cast.payroll), timezone.localdate()
    assert _figures(paula)[PAYROLL]["count"] == "Not started"
    for status, word in ((RunStatus.COMPUTED, "To approve"), (RunStatus.POSTED, "To pay"), (RunStatus.PAID, "Paid")):
        _run(today, status)
        shown = _figures(paula)[PAYROLL]
        assert (shown["count"], shown["calls"]) == (word, status != RunStatus.PAID)


def test_a_month_generated_again_after_it_was_paid_stays_paid(cast, staff):
    _run(timezone.localdate(), RunStatus.PAID)
    _run(timezone.localdate(), RunStatus.COMPUTED, payslips=0)
    assert _figures(staff(cast.payroll))[PAYROLL]["count"] == "Paid"


def test_a_cancelled_run_is_no_start(cast, staff):
    _run(timezone.localdate(), RunStatus.CANCELLED)
    assert _figures(staff(cast.payroll))[PAYROLL]["count"] == "Not started"


def test_each_role_sees_the_figures_of_her_rights(cast, staff):
    assert PAYROLL not in _figures(staff(cast.manager))
    assert "Acts logged today" not in _figures(staff(cast.payroll))
    assert {"Acts logged today", PAYROLL} <= set(_figures(staff(cast.auditor)))
    assert "Leave to decide" not in _figures(staff(cast.auditor))


def test_unread_messages_are_counted_for_their_reader_and_lead_to_them(cast, staff):
    for user, count in ((cast.manager, 2), (cast.hr, 1)):
        for number in range(count):
            notifications.send(user_ids=[user.pk], title=f"News {number}", message="Look", at=timezone.now())
    mona = staff(cast.manager)
    shown = _figures(mona)["Unread messages"]
    assert (shown["count"], mona.get(shown["link"]).context["cl"].result_count) == ("2", 2)
    notifications.mark_all_read(user_id=cast.manager.pk)
    assert _figures(mona)["Unread messages"]["count"] == "0"
