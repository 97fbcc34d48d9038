"""Guessing passwords is stopped per address of the account and per address of the network, with 429 and Retry-After."""

from datetime import timedelta
from uuid import uuid4

import pytest
from axes.models import AccessAttempt
from axes.utils import reset
from django.db.models import F

from hr.tests.builders import PASSWORD
from hr.tests.test_login import sign_in
from peoplesync.core.models import ActivityLog


def guess(client_of, times, email="ema@example.com", **extra):
    return [sign_in(client_of(None), email, f"guess {number}", **extra).status_code for number in range(times)]


def test_the_tenth_wrong_password_locks_the_account_for_a_while(cast, client_of, settings):
    assert guess(client_of, settings.AXES_FAILURE_LIMIT - 1) == [401] * (settings.AXES_FAILURE_LIMIT - 1)
    guess(client_of, 1)
    answer = sign_in(client_of(None), "ema@example.com")
    assert answer.status_code == 429
    assert answer.json()["status"] == 429
    assert "Too many wrong passwords" in answer.json()["message"] and "Wait 10 minutes" in answer.json()["message"]
    assert int(answer["Retry-After"]) == settings.AXES_COOLOFF_TIME.total_seconds()


def test_neither_case_nor_a_forged_address_helps_the_guesser(cast, client_of, settings):
    for number in range(settings.AXES_FAILURE_LIMIT):
        email = "ema@example.com" if number % 2 else "EMA@example.com"
        sign_in(client_of(None), email, "guess", HTTP_X_FORWARDED_FOR=f"10.0.0.{number}")
    assert sign_in(client_of(None), "ema@example.com").status_code == 429


def test_an_unknown_address_is_locked_the_same_way(cast, client_of, settings):
    guess(client_of, settings.AXES_FAILURE_LIMIT, email="nobody@example.com")
    answer = sign_in(client_of(None), "nobody@example.com")
    assert answer.status_code == 429 and "Too many wrong passwords" in answer.json()["message"]


def test_the_right_password_after_the_wait_signs_in_and_clears_the_count(cast, client_of, settings):
    guess(client_of, settings.AXES_FAILURE_LIMIT)
    for attempt in AccessAttempt.objects.all():
        attempt.attempt_time -= settings.AXES_COOLOFF_TIME * 2
        attempt.save()
    assert sign_in(client_of(None), "ema@example.com").status_code == 200
    assert not AccessAttempt.objects.filter(username="ema@example.com").exists()


def test_who_goes_on_guessing_cannot_keep_the_owner_out_for_longer(cast, client_of, settings):
    guess(client_of, settings.AXES_FAILURE_LIMIT)
    nearly_over = settings.AXES_COOLOFF_TIME - timedelta(seconds=30)
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - nearly_over)
    assert guess(client_of, 3) == [429] * 3
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - timedelta(seconds=31))
    assert sign_in(client_of(None), "ema@example.com").status_code == 200


def test_others_sign_in_while_one_account_is_locked(cast, client_of, settings):
    guess(client_of, settings.AXES_FAILURE_LIMIT)
    assert sign_in(client_of(None), "mona@example.com").status_code == 200


def test_one_network_address_may_not_try_many_accounts(cast, client_of, settings):
    settings.THROTTLES = {**settings.THROTTLES, "login": "5/minute"}
    statuses = [sign_in(client_of(None), f"somebody{n}@example.com", "guess").status_code for n in range(12)]
    assert statuses[:5] == [401] * 5
    assert 429 in statuses[5:]
    last = sign_in(client_of(None), "ema@example.com")
    assert last.status_code == 429
    assert 1 <= int(last["Retry-After"]) <= 60


def test_the_admins_login_page_is_locked_by_the_same_count(cast, client, client_of, settings):
    guess(client_of, settings.AXES_FAILURE_LIMIT)
    answer = client.post("/admin/login/", {"username": "Ema@example.com", "password": "correct horse battery"})
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert "Wait 10 minutes" in answer.content.decode() and answer["Content-Type"].startswith("text/html")


def test_one_network_address_may_not_try_many_accounts_in_the_admin_either(cast, client, client_of, staff, settings):
    settings.THROTTLES = {**settings.THROTTLES, "login": "3/day"}
    network = {"REMOTE_ADDR": ".".join(map(str, uuid4().bytes[:4]))}
    assert guess(client_of, 1, **network) == [401]
    form = {"username": "somebody@example.com", "password": "guess"}
    assert [client.post("/admin/login/", form, **network).status_code for _ in range(2)] == [200, 200]
    refused = client.post("/admin/login/", form, **network)
    assert refused.status_code == 429 and int(refused["Retry-After"]) > 0
    assert "from your network address" in refused.content.decode()
    assert staff(cast.hr).post("/admin/password_change/", {"old_password": "guess"}, **network).status_code == 429
    assert (
        ActivityLog.objects.filter(action="user.sign_in_failed").count() == 3
    )  # what was not tried is not written down
    assert client.get("/admin/login/", **network).status_code == 200


def test_guesses_at_the_old_password_in_the_admin_count_too(cast, staff, client_of, settings):
    hana = staff(cast.hr)
    new = {"new_password1": "a longer and better one 7", "new_password2": "a longer and better one 7"}
    for number in range(settings.AXES_FAILURE_LIMIT):
        answer = hana.post("/admin/password_change/", {"old_password": f"guess {number}", **new})
    assert answer.status_code == 429 and "Too many wrong passwords" in answer.content.decode()
    assert hana.post("/admin/password_change/", {"old_password": PASSWORD, **new}).status_code == 429
    assert sign_in(client_of(None), "hana@example.com").status_code == 429


@pytest.fixture(autouse=True)
def unlocked(db):
    reset()
