"""What belongs to a browser stays with pages; calls pass it by and are no less guarded for it."""

from __future__ import annotations

import pytest
from csp.constants import HEADER
from django.conf import settings
from django.test import Client
from django.urls import reverse

from hr.tests.builders import PASSWORD

pytestmark = pytest.mark.django_db

CALLS = ("/health", "/api/v1/employees", "/employees", "/nowhere", "/api/schema", "/compat/kenjo/api/v1/offices")
PAGES = ("/admin/", "/admin/login/", "/api/docs", "/api/redoc")


@pytest.mark.parametrize("path", CALLS)
def test_an_answer_that_is_no_page_runs_nothing_in_a_browser_and_is_framed_nowhere(client, path):
    answer = client.get(path)
    assert answer[HEADER].startswith("default-src 'none'") and "frame-ancestors 'none'" in answer[HEADER]
    assert (answer["X-Frame-Options"], answer["X-Content-Type-Options"]) == ("DENY", "nosniff")
    assert answer["Referrer-Policy"] == "same-origin" and answer["X-Request-ID"]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_the_policy_of_the_settings(client, path):
    answer = client.get(path)
    assert "script-src 'self'" in answer[HEADER] and "frame-ancestors 'none'" in answer[HEADER]


@pytest.mark.parametrize("path", [path for path in CALLS if path not in ("/health", "/nowhere", "/api/schema")])
def test_a_browser_signed_in_to_the_admin_is_nobody_to_the_api(cast, client, path):
    client.force_login(cast.hr, backend="hr.authentication.Backend")
    assert client.get("/admin/").status_code == 200
    assert client.get(path).status_code == 401
    assert client.post(path, {}, content_type="application/json").status_code in (401, 404, 405)


@pytest.mark.parametrize("language", ["id", "de", "en"])
def test_a_browser_s_language_does_not_mix_the_libraries_words_with_the_house_s(cast, client, client_of, language):
    client.force_login(cast.hr, backend="hr.authentication.Backend")
    page = client.get(reverse("admin:hr_employee_add"), headers={"accept-language": language}).content.decode()
    assert "Save and continue editing" in page and "Simpan" not in page and "Sichern" not in page
    answer = client_of(cast.hr).post("/departments", {}, headers={"accept-language": language})
    assert answer.json()["errors"]["name"] == ["This field is required."]


def test_forms_of_pages_still_need_their_own_token(cast):
    browser = Client(enforce_csrf_checks=True)
    signing_in = {"username": "hana@example.com", "password": PASSWORD}
    refused = browser.post("/admin/login/", signing_in)
    assert refused.status_code == 403 and "load the page anew" in refused.content.decode()
    assert browser.post("/", {}).json()["status"] == 403
    token = browser.get("/admin/login/").cookies[settings.CSRF_COOKIE_NAME].value
    assert browser.post("/admin/login/", {**signing_in, "csrfmiddlewaretoken": token}).status_code == 302


def test_an_address_no_page_offers_is_refused_by_a_page(cast, client):
    client.force_login(cast.hr, backend="hr.authentication.Backend")
    guessed = client.get("/admin/hr/employee/?current_salary__gt=1")
    assert guessed.status_code == 400 and "Go to the first page" in guessed.content.decode()
    assert client.get(f"/admin/r/1/{cast.hr.pk}/").status_code == 404


def test_an_unknown_host_is_refused_everywhere(client):
    for path in ("/health", "/employees", "/admin/login/"):
        assert client.get(path, headers={"host": "evil.example"}).status_code == 400
