"""Signing in by e-mail and password: the contract's answer, and one refusal for everything that is wrong."""

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from hr.models import User
from hr.tests.builders import PASSWORD
from peoplesync.core.models import ActivityLog
from peoplesync.kernel.errors import Kind

LOGIN = "/api/v1/auth/login"


def sign_in(client, email, password=PASSWORD, **extra):
    return client.post(LOGIN, {"email": email, "password": password}, **extra)


@pytest.mark.parametrize("path", [LOGIN, "/auth/login"])
def test_login_answers_as_the_contract_says(cast, client_of, path):
    answer = client_of(None).post(path, {"email": "mona@example.com", "password": PASSWORD})
    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == {"access_token", "token_type", "expires_in", "refresh_token", "user"}
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 3600)
    mona = cast.manager
    assert body["user"] == {
        "id": str(mona.pk),
        "email": "mona@example.com",
        "employee_id": str(mona.employee_id),
        "is_active": True,
        "roles": ["employee", "manager"],
        "created_at": body["user"]["created_at"],
        "updated_at": body["user"]["updated_at"],
    }
    assert body["user"]["created_at"].endswith("Z")


def test_the_token_of_a_login_opens_the_api(cast, client_of):
    token = sign_in(client_of(None), "ema@example.com").json()["access_token"]
    client = client_of(None)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    answer = client.get("/api/v1/auth/me")
    assert answer.status_code == 200
    assert answer.json()["email"] == "ema@example.com"


def test_the_address_may_be_written_in_any_case(cast, client_of):
    assert sign_in(client_of(None), "EMA@Example.com").status_code == 200


def test_unknown_wrong_inactive_and_deleted_are_one_answer(cast, client_of):
    User.objects.filter(pk=cast.colleague.pk).update(is_active=False)
    User.objects.filter(pk=cast.outsider.pk).update(deleted_at=timezone.now())
    one = {"HTTP_X_REQUEST_ID": "the-same-for-all"}
    answers = [
        sign_in(client_of(None), "nobody@example.com", **one),
        sign_in(client_of(None), "ema@example.com", "not her password", **one),
        sign_in(client_of(None), cast.colleague.email, **one),
        sign_in(client_of(None), cast.outsider.email, **one),
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1
    assert len({tuple(sorted(answer.headers.items())) for answer in answers}) == 1
    assert answers[0].json() == {"message": "The e-mail address or the password is wrong.", "status": 401}


def test_every_refusal_takes_the_time_of_one_hash(cast, client_of, monkeypatch):
    User.objects.filter(pk=cast.colleague.pk).update(is_active=False)
    hashed, encode = [], Argon2PasswordHasher.encode
    monkeypatch.setattr(Argon2PasswordHasher, "encode", lambda *given: hashed.append("made") or encode(*given))
    verify = Argon2PasswordHasher.verify
    monkeypatch.setattr(Argon2PasswordHasher, "verify", lambda *given: hashed.append("checked") or verify(*given))
    for email in ("nobody@example.com", "ema@example.com", cast.colleague.email):
        hashed.clear()
        assert sign_in(client_of(None), email, "not her password").status_code == 401
        assert len(hashed) == 1, (email, hashed)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "email"),
        ({"email": "ema@example.com"}, "password"),
        ({"email": "no address", "password": "x"}, "email"),
        ({"email": ["ema@example.com"], "password": "x"}, "email"),
        ({"email": "ema@example.com", "password": 12345678}, "password"),
        ({"email": "ema@example.com", "password": None}, "password"),
        ({"email": "ema@example.com", "password": "x" * 201}, "password"),
        ({"email": "a" * 250 + "@example.com", "password": "x"}, "email"),
        ({"email": "ema@example.com", "password": "nul\x00"}, "password"),
        ([1, 2], "body"),
    ],
)
def test_a_bad_body_is_a_400_that_names_the_field(db, client_of, body, field):
    answer = client_of(None).post(LOGIN, body)
    assert answer.status_code == Kind.INVALID.status
    assert answer.json()["message"] == "Validation failed"
    assert field in answer.json()["errors"]


@pytest.mark.parametrize("text", ['{"email": NaN}', "{", "", "\xff", '"text"', "1e999999999", "[" * 100_000])
def test_malformed_json_is_a_400_in_the_envelope(db, client_of, text):
    answer = client_of(None).generic("POST", LOGIN, text.encode("latin-1"), content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["status"] == 400


def test_half_a_surrogate_pair_is_a_400(db, client_of):
    body = '{"email": "ema@example.com", "password": "\\ud800"}'
    answer = client_of(None).generic("POST", LOGIN, body, content_type="application/json")
    assert answer.status_code == 400
    assert "password" in answer.json()["errors"]


def test_another_content_type_is_a_415_and_another_method_a_405(db, client_of):
    form = client_of(None).post(LOGIN, "a=b", content_type="application/x-www-form-urlencoded")
    assert (form.status_code, form.json()["status"]) == (415, 415)
    got = client_of(None).get(LOGIN)
    assert (got.status_code, got.json()["status"]) == (405, 405)


def test_sign_ins_and_failures_stand_in_the_activity_log(cast, client_of):
    sign_in(client_of(None), "ema@example.com")
    sign_in(client_of(None), "ema@example.com", "not her password")
    good, bad = ActivityLog.objects.order_by("created_at")
    assert (good.action, good.user_id, good.resource_id) == ("user.signed_in", cast.employee.pk, cast.employee.pk)
    assert (bad.action, bad.user_id, bad.meta) == ("user.sign_in_failed", None, {"email": "e***@example.com"})


def test_signing_in_to_the_admin_stands_in_the_activity_log_too(cast, client):
    for password in ("not hers at all", PASSWORD):
        client.post("/admin/login/", {"username": "hana@example.com", "password": password})
    bad, good = ActivityLog.objects.order_by("created_at")
    assert (bad.action, bad.user_id, bad.meta) == ("user.sign_in_failed", None, {"email": "h***@example.com"})
    assert (good.action, good.user_id, good.meta) == ("user.signed_in", cast.hr.pk, {"door": "admin"})


@pytest.mark.parametrize("typed", ["", "a\x00@b\x00.example", "x" * 3000])
def test_whatever_is_typed_at_the_admins_door_is_refused_and_logged(cast, client, typed):
    assert client.post("/admin/login/", {"username": typed, "password": "x"}).status_code == 200
    assert ActivityLog.objects.get().action == "user.sign_in_failed"


def test_no_token_is_kept_in_the_database(cast, client_of):
    first = sign_in(client_of(None), "ema@example.com").json()["refresh_token"]
    client_of(None).post("/api/v1/auth/refresh", {"refresh_token": first})
    assert set(OutstandingToken.objects.values_list("token", flat=True)) == {""}
