"""A refresh token works once; in two hands it ends its session."""

from functools import partial

import pytest
from django.utils import timezone

from hr.models import User
from hr.services import sessions
from hr.tests import builders
from hr.tests.test_login import sign_in
from hr.tests.together import together
from peoplesync.core.models import ActivityLog
from peoplesync.kernel.errors import Unauthenticated

REFRESH = "/api/v1/auth/refresh"


def refresh(client_of, token):
    return client_of(None).post(REFRESH, {"refresh_token": token})


def me(client_of, token):
    client = client_of(None)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client.get("/api/v1/auth/me").status_code


def test_a_refresh_gives_a_new_pair_without_the_user(cast, client_of):
    first = sign_in(client_of(None), "ema@example.com").json()
    answer = refresh(client_of, first["refresh_token"])
    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == {"access_token", "token_type", "expires_in", "refresh_token"}
    assert body["refresh_token"] != first["refresh_token"]
    assert me(client_of, body["access_token"]) == 200
    assert refresh(client_of, body["refresh_token"]).status_code == 200


def test_a_used_refresh_token_is_refused_and_ends_its_session_and_no_other(cast, client_of):
    phone = sign_in(client_of(None), "ema@example.com").json()
    tablet = sign_in(client_of(None), "ema@example.com").json()
    renewed = refresh(client_of, phone["refresh_token"]).json()
    again = refresh(client_of, phone["refresh_token"])
    assert (again.status_code, again.json()["message"]) == (401, sessions.ENDED)
    for token in (phone, renewed):
        assert me(client_of, token["access_token"]) == 401
        assert refresh(client_of, token["refresh_token"]).status_code == 401
    assert me(client_of, tablet["access_token"]) == 200
    assert refresh(client_of, tablet["refresh_token"]).status_code == 200
    assert ActivityLog.objects.filter(action="user.session_ended", resource_id=cast.employee.pk).count() == 1


def test_others_are_untouched_when_a_token_is_used_twice(cast, client_of):
    mona = sign_in(client_of(None), "mona@example.com").json()
    ema = sign_in(client_of(None), "ema@example.com").json()
    refresh(client_of, ema["refresh_token"])
    refresh(client_of, ema["refresh_token"])
    assert me(client_of, mona["access_token"]) == 200


def test_an_access_token_is_no_refresh_token_and_the_other_way_round(cast, client_of):
    pair = sign_in(client_of(None), "ema@example.com").json()
    assert refresh(client_of, pair["access_token"]).status_code == 401
    assert me(client_of, pair["refresh_token"]) == 401


def test_a_refresh_after_deactivation_or_deletion_is_refused(cast, client_of):
    pair = sign_in(client_of(None), "ema@example.com").json()
    User.objects.filter(pk=cast.employee.pk).update(is_active=False)
    assert refresh(client_of, pair["refresh_token"]).status_code == 401


@pytest.mark.parametrize("token", ["", "x", "a.b.c", None, 5, ["x"], "x" * 5000, "nul\x00"])
def test_nonsense_is_refused_in_the_envelope(db, client_of, token):
    answer = refresh(client_of, token)
    assert answer.status_code in {400, 401}
    assert answer.json()["status"] == answer.status_code


@pytest.mark.django_db(transaction=True)
def test_of_requests_that_race_with_one_token_one_wins_and_her_session_lives(client_of):
    """Under way together means: received before the winner was done. The moment is an argument, so it can be the same."""
    builders.user("ema@example.com")
    for _ in range(5):
        token = sign_in(client_of(None), "ema@example.com").json()["refresh_token"]
        received_at = timezone.now()
        tokens = [each for each in together(*[partial(renewed_or_none, token, received_at)] * 4) if each is not None]
        assert len(tokens) == 1
        assert me(client_of, tokens[0].access) == 200


def renewed_or_none(token, at):
    try:
        return sessions.renew(refresh_token=token, at=at)
    except Unauthenticated:
        return None
