"""Signing out, changing the password, deactivation and deletion end sessions on the very next call, API and admin."""

import pytest
from django.utils import timezone

from hr import authentication
from hr.api import auth
from hr.models import User
from hr.services import passwords, sessions
from hr.tests.builders import PASSWORD
from hr.tests.test_login import sign_in
from hr.tests.test_refresh import me, refresh
from peoplesync.core.models import ActivityLog

LOGOUT, CHANGE = "/api/v1/auth/logout", "/api/v1/auth/change_password"
#: An admin page without styles: whether it answers is all that matters here.
ADMIN = "/admin/jsi18n/"
NEW = "a longer and better one 7"


def signed_in(client_of, email="ema@example.com"):
    pair = sign_in(client_of(None), email).json()
    client = client_of(None)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {pair['access_token']}")
    return client, pair


def test_after_logout_neither_token_works(cast, client_of):
    client, pair = signed_in(client_of)
    answer = client.post(LOGOUT, {"refresh_token": pair["refresh_token"]})
    assert (answer.status_code, answer.content) == (204, b"")
    assert me(client_of, pair["access_token"]) == 401
    assert refresh(client_of, pair["refresh_token"]).status_code == 401


def test_logout_leaves_other_devices_signed_in(cast, client_of):
    client, pair = signed_in(client_of)
    _, other = signed_in(client_of)
    client.post(LOGOUT, {"refresh_token": pair["refresh_token"]})
    refresh(client_of, pair["refresh_token"])
    assert me(client_of, other["access_token"]) == 200


def test_logout_with_an_older_token_of_the_session_ends_it_too(cast, client_of):
    client, pair = signed_in(client_of)
    renewed = refresh(client_of, pair["refresh_token"]).json()
    assert client.post(LOGOUT, {"refresh_token": pair["refresh_token"]}).status_code == 204
    assert me(client_of, renewed["access_token"]) == 401
    assert refresh(client_of, renewed["refresh_token"]).status_code == 401


def test_nobody_signs_somebody_else_out(cast, client_of):
    client, _ = signed_in(client_of)
    _, monas = signed_in(client_of, "mona@example.com")
    answer = client.post(LOGOUT, {"refresh_token": monas["refresh_token"]})
    assert answer.status_code == 400
    assert "refresh_token" in answer.json()["errors"]
    assert me(client_of, monas["access_token"]) == 200


@pytest.mark.parametrize("access", [None, "over"])
def test_a_refresh_token_alone_signs_out_and_a_second_tap_is_answered_alike(cast, client_of, access):
    _, pair = signed_in(client_of)
    client = client_of(None)
    if access:
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {access}")
    for _ in range(2):
        assert client.post(LOGOUT, {"refresh_token": pair["refresh_token"]}).status_code == 204
    assert me(client_of, pair["access_token"]) == 401
    assert refresh(client_of, pair["refresh_token"]).status_code == 401
    assert ActivityLog.objects.filter(action="user.signed_out").count() == 1


@pytest.mark.parametrize(
    "body", [{}, [], {"refresh_token": None}, {"refresh_token": ["x"]}, {"refresh_token": "a.b.c"}]
)
def test_logout_without_any_good_token_is_401(cast, client_of, body):
    assert client_of(None).post(LOGOUT, body).status_code == 401


def test_an_access_token_is_not_enough_in_the_place_of_a_refresh_token(cast, client_of):
    _, pair = signed_in(client_of)
    assert client_of(None).post(LOGOUT, {"refresh_token": pair["access_token"]}).status_code == 401
    assert me(client_of, pair["access_token"]) == 200


def test_logout_needs_a_token(cast, client_of):
    assert client_of(None).post(LOGOUT, {"refresh_token": "x"}).status_code == 401


def test_a_changed_password_ends_every_session_and_signs_in_again(cast, client_of):
    client, pair = signed_in(client_of)
    _, other = signed_in(client_of)
    answer = client.post(CHANGE, {"current_password": PASSWORD, "new_password": NEW})
    assert (answer.status_code, answer.content) == (204, b"")
    for tokens in (pair, other):
        assert me(client_of, tokens["access_token"]) == 401
        assert refresh(client_of, tokens["refresh_token"]).status_code == 401
    assert sign_in(client_of(None), "ema@example.com").status_code == 401
    assert sign_in(client_of(None), "ema@example.com", NEW).status_code == 200


def test_a_password_changed_in_the_admin_ends_every_other_session(cast, client, client_of):
    _, pair = signed_in(client_of, "hana@example.com")
    client.force_login(cast.hr, backend="hr.authentication.Backend")
    typed = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    assert client.post("/admin/password_change/", typed).status_code == 302
    assert me(client_of, pair["access_token"]) == 401
    assert refresh(client_of, pair["refresh_token"]).status_code == 401
    assert client.get(ADMIN).status_code == 200
    assert ActivityLog.objects.filter(action="user.password_changed", user=cast.hr).count() == 1


@pytest.mark.parametrize("new", ["short", "password123456", "12345678901234", "ema@example.com"])
def test_a_weak_password_is_refused_and_nothing_changes(cast, client_of, new):
    client, pair = signed_in(client_of)
    answer = client.post(CHANGE, {"current_password": PASSWORD, "new_password": new})
    assert answer.status_code == 400
    assert answer.json()["errors"]["new_password"]
    assert me(client_of, pair["access_token"]) == 200


def test_the_current_password_must_be_right_and_guessing_it_is_limited(cast, client_of, settings):
    client, _ = signed_in(client_of)
    wrong = {"current_password": "not hers at all", "new_password": NEW}
    answer = client.post(CHANGE, wrong)
    assert answer.status_code == 400
    assert "current_password" in answer.json()["errors"]
    for _ in range(settings.AXES_FAILURE_LIMIT):
        answer = client.post(CHANGE, wrong)
    assert answer.status_code == 429


@pytest.mark.parametrize("change", [{"is_active": False}, {"deleted_at": timezone.now()}])
def test_a_user_who_is_gone_is_refused_on_the_next_call(cast, client, client_of, change):
    _, pair = signed_in(client_of, "hana@example.com")
    client.force_login(cast.hr, backend="hr.authentication.Backend")
    assert client.get(ADMIN).status_code == 200
    User.objects.filter(pk=cast.hr.pk).update(**change)
    assert me(client_of, pair["access_token"]) == 401
    assert client.get(ADMIN).status_code == 302


def test_ending_all_sessions_ends_the_admins_too(cast, client, client_of):
    client.force_login(cast.hr, backend="hr.authentication.Backend")
    assert client.get(ADMIN).status_code == 200
    sessions.end_all(user=cast.hr, reason="test", by=None, at=timezone.now())
    assert client.get(ADMIN).status_code == 302


def test_ids_of_expired_tokens_are_forgotten(cast, client_of):
    client, pair = signed_in(client_of)
    client.post(LOGOUT, {"refresh_token": pair["refresh_token"]})
    assert sessions.sweep(at=timezone.now()) == 0
    later = timezone.now() + timezone.timedelta(days=31)
    assert sessions.sweep(at=later) > 0


@pytest.mark.parametrize("route", ["/api/v1/auth/login", CHANGE])
def test_a_password_that_is_changed_while_it_is_checked_opens_nothing(cast, client_of, monkeypatch, route):
    client, _ = signed_in(client_of)

    def checked_slowly(request, **given):
        known = authentication.checked(request, **given)
        passwords.change(user=User.objects.get(pk=known.pk), new_password=NEW, by=None, at=timezone.now())
        return known

    monkeypatch.setattr(auth, "checked", checked_slowly)
    login = {"email": "ema@example.com", "password": PASSWORD}
    asked = login if route != CHANGE else {"current_password": PASSWORD, "new_password": "yet another one 9"}
    answer = client.post(route, asked)
    assert answer.status_code == (401 if route != CHANGE else 400), answer.content
    if route == CHANGE:
        (said,) = answer.json()["errors"]["current_password"]
        assert "Sign in with the new one; if it was not you, ask your administrator." in said
    assert User.objects.get(pk=cast.employee.pk).check_password(NEW)
