"""Corrections: proposed by the person or HR, decided by somebody else, written as punches that supersede."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
import time_machine

from attendance.models import Attendance, Correction, DaySummary, Punch
from attendance.services import clocking, corrections
from attendance.tests.builders import at, presented, wall
from hr.models import ApprovalRequest
from hr.services import approvals, period_locks
from peoplesync.core.models import ActivityLog, Notification
from peoplesync.kernel.errors import Conflict

pytestmark = pytest.mark.django_db
URL = "/api/v1/corrections"
DAY = date(2026, 11, 16)


@pytest.fixture(autouse=True)
def evening():
    """All of it happens on the evening of the day after."""
    with time_machine.travel(at("2026-11-17 20:00"), tick=False):
        yield


@pytest.fixture
def stay(cast):
    """Ema came at 09:30 and left at 15:00, the log says."""
    person = cast.employee.employee_id
    clocking.clock_in(employee_id=person, punch=presented("2026-11-16 09:30"))
    return clocking.clock_out(employee_id=person, punch=presented("2026-11-16 15:00"))


def body(stay=None, **more):
    named = {"attendance_id": str(stay.pk)} if stay else {}
    times = {"clock_in": "2026-11-16T09:00:00+07:00", "clock_out": "2026-11-16T17:00:00+07:00"}
    return {**named, **times, "reason": "The terminal was down", **more}


def lock(cast):
    return period_locks.lock(
        employee_id=None, first_on=DAY, last_on=DAY, reason="paid", by=cast.hr, at=at("2026-11-17 19:00")
    )


def decide(client_of, user, correction_id, status="approved", **more):
    return client_of(user).post(f"{URL}/{correction_id}/decide", {"status": status, **more})


def test_an_approved_correction_supersedes_the_punches_and_mends_the_day(cast, client_of, stay):
    made = client_of(cast.employee).post(URL, body(stay))
    assert made.status_code == 201, made.content
    assert made.json()["status"] == "pending" and made.json()["work_date"] == "2026-11-16"
    assert DaySummary.objects.get().late_seconds == 1800
    answer = decide(client_of, cast.manager, made.json()["id"], note="Seen her")
    assert answer.status_code == 200, answer.content
    shown = answer.json()
    assert (shown["status"], shown["decided_by"], shown["note"]) == ("approved", str(cast.manager.pk), "Seen her")
    stay.refresh_from_db()
    assert (wall(stay.clock_in), wall(stay.clock_out), stay.reason) == ("11-16 09:00", "11-16 17:00", "corrected")
    replaced = Punch.objects.exclude(supersedes=None)
    assert {(punch.kind, punch.reason, punch.made_by_id) for punch in replaced} == {
        ("in", "The terminal was down", cast.manager.pk),
        ("out", "The terminal was down", cast.manager.pk),
    }
    day = DaySummary.objects.get()
    assert (day.late_seconds, day.early_leave_seconds, day.exceptions) == (0, 0, [])


def test_what_the_phone_showed_is_shown_on_after_any_number_of_corrections(cast, client_of):
    who, seen = cast.employee.employee_id, {"lat": Decimal("-6.2"), "lng": Decimal("106.8"), "location": "HQ"}
    more = {"location_accuracy": Decimal(5), "photo_url": "http://example.com/a.jpg", "device_id": "device-7"}
    clocking.clock_in(employee_id=who, punch=presented("2026-11-16 09:30", observed_ip="10.0.0.7", **seen, **more))
    stay = clocking.clock_out(employee_id=who, punch=presented("2026-11-16 15:00"))
    for start in ("09:00", "09:10"):
        asked = body(stay, clock_in=f"2026-11-16T{start}:00+07:00")
        made = client_of(cast.employee).post(URL, asked).json()
        assert decide(client_of, cast.manager, made["id"]).status_code == 200
    shown = client_of(cast.employee).get(f"/api/v1/attendances/{stay.pk}").json()
    assert shown["clock_in"] == "2026-11-16T02:10:00Z"
    assert {name: shown[name] for name in (*seen, *more)} == {
        "lat": -6.2, "lng": 106.8, "location": "HQ", "location_accuracy": 5,
        "photo_url": "http://example.com/a.jpg", "device_id": "device-7",
    }  # fmt: skip
    stay.refresh_from_db()
    assert stay.in_punch.evidence.observed_ip is None


def test_a_stay_nobody_recorded_is_made_by_approval(cast, client_of):
    made = client_of(cast.employee).post(URL, body()).json()
    assert made["attendance_id"] is None and not Attendance.objects.exists()
    shown = decide(client_of, cast.hr, made["id"]).json()
    assert shown["attendance_id"] == str(Attendance.objects.get().pk)
    assert set(Punch.objects.values_list("reason", flat=True)) == {"The terminal was down"}
    assert DaySummary.objects.get().worked_seconds == 7 * 3600


def test_a_rejection_changes_nothing_but_the_correction(cast, client_of, stay):
    made = client_of(cast.employee).post(URL, body(stay)).json()
    assert decide(client_of, cast.manager, made["id"], "rejected", note="No").json()["status"] == "rejected"
    assert Punch.objects.count() == 2
    again = decide(client_of, cast.manager, made["id"])
    assert again.status_code == 400 and "decided before" in str(again.json()["errors"])


def test_nobody_decides_about_her_own_day_or_what_she_asked_for(cast, client_of, stay):
    own = client_of(cast.manager).post(URL, body()).json()
    assert decide(client_of, cast.manager, own["id"]).status_code == 403
    for_another = client_of(cast.hr).post(URL, body(stay, employee_id=str(cast.employee.employee_id)))
    assert for_another.status_code == 201, for_another.content
    assert decide(client_of, cast.hr, for_another.json()["id"]).status_code == 403
    assert decide(client_of, cast.manager, for_another.json()["id"]).status_code == 200


def test_only_hr_asks_for_somebody_else(cast, client_of):
    asked = body(employee_id=str(cast.colleague.employee_id))
    assert client_of(cast.employee).post(URL, asked).status_code == 403
    assert client_of(cast.manager).post(URL, asked).status_code == 403
    assert client_of(cast.hr).post(URL, asked).status_code == 201


def test_the_decider_and_then_the_asker_are_told(cast, client_of, stay):
    made = client_of(cast.employee).post(URL, body(stay)).json()
    assert list(Notification.objects.values_list("user", flat=True)) == [cast.manager.pk]
    decide(client_of, cast.manager, made["id"])
    told = Notification.objects.get(user=cast.employee)
    assert told.title == "Correction for Ema, 2026-11-16: 09:00 to 17:00: approved"


def test_a_closed_day_refuses_a_correction_and_names_the_lock(cast, client_of, stay):
    lock(cast)
    refused = client_of(cast.employee).post(URL, body(stay))
    assert refused.status_code == 409 and "hana@example.com" in refused.json()["message"]
    assert not Correction.objects.exists()


def test_a_day_closed_meanwhile_is_changed_only_as_a_retro_fact(cast, client_of, stay):
    made = client_of(cast.employee).post(URL, body(stay)).json()
    lock(cast)
    assert decide(client_of, cast.manager, made["id"]).status_code == 409
    assert Correction.objects.get().status == "pending"
    shown = decide(client_of, cast.manager, made["id"], allow_retro=True).json()
    assert (shown["status"], shown["is_retro"]) == ("approved", True)
    day = DaySummary.objects.get()
    assert (day.late_seconds, day.is_locked) == (0, True)


def test_a_retro_correction_of_a_day_that_was_opened_again_is_an_ordinary_one(cast, client_of, stay):
    made = lock(cast)
    asked = client_of(cast.employee).post(URL, body(stay, allow_retro=True)).json()
    assert asked["is_retro"] is True
    period_locks.release(lock=made, by=cast.hr, at=at("2026-11-17 19:30"))
    assert decide(client_of, cast.manager, asked["id"]).json()["is_retro"] is False


def test_the_inbox_decides_as_the_api_does(cast, stay):
    made = corrections.propose(
        employee_id=cast.employee.employee_id, attendance_id=stay.pk, clock_in=at("2026-11-16 09:00"), clock_out=None,
        reason="Forgot", by=cast.employee, at=at("2026-11-17 20:00"),
    )  # fmt: skip
    lock(cast)
    waiting = ApprovalRequest.objects.get(subject_id=made.pk)
    with pytest.raises(Conflict):
        approvals.decide(request=waiting, is_approval=True, by=cast.hr, at=at("2026-11-17 21:00"))


def test_an_out_that_came_after_the_proposal_stays(cast):
    person = cast.employee.employee_id
    came = clocking.clock_in(employee_id=person, punch=presented("2026-11-17 09:30"))
    made = corrections.propose(
        employee_id=person, attendance_id=came.pk, clock_in=at("2026-11-17 09:00"), clock_out=None,
        reason="Queue", by=cast.employee, at=at("2026-11-17 12:00"),
    )  # fmt: skip
    clocking.clock_out(employee_id=person, punch=presented("2026-11-17 17:00"))
    corrections.decide(correction=made, status="approved", note="", by=cast.hr, at=at("2026-11-17 18:00"))
    came.refresh_from_db()
    assert (wall(came.clock_in), wall(came.clock_out)) == ("11-17 09:00", "11-17 17:00")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"clock_out": "2026-11-16T09:00:00+07:00"}, "clock_out"),
        ({"clock_out": "2026-11-20T09:00:00+07:00"}, "clock_out"),
        ({"clock_in": "2026-11-12T09:00:00+07:00"}, "clock_out"),
        ({"clock_in": "2026-11-17T23:00:00+07:00"}, "clock_in"),
        ({"clock_in": "2026-11-16T09:00:00"}, "clock_in"),
        ({"clock_in": None}, "clock_in"),
        ({"reason": ""}, "reason"),
        ({"attendance_id": "01999999-0000-7000-8000-000000000000"}, "attendance_id"),
        ({"allow_retro": "yes"}, "allow_retro"),
    ],
)
def test_impossible_corrections_are_refused_by_their_field(cast, client_of, change, field):
    answer = client_of(cast.employee).post(URL, body(**change))
    assert answer.status_code == 400, answer.content
    assert list(answer.json()["errors"]) == [field]


def test_the_days_before_employment_cannot_be_corrected(cast, client_of):
    person = cast.employee.employee
    person.hired_at = date(2026, 11, 17)
    person.save()
    assert "clock_in" in client_of(cast.employee).post(URL, body()).json()["errors"]


def test_what_would_change_nothing_overlap_or_wait_twice_is_refused(cast, client_of, stay):
    same = {"clock_in": "2026-11-16T09:30:00+07:00", "clock_out": "2026-11-16T15:00:00+07:00"}
    assert client_of(cast.employee).post(URL, body(stay, **same)).status_code == 400
    assert client_of(cast.employee).post(URL, body()).status_code == 409
    assert client_of(cast.employee).post(URL, body(stay)).status_code == 201
    twice = client_of(cast.employee).post(URL, body(stay))
    assert twice.status_code == 409 and "waits for a decision" in twice.json()["message"]


def test_a_time_sent_back_as_it_was_shown_is_the_recorded_one(cast, client_of):
    who = cast.employee.employee_id
    clocking.clock_in(employee_id=who, punch=presented("2026-11-16 09:30:07.574"))
    stay = clocking.clock_out(employee_id=who, punch=presented("2026-11-16 15:00"))
    shown = client_of(cast.employee).get(f"/api/v1/attendances/{stay.pk}").json()
    assert shown["clock_in"] == "2026-11-16T02:30:07Z"
    same = body(stay, clock_in=shown["clock_in"], clock_out=shown["clock_out"])
    assert client_of(cast.employee).post(URL, same).status_code == 400
    made = client_of(cast.employee).post(URL, body(stay, clock_in=shown["clock_in"].lower())).json()
    assert decide(client_of, cast.manager, made["id"]).status_code == 200
    assert list(Punch.objects.exclude(supersedes=None).values_list("kind", flat=True)) == ["out"]


def test_a_second_tap_asks_for_nothing_twice(cast, client_of):
    assert client_of(cast.employee).post(URL, body()).status_code == 201
    twice = client_of(cast.employee).post(URL, body())
    assert twice.status_code == 409 and "waits for a decision" in twice.json()["message"]
    assert Correction.objects.count() == ApprovalRequest.objects.count() == 1


def test_what_nobody_has_decided_is_withdrawn_and_may_be_asked_for_again(cast, client_of, stay):
    made = client_of(cast.employee).post(URL, body(stay)).json()
    assert client_of(cast.manager).post(f"{URL}/{made['id']}/withdraw").status_code == 403
    assert client_of(cast.colleague).post(f"{URL}/{made['id']}/withdraw").status_code == 404
    answer = client_of(cast.employee).post(f"{URL}/{made['id']}/withdraw")
    assert (answer.status_code, answer.json()["status"]) == (200, "withdrawn")
    assert client_of(cast.employee).post(f"{URL}/{made['id']}/withdraw").status_code == 400
    assert decide(client_of, cast.manager, made["id"]).status_code == 400
    assert not Notification.objects.filter(user=cast.employee).exists()
    again = client_of(cast.employee).post(URL, body(stay)).json()
    assert client_of(cast.hr).post(f"{URL}/{again['id']}/withdraw").json()["status"] == "withdrawn"
    assert "withdrawn by HR" in Notification.objects.get(user=cast.employee).message
    assert ActivityLog.objects.filter(action="correction.withdrawn").count() == 2
    assert Punch.objects.count() == 2


def test_what_hr_asked_for_is_withdrawn_by_hr_and_not_by_whom_it_is_about(cast, client_of, stay):
    made = client_of(cast.hr).post(URL, body(stay, employee_id=str(cast.employee.employee_id))).json()
    refused = client_of(cast.employee).post(f"{URL}/{made['id']}/withdraw")
    assert (refused.status_code, Correction.objects.get().status) == (403, "pending")
    assert "Only whoever asked for a correction, or HR" in refused.json()["message"]
    Notification.objects.all().delete()
    assert client_of(cast.superadmin).post(f"{URL}/{made['id']}/withdraw").status_code == 200
    told = Notification.objects.filter(title__endswith=": withdrawn").values_list("user", flat=True)
    assert set(told) == {cast.employee.pk, cast.hr.pk}


def test_somebody_elses_stay_is_not_corrected(cast, client_of, stay):
    answer = client_of(cast.colleague).post(URL, body(stay))
    assert list(answer.json()["errors"]) == ["attendance_id"]


def test_the_list_shows_whom_one_may_see_and_narrows(cast, client_of, stay, django_assert_max_num_queries):
    for user in (cast.employee, cast.colleague, cast.outsider):
        made = client_of(cast.hr).post(
            URL, body(stay if user is cast.employee else None, employee_id=str(user.employee_id))
        )
        assert made.status_code == 201, made.content

    def seen(user, query=""):
        return {row["employee_id"] for row in client_of(user).get(f"{URL}?{query}").json()["data"]}

    team = {str(cast.employee.employee_id), str(cast.colleague.employee_id)}
    assert seen(cast.manager) == team
    assert seen(cast.employee) == {str(cast.employee.employee_id)}
    assert seen(cast.hr, f"employee_id={cast.outsider.employee_id}") == {str(cast.outsider.employee_id)}
    assert seen(cast.hr, "from=2026-11-17") == set() == seen(cast.hr, "status=approved")
    assert len(seen(cast.hr, "from=2026-11-16&to=2026-11-16&status=pending")) == 3
    with django_assert_max_num_queries(4):
        client_of(cast.auditor).get(URL)


def test_proposing_and_deciding_are_in_the_activity_log(cast, client_of, stay):
    made = client_of(cast.employee).post(URL, body(stay)).json()
    decide(client_of, cast.manager, made["id"])
    actions = ActivityLog.objects.filter(resource_id=made["id"]).order_by("created_at", "id")
    assert set(actions.values_list("action", flat=True)) == {"correction.created", "correction.approved"}
