"""Every native route x every role x own and foreign object, generated from the URL configuration and the rights matrix."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver

from hr.models import User
from peoplesync.core.models import new_id
from peoplesync.kernel import rights
from peoplesync.kernel.roles import Scope
from peoplesync.tests.cast import Cast
from peoplesync.tests.routes import ABOUT_ONESELF, ANONYMOUS, ROWS, Row

PREFIX = "api/v1/"
ROLES = ["employee", "manager", "hr", "payroll_admin", "auditor", "superadmin"]
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
REFUSED = {401, 403, 404, 405}


def routes() -> dict[str, Any]:
    """Path below /api/v1 -> its view, for every native route there is."""
    return {
        path.removeprefix(PREFIX): view for path, view in walk(get_resolver().url_patterns) if path.startswith(PREFIX)
    }


def walk(patterns: list[Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        path = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from walk(pattern.url_patterns, path)
        elif isinstance(pattern, URLPattern):
            yield path, pattern.callback


def view_class(view: Any) -> Any:
    return getattr(view, "view_class", None) or getattr(view, "cls", None)


def test_every_route_has_a_row_and_every_row_a_route():
    known = set(ROWS) | set(ANONYMOUS) | ABOUT_ONESELF
    assert set(routes()) - known == set(), "routes without a row in the permission table"
    assert known - set(routes()) == set(), "rows without a route"


def test_the_api_stands_at_the_root_too():
    at_root = {path for path, _ in walk(get_resolver().url_patterns) if not path.startswith((PREFIX, "admin/"))}
    assert set(routes()) <= at_root


@pytest.mark.parametrize("path", sorted(ROWS))
def test_each_view_names_the_same_place_in_the_matrix(path):
    view, row = view_class(routes()[path]), ROWS[path]
    assert (view.resource, view.actions) == (row.resource, dict(row.actions))
    for action in row.actions.values():
        assert action in rights.matrix()[row.resource]


def filled(path: str, *object_ids: Any) -> str:
    """The path with its parameters filled in, in their order."""
    ids = iter(object_ids)
    return f"/{PREFIX}" + re.sub(r"<[^>]+>", lambda _: str(next(ids)), path)


def ids_of(row: Row, cast: Cast, owner: User) -> tuple[Any, ...]:
    made = row.make(cast, owner) if row.make else ()
    return made if isinstance(made, tuple) else (made,)


def ask(client: Any, method: str, path: str) -> int:
    body = None if method == "GET" else {}
    answer = client.generic(method, path, "" if body is None else "{}", content_type="application/json")
    if answer.status_code >= 400:
        assert set(answer.json()) <= {"message", "status", "errors"} and answer.json()["status"] == answer.status_code
    return answer.status_code


@pytest.mark.django_db
@pytest.mark.parametrize("path", sorted(set(routes()) - set(ANONYMOUS)))
def test_nobody_gets_anything_without_a_token(path, client_of):
    for method in METHODS:
        assert ask(client_of(None), method, filled(path, new_id(), new_id())) == 401, method


def reaches(scope: Scope, caller: User, owner: User, cast: Cast) -> bool:
    """Whether a right of this reach covers what belongs to `owner`."""
    if scope is Scope.ALL:
        return True
    if scope is Scope.NONE:
        return False
    if caller.pk == owner.pk:
        return True
    return scope is Scope.DEPARTMENT and owner in (cast.employee, cast.colleague, cast.manager)


def expected(row: Row, method: str, role: str, caller: User, owner: User, cast: Cast) -> set[int] | None:
    """The statuses a request must have; None for anything but a refusal."""
    names = {"employee", role}
    action = row.actions.get(method)
    if action is None:
        return {405}
    may = rights.scope(names, row.resource, action)
    if may is Scope.NONE:
        return {403}
    if method in row.then:
        may = rights.scope(names, row.resource, row.then[method])
    if row.make is None or row.is_shared:
        return None
    sees = rights.scope(
        names, row.resource, row.actions.get("GET", "read" if "read" in rights.matrix()[row.resource] else action)
    )
    if not reaches(sees, caller, owner, cast):
        return {404}
    if not reaches(may, caller, owner, cast):
        return {403, 404}
    if method in row.second_person and caller.pk == owner.pk:
        return {403}
    return None


def cell(path: str, role: str, owner: User, cast: Cast, client_of: Any) -> list[str]:
    """What is wrong with one role's requests about one person's object."""
    row, caller, wrong = ROWS[path], cast.by_role()[role], []
    unknown = [method for method in METHODS if method not in row.actions] if owner == caller else []
    for method in [*row.actions, *unknown]:
        with transaction.atomic():  # each request meets a fresh object, and leaves nothing behind
            status = ask(client_of(caller), method, filled(path, *ids_of(row, cast, owner)))
            transaction.set_rollback(True)
        wanted = expected(row, method, role, caller, owner, cast)
        if status >= 500 or (status in REFUSED if wanted is None else status not in wanted):
            wrong.append(f"{role} {method} {owner.email}: {status}, wanted {wanted or 'an answer'}")
    return wrong


@pytest.mark.django_db
@pytest.mark.parametrize("path", sorted(ROWS))
def test_the_permission_table(path, cast, client_of):
    wrong = []
    for role in ROLES:
        caller = cast.by_role()[role]
        for owner in (caller, cast.colleague, cast.outsider) if ROWS[path].make else (caller,):
            wrong += cell(path, role, owner, cast, client_of)
    assert wrong == []


@pytest.mark.django_db
@pytest.mark.parametrize("path", sorted(path for path, row in ROWS.items() if row.make))
def test_an_unknown_id_looks_like_a_hidden_one(path, cast, client_of):
    method = "GET" if "GET" in ROWS[path].actions else next(iter(ROWS[path].actions))
    wrong = filled(path, new_id(), new_id())
    hidden = client_of(cast.superadmin).generic(method, wrong, "{}", content_type="application/json")
    assert hidden.status_code == 404
