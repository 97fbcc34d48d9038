"""What every mount owes whatever the vendor: verbatim paths, no redirects, its own words, a true document."""

from __future__ import annotations

import pytest
from django.test import Client

from attendance import adapters
from attendance.adapters.registry import MOUNTS, Mount

pytestmark = pytest.mark.django_db
mounts = pytest.mark.parametrize("mount", MOUNTS, ids=lambda mount: mount.name)
METHODS = ("get", "post", "put", "patch", "delete")


FIFTH_URLS = """
from django.urls import path
from attendance.adapters.door import json_answer
from attendance.adapters.goodday.auth import GoodDayDoor
door = GoodDayDoor()
urlpatterns = [path("v9/ping", door.view(is_open=True, GET=lambda request, at: json_answer({"pong": True})))]
"""


def test_a_fifth_vendor_is_a_folder_and_a_line(tmp_path, monkeypatch, settings):
    folder = tmp_path / "fifth"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "urls.py").write_text(FIFTH_URLS)
    (folder / "openapi.py").write_text("def document():\n    return {'openapi': '3.0.3'}\n")
    monkeypatch.setattr(adapters, "__path__", [*adapters.__path__, str(tmp_path)])
    settings.ROOT_URLCONF = tuple(Mount("fifth").patterns)
    assert Client().get("/compat/fifth/v9/ping").json() == {"pong": True}
    assert Client().get("/api/schema/fifth").json() == {"openapi": "3.0.3"}
    assert Client().get("/compat/fifth/v9/ping/").status_code == 404


def is_native(answer) -> bool:
    """Whether an answer has the native envelope or is a page."""
    return "html" in answer["Content-Type"] or set(answer.json()) == {"message", "status"}


@mounts
@pytest.mark.parametrize("method", METHODS)
def test_an_unknown_path_is_the_vendors_own_404(mount, method):
    for path in ("", "/", "/nowhere", "/nowhere/", "/../admin/", "/%00", "/api/v1/employees/"):
        answer = getattr(Client(), method)(f"/compat/{mount.name}{path}")
        assert answer.status_code == 404, path
        assert not is_native(answer), path


@mounts
def test_a_slash_at_the_end_is_no_redirect(mount):
    for route in mount.routes:
        path = str(route.pattern).replace("<str:", "").replace("<", "").replace(">", "")
        answer = Client().post(f"/compat/{mount.name}/{path}/")
        assert answer.status_code == 404 and not is_native(answer), path


@mounts
def test_the_wrong_verb_is_the_vendors_own_405(mount):
    for route in mount.routes:
        path = str(route.pattern).replace("<str:", "").replace("<", "").replace(">", "")
        for method in set(METHODS) - {verb.lower() for verb in route.callback.methods}:
            answer = getattr(Client(), method)(f"/compat/{mount.name}/{path}")
            assert answer.status_code == 405, (method, path)
            assert answer["Allow"] == ", ".join(route.callback.methods)
            assert not is_native(answer), path


@mounts
def test_without_a_credential_nothing_is_answered(mount):
    for route in mount.routes:
        path = str(route.pattern).replace("<str:", "").replace("<", "").replace(">", "")
        for method in route.callback.methods:
            if not route.callback.is_open:
                answer = Client().generic(method, f"/compat/{mount.name}/{path}")
                assert answer.status_code == 401, (method, path)
                assert not is_native(answer), path


@mounts
def test_a_doubled_slash_is_one(mount):
    route = next(route for route in mount.routes if not route.callback.is_open and "<" not in str(route.pattern))
    doubled = str(route.pattern).replace("/", "//", 1)
    answer = Client().generic(next(iter(route.callback.methods)), f"/compat/{mount.name}//{doubled}")
    assert answer.status_code == 401


@mounts
def test_the_document_names_exactly_the_routes(mount):
    answer = Client().get(f"/api/schema/{mount.name}")
    assert answer.status_code == 200
    shown = answer.json()
    assert shown["openapi"].startswith("3.") and shown["servers"] == [{"url": f"/compat/{mount.name}"}]
    documented = {(verb, path) for path, verbs in shown["paths"].items() for verb in verbs}
    served = {
        (verb.lower(), "/" + str(route.pattern).replace("<str:", "{").replace("<", "{").replace(">", "}"))
        for route in mount.routes
        for verb in route.callback.methods
    }
    assert documented == served
    names = [operation["operationId"] for verbs in shown["paths"].values() for operation in verbs.values()]
    assert len(names) == len(set(names))


@mounts
def test_a_bug_is_the_vendors_own_500_and_says_nothing(mount, caplog, monkeypatch):
    route = next(route for route in mount.routes if not route.callback.is_open and "<" not in str(route.pattern))

    def broken(*arguments, **named):
        raise RuntimeError("a secret detail")

    monkeypatch.setattr(type(mount.door), "authenticate", broken)
    path = f"/compat/{mount.name}/{route.pattern}?gd-api-token=0123456789abcdef0123456789abcdef"
    answer = Client().generic(next(iter(route.callback.methods)), path)
    assert answer.status_code == 500 and not is_native(answer)
    assert b"secret" not in answer.content
    assert "0123456789abcdef" not in caplog.text
