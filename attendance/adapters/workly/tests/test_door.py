"""Workly's tokens, punches and locations against the real services and a real database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from attendance.adapters.tests.calling import NATIVE, VendorClient, id_of, issued
from attendance.adapters.workly.tests.conftest import EMPLOYEE, FLOOR, LOCATION, client_with, token_call
from attendance.models import Attendance, Punch
from attendance.services import vendor_keys
from hr.models import Department, Employee, PeriodLock, WorkSite, WorkSiteAssignment
from peoplesync.core.models import ActivityLog

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_the_morning")]
IN, OUT = "/v1/times/clockin", "/v1/times/clockout"


def come(client, path=IN, **body):
    return client.post(path, {"location_id": LOCATION, "employee_id": EMPLOYEE, **body})


def faults(answer):
    assert answer.status_code == 422, answer.content
    shown = answer.json()
    assert (set(shown), shown["code"]) == ({"message", "code", "errors"}, 8001)
    return {each["field"]: each["code"] for each in shown["errors"]}


def test_a_documented_punch_far_from_its_location_is_taken_and_flagged(client, place, key):
    body = {"event_time": "2017-09-12 15:22:19", "latitude": 41.2938726905277, "longitude": 87.2938726905277}
    for path in (IN, OUT):
        answer = come(client, path, **body, ip="192.168.5.101")
        assert answer.status_code == 200, answer.content
        assert answer.json() == {
            "event_time": "2017-09-12 15:22:19",
            "location": {
                "id": LOCATION, "title": "Yard", "lat": "41.2938726905277", "lon": "69.24597090975743", "radius": 300,
                "address": None, "count_employees": 1, "count_devices": 0,
            },
        }  # fmt: skip
    first = Punch.objects.get(kind="in")
    assert first.at == datetime(2017, 9, 12, 10, 22, 19, tzinfo=UTC)
    assert (first.site_id, first.verdict, first.made_by_id) == (place.yard.pk, "flag", key.key.acts_as_id)
    assert first.distance_metres > 1_400_000
    assert (first.evidence.reported_ip, first.evidence.observed_ip) == ("192.168.5.101", "127.0.0.1")
    assert ActivityLog.objects.filter(action="attendance.punched", user=key.key.acts_as).count() == 2


def test_without_a_time_the_moment_of_receipt_counts_and_coordinates_may_be_texts(client):
    answer = come(client, latitude="41.29", longitude="69.24")
    assert answer.json()["event_time"] == "2026-11-16 09:00:00"
    assert str(Punch.objects.get().evidence.lat) == "41.2900000"


def test_ins_and_outs_in_any_order_are_one_stay_from_the_first_in_to_the_last_out(client):
    for path, clock in ((IN, "09:00"), (IN, "09:30"), (OUT, "12:00"), (OUT, "18:00"), (IN, "08:30"), (OUT, "17:00")):
        assert come(client, path, event_time=f"2026-11-13 {clock}:00").status_code == 200
    (stay,) = Attendance.objects.all()
    assert (stay.clock_in.hour, stay.clock_in.minute, stay.clock_out.hour) == (3, 30, 13)
    assert Punch.objects.count() == 6


def test_the_same_event_again_is_the_same_answer_and_no_second_event(client):
    answers = [come(client, event_time="2026-11-13 09:00:00") for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    come(client, event_time="2026-11-13 09:00:00", location_id=FLOOR)
    assert Punch.objects.count() == 2


@pytest.mark.parametrize("text", ["2026-11-13T09:00:00", "2026-11-13", "13.11.2026 09:00:00", "2026-02-30 09:00:00"])
def test_another_form_of_time_is_8009(client, text):
    assert faults(come(client, event_time=text)) == {"event_time": 8009}


def test_a_time_more_than_a_day_ahead_is_refused(client):
    assert faults(come(client, event_time="2026-11-18 09:00:00")) == {"event_time": 8003}


def test_a_location_must_be_sent_known_and_hers(client, place):
    stranger = WorkSite.objects.create(name="Elsewhere")
    assert faults(client.post(IN, {"employee_id": EMPLOYEE})) == {"location_id": 8002}
    for number in (999_999, int(id_of("workly", stranger, "site"))):
        assert faults(come(client, location_id=number)) == {"location_id": 8003}
    department = Employee.objects.get(pk=place.ema).department
    WorkSiteAssignment.objects.create(site=stranger, department=department)
    assert come(client, location_id=int(id_of("workly", stranger, "site"))).status_code == 200


def test_a_site_above_her_department_is_hers(client, cast):
    parent = Department.objects.create(name="All")
    Department.objects.filter(pk=cast.engineering.pk).update(parent=parent)
    site = WorkSite.objects.create(name="Hall")
    WorkSiteAssignment.objects.create(site=site, department=parent)
    answer = come(client, location_id=int(id_of("workly", site, "site")))
    assert (
        answer.json()["location"]["count_employees"]
        == Employee.objects.filter(department__in=[cast.engineering, cast.platform]).count()
    )


def test_a_site_that_rejects_is_asked(client, place):
    place.yard.policy = "reject"
    place.yard.save()
    WorkSite.objects.filter(pk=place.floor.pk).delete()
    far = come(client, latitude=41.2938726905277, longitude=87.2938726905277)
    assert faults(far) == {"latitude": 8003}
    assert Punch.objects.get().verdict == "reject"
    assert not Punch.objects.counting().exists()


def test_who_may_be_punched_for(cast, place):
    own = client_with(issued("workly", cast, employee=Employee.objects.get(pk=place.ema)))
    other = int(id_of("workly", cast.manager))
    assert own.post(IN, {"location_id": LOCATION}).status_code == 200
    assert come(own).status_code == 200
    refused = come(own, location_id=FLOOR, employee_id=other)
    assert (refused.status_code, refused.json()["code"]) == (403, 7004)
    everybody = client_with(issued("workly", cast))
    assert faults(everybody.post(IN, {"location_id": LOCATION})) == {"employee_id": 8002}
    assert faults(come(everybody, employee_id=999_999)) == {"employee_id": 8003}
    narrow = client_with(issued("workly", cast, scope=vendor_keys.Scope(site_ids=[place.floor.pk])))
    assert faults(come(narrow)) == {"location_id": 8003}
    some = client_with(issued("workly", cast, scope=vendor_keys.Scope(employee_ids=[cast.manager.employee_id])))
    assert faults(come(some)) == {"employee_id": 8003}


def test_a_closed_period_refuses_what_is_told_late_but_never_a_live_punch(client, cast):
    PeriodLock.objects.create(first_on="2017-09-01", last_on="2100-01-01", locked_by=cast.payroll)
    late = come(client, event_time="2017-09-12 15:22:19")
    assert faults(late) == {"event_time": 8003}
    assert late.json()["errors"][0]["message"].startswith("Период закрыт")
    assert not Punch.objects.exists()
    assert come(client).status_code == 200


def test_a_leaver_and_a_native_stay(client, cast, client_of, place, in_the_morning):
    native = client_of(cast.employee)
    assert come(client).status_code == 200
    (seen,) = native.get("/api/v1/attendances").json()["data"]
    assert seen["clock_in"] == "2026-11-16T04:00:00Z"
    in_the_morning.shift(timedelta(minutes=30))
    assert native.post("/api/v1/attendances/clock-out", NATIVE).status_code == 200
    assert Attendance.objects.get().clock_out is not None
    Employee.objects.filter(pk=place.ema).update(ended_on="2026-11-01")
    assert faults(come(client, event_time="2026-11-16 09:10:00")) == {"event_time": 8003}


def test_tokens_are_bought_by_password_renewed_once_and_run_out(key, place, in_the_morning):
    bought = token_call(key).json()
    assert (bought["expires_in"], bought["token_type"], len(bought["access_token"])) == (2_592_000, "bearer", 40)
    renewed = token_call(key, grant_type="refresh_token", refresh_token=bought["refresh_token"])
    assert renewed.status_code == 200 and renewed.json()["refresh_token"] != bought["refresh_token"]
    again = token_call(key, grant_type="refresh_token", refresh_token=bought["refresh_token"])
    assert (again.status_code, again.json()["code"]) == (401, 7006)
    assert token_call(key, grant_type="client_credentials").status_code == 200
    old = VendorClient("/compat/workly", {"Authorization": f"Bearer {bought['access_token']}"})
    in_the_morning.shift(timedelta(days=30))
    assert (old.get("/v1/locations").status_code, old.get("/v1/locations").json()["code"]) == (401, 7009)
    still = token_call(key, grant_type="refresh_token", refresh_token=renewed.json()["refresh_token"])
    assert still.status_code == 200
    in_the_morning.shift(timedelta(days=60))
    over = token_call(key, grant_type="refresh_token", refresh_token=still.json()["refresh_token"])
    assert (over.status_code, over.json()["code"]) == (401, 7006)


@pytest.mark.parametrize(
    ("form", "status", "code"),
    [
        ({"grant_type": "password", "username": "x@y.z", "password": "p"}, 401, 7002),
        ({"grant_type": "implicit"}, 401, 7005),
        ({"grant_type": "password", "client_secret": "wrong", "username": "a", "password": "b"}, 401, 7003),
        ({"username": "a"}, 400, 4000),
    ],
)
def test_refused_log_ins_say_why_in_russian_or_english(key, form, status, code):
    answer = token_call(key, **form)
    assert (answer.status_code, answer.json()["code"], set(answer.json())) == (status, code, {"message", "code"})
    if code == 7002:
        assert answer.json()["message"] == "Неверное имя пользователя или пароль"


def test_a_token_nobody_gave(client):
    wrong = client.call("GET", "/v1/locations", headers={"Authorization": f"Bearer {'0' * 40}"})
    assert (wrong.status_code, wrong.json()) == (401, {"message": "The access token provided is invalid", "code": 7008})
    none = client.call("GET", "/v1/locations", headers={"Accept-Language": "en"})
    assert none.json() == {"message": "The request is not authorized", "code": 7007}
    assert client.call("GET", "/v1/locations", headers={**client.headers, "Accept": "text/html"}).status_code == 406


def test_bodies_that_cannot_be_read(client):
    malformed = client.call("POST", IN, raw=b"{")
    assert (malformed.status_code, malformed.json()["code"]) == (400, 4001)
    assert client.call("POST", IN, raw=b"a,b", content_type="text/csv").status_code == 415
    assert client.call("POST", IN, raw=b"[1]").status_code == 400


def test_locations_are_made_changed_listed_and_deleted(client, place):
    sent = {"title": "Test location", "ipv4": "127.0.0.1", "address": "Tashkent", "latitude": "41.29373705615318"}
    assert faults(client.post("/v1/locations", sent)) == {"longitude": 8002}
    made = client.post("/v1/locations", {**sent, "longitude": "69.24595508650816", "radius": 200})
    assert made.status_code == 200, made.content
    number = made.json()["id"]
    assert (made.json()["lat"], made.json()["radius"]) == ("41.29373705615318", 200)
    assert faults(client.post("/v1/locations", {**sent, "longitude": 1})) == {"title": 8008}
    changed = client.call("PUT", f"/v1/locations/{number}", {"title": "Changed", "address": ""})
    assert (changed.json()["title"], changed.json()["address"], changed.json()["radius"]) == ("Changed", None, 200)
    listed = client.get("/v1/locations").json()
    assert [each["title"] for each in listed["items"]] == ["Changed", "Yard", "Второй этаж"]
    assert listed["_meta"] == {"totalCount": 3, "pageCount": 1, "currentPage": 1, "perPage": 50}
    assert client.get("/v1/locations", page="2").json()["items"] == []
    assert client.call("DELETE", f"/v1/locations/{number}").json() == {"message": "success"}
    gone = client.get(f"/v1/locations/{number}")
    assert (gone.status_code, gone.json()["code"]) == (404, 3000)
    kept = client.call("DELETE", f"/v1/locations/{LOCATION}")
    assert (kept.status_code, kept.json()["code"]) == (400, 7011)
    assert WorkSite.objects.alive().count() == 2


def test_a_key_of_one_person_changes_no_location(cast, place):
    own = client_with(issued("workly", cast, employee=Employee.objects.get(pk=place.ema)))
    for method, path in (("POST", ""), ("PUT", f"/{LOCATION}"), ("DELETE", f"/{LOCATION}")):
        answer = own.call(method, f"/v1/locations{path}", {"title": "Mine"})
        assert (answer.status_code, answer.json()["code"]) == (403, 7004)


@pytest.mark.django_db(transaction=True)
def test_a_punch_costs_at_most_two_statements_more_than_the_native_clock_in(client, cast, client_of):
    native = client_of(cast.outsider)
    come(client, OUT, event_time="2026-11-10 09:00:00")
    with CaptureQueriesContext(connection) as spent:
        assert native.post("/api/v1/attendances/clock-in", NATIVE).status_code == 201
    with CaptureQueriesContext(connection) as vendor:
        assert come(client, latitude=41.29, longitude=69.24).status_code == 200
    assert len(vendor) <= len(spent) + 2, [query["sql"][:90] for query in vendor]
