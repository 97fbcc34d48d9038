"""What no client should send, at every route: a clear 4xx in the envelope, and a database that has not changed.

Bodies are made from the OpenAPI document, a wrong value for every field at once; the answer must name every one of them.
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote, urlencode
from uuid import uuid4

import pytest

from peoplesync.tests import database, shapes
from peoplesync.tests.routes import ROWS, document
from peoplesync.tests.test_permissions import filled, ids_of

pytestmark = pytest.mark.django_db
PREFIX = "/api/v1/"
INJECTION = "1' OR '1'='1'; SELECT pg_sleep(10); --"
SURROGATE = "\\ud800"
BROKEN = {
    "nothing": b"",
    "half": b'{"name": "x"',
    "no json": b"name=x",
    "not a number": b'{"name": NaN}',
    "infinity": b'{"amount": -Infinity}',
    "not utf-8": b'{"name": "\xff\xfe"}',
    "utf-16": '{"name": "x"}'.encode("utf-16"),
    "an array": b"[]",
    "objects in an array": b"[{}]",
    "a text": b'"x"',
    "a number": b"7",
    "true": b"true",
    "deep": b"[" * 100_000 + b"]" * 100_000,
    "deep object": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
}
#: Finer than any amount is counted. What a device measures is rounded instead: phones tell sixteen digits.
TOO_FINE = "0.123456789012345678901"
MEASURED = {"lat", "lng", "location_accuracy"}
#: Values of each type of field that it must refuse, written as JSON.
WRONG: dict[str, list[str]] = {
    "string": ["7", "true", "[]", "{}", '"\\u0000"', '"a\\u0007b"', f'"{SURROGATE}"', f'"{"x" * 70_000}"'],
    "uuid": ["7", '"x"', "[]", "{}", f'"{INJECTION}"', '"3fa85f64-5717-4562-b3fc-2c963f66afa6\\u0000"', '"\\ud800"'],
    "date": [
        '"2025-02-30"', '"2025-13-01"', '"0000-00-00"', '"10000-01-01"', '"20250101"', "20250101", '"today"', "[]",
        '"2025-01-01T00:00:00Z"', '"2025-01-01\\u0000"',
    ],
    "date-time": [
        '"2025-11-16T08:00:00"', '"2025-11-16T25:00:00Z"', '"2025-11-16T23:59:60Z"', '"2025-02-30T00:00:00Z"', "7",
        '"0001-01-01T00:00:00+14:00"', '"9999-12-31T23:59:59-14:00"', '"now"', "[]", "{}",
    ],
    "number": ['"7"', "true", "[]", "{}", "1e999999", "1e400", "9" * 400, "-" + "9" * 60, '"NaN"', TOO_FINE],
    "integer": ['"7"', "true", "[]", "{}", "1e999999", "9" * 400, "-" + "9" * 60, "1.5"],
    "boolean": ['"true"', "1", "[]", "{}", '"\\u0000"'],
    "array": ["7", '"x"', "{}", "true", "[[[]]]", "[null]", "[{}]"],
    "object": ["7", '"x"', "[]", "true"],
}  # fmt: skip


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema or len(schema.get("allOf", ())) == 1:
        schema = schema["allOf"][0] if "allOf" in schema else schema
        if "$ref" in schema:
            schema = document()["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return schema


def bodies() -> list[Any]:
    """Every operation that takes a body: its path in our table of routes, its verb and the schema of the body."""
    known = {re.sub(r"<\w+:(\w+)>", r"{\1}", path): path for path in ROWS}
    found = []
    for path, verbs in document()["paths"].items():
        for verb, operation in verbs.items():
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
            schema = resolved(body) if body else {}
            if schema.get("properties"):
                name = path.removeprefix(PREFIX)
                found.append(pytest.param(known.get(name, name), verb.upper(), schema, id=f"{verb} {name}"))
    return found


def queries() -> list[Any]:
    """Every list, with the names of its own filters."""
    found = []
    for path, verbs in document()["paths"].items():
        parameters = verbs.get("get", {}).get("parameters", ())
        names = {each["name"]: each["schema"] for each in parameters if each["in"] == "query"}
        if "page" in names and "{" not in path:
            found.append(pytest.param(path, names, id=path.removeprefix(PREFIX)))
    return found


def address(path: str, cast: Any) -> str:
    """The route with the ids of something of the employee's, where it takes any."""
    return filled(path, *ids_of(ROWS[path], cast, cast.employee)) if path in ROWS else f"{PREFIX}{path}"


@pytest.fixture
def send(client_of, cast):
    """Send raw bytes as superadmin, with a fresh key; the answer, checked to be a refusal in the envelope."""
    client = client_of(cast.superadmin)

    def act(verb: str, path: str, body: bytes, kind: str = "application/json") -> Any:
        answer = client.generic(verb, path, body, content_type=kind, headers={"Idempotency-Key": str(uuid4())})
        assert 400 <= answer.status_code < 500, f"{body[:80]!r}: {answer.status_code} {answer.content[:300]!r}"
        shapes.check(answer.json(), "ErrorResponse")
        assert answer.json()["status"] == answer.status_code
        return answer

    return act


@pytest.mark.parametrize(("path", "verb", "schema"), bodies())
def test_a_body_that_is_no_object_is_refused_and_changes_nothing(cast, send, path, verb, schema):
    where = address(path, cast)
    before = database.contents()
    for name, body in BROKEN.items():
        if name != "nothing" or (verb == "POST" and schema.get("required")):
            assert send(verb, where, body).status_code in {400, 409}, name
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/xml"):
        assert send(verb, where, b'{"name": "x"}', kind).status_code == 415, kind
    assert database.changed(before) == set()


def kind_of(schema: dict[str, Any]) -> str:
    schema = resolved(schema)
    if schema.get("format") in WRONG:
        return str(schema["format"])
    return str(schema.get("type", "object" if "properties" in schema else "any"))


@pytest.mark.parametrize(("path", "verb", "schema"), bodies())
def test_every_wrong_value_is_named_and_changes_nothing(cast, send, path, verb, schema):
    fields = {name: kind_of(field) for name, field in schema["properties"].items() if not field.get("readOnly")}
    where, before = address(path, cast), database.contents()
    if path == "attendances/sync":  # what is wrong with a record is that record's own answer
        fields = {"records": "object"}
    for turn in range(max(len(WRONG[kind]) for kind in fields.values())):
        chosen = {name: WRONG[kind][turn % len(WRONG[kind])] for name, kind in fields.items()}
        body = ", ".join(f'"{name}": {value}' for name, value in chosen.items())
        answer = send(verb, where, f"{{{body}}}".encode())
        named = {key.split(".")[0] for key in answer.json().get("errors", {})}
        refused = {name for name, value in chosen.items() if not (value == TOO_FINE and name in MEASURED)}
        assert named >= refused, f"{chosen}: {answer.json()}"
    assert database.changed(before) == set()


@pytest.mark.parametrize(("path", "verb", "schema"), bodies())
def test_what_is_required_is_missed_and_null_is_not_a_value(cast, send, path, verb, schema):
    required = set(schema.get("required", ())) if verb == "POST" else set()
    where, before = address(path, cast), database.contents()
    if required:
        assert {key.split(".")[0] for key in send(verb, where, b"{}").json()["errors"]} == required
        nothing = json.dumps(dict.fromkeys(required)).encode()
        named = {key.split(".")[0] for key in send(verb, where, nothing).json()["errors"]}
        assert named >= {name for name in required if not schema["properties"][name].get("nullable")}
    assert database.changed(before) == set()


def test_a_body_of_ten_megabytes_is_refused(cast, send):
    before = database.contents()
    large = b'{"name": "' + b"x" * 10_000_000 + b'"}'
    for path, verb in (
        ("departments", "POST"),
        ("settings", "PUT"),
        ("attendances/sync", "POST"),
        ("payrolls", "POST"),
    ):
        assert send(verb, f"{PREFIX}{path}", large).status_code == 413
    assert database.changed(before) == set()


def test_of_two_equal_keys_no_half_is_stored(cast, client_of):
    """JSON leaves open which counts; one of them does, wholly."""
    body = b'{"name": "First", "name": "Second"}'
    answer = client_of(cast.superadmin).generic("POST", f"{PREFIX}departments", body, content_type="application/json")
    assert (answer.status_code, answer.json()["name"]) in {(201, "Second"), (400, "Second")}


@pytest.mark.parametrize(("path", "names"), queries())
def test_paging_out_of_bounds_is_400(cast, client_of, path, names):
    client = client_of(cast.superadmin)
    for name in ("page", "per_page"):
        for value in ("0", "-1", "1e3", "NaN", "x", "1.5", str(2**63), str(10**30), "１", "1\x00", INJECTION):
            answer = client.get(f"{path}?{urlencode({name: value})}")
            assert answer.status_code == 400 and name in answer.json()["errors"], (name, value)


HOSTILE = {
    "_connector": "OR", "_negated": "1", "current_salary__gt": "0", "user__password__startswith": "a",
    "employee__current_salary": "1", "order_by": "password", "sort": INJECTION, "limit": "10", "format": "api",
}  # fmt: skip


@pytest.mark.parametrize(("path", "names"), queries())
def test_queries_nobody_should_send_find_nothing_more_and_change_nothing(cast, client_of, path, names):
    """Unknown names are ignored, known names refuse what they cannot have; no total depends on a hidden field."""
    client, before = client_of(cast.superadmin), database.contents()
    plain = client.get(path).json()
    assert client.get(f"{path}?{urlencode(HOSTILE)}").json() == plain
    assert client.get(f"{path}?include={','.join(f'name{n}' for n in range(1000))}").json() == plain
    for name, schema in names.items():
        for value in (
            INJECTION,
            "\x00",
            "\ud800".encode("utf-8", "surrogatepass"),
            "%",
            "1" * 5000,
            "9" * 400,
            "1e999999",
        ):
            answer = client.get(f"{path}?{quote(name)}={quote(value)}")
            assert answer.status_code in {200, 400}, (name, value, answer.content[:200])
            if answer.status_code == 400:
                shapes.check(answer.json(), "ErrorResponse")
            elif schema.get("format") in {"uuid", "date"} or "enum" in schema or schema["type"] != "string":
                raise AssertionError(f"{name}={value!r} was taken")
    assert database.changed(before, but={"core_activitylog"}) == set()


@pytest.mark.parametrize("path", sorted(path for path, row in ROWS.items() if row.make))
def test_an_id_that_is_none_is_404_in_the_envelope(cast, client_of, path):
    method = next(iter(ROWS[path].actions))
    for wrong in ("x", "..%2f..%2fetc", "%00", "3fa85f64-5717-4562-b3fc-2c963f66afa6%0a", "9" * 5000, "%ed%a0%80"):
        answer = client_of(cast.superadmin).generic(
            method, filled(path, wrong, wrong), "{}", content_type="application/json"
        )
        assert answer.status_code == 404, (wrong, answer.status_code)
        shapes.check(answer.json(), "ErrorResponse")
