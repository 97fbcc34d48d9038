"""What the vendors' pages print, sent as printed to the demo organisation over real HTTP, with the keys seeding printed.

One demo and one server for all vendors. `over_demo/VENDOR.json` holds a vendor's calls in their order:

- `headers` go out with every call; `calls` have `method`, `path` and `body`, `form` or `query`.
- `{name}` anywhere is filled in: a credential under its own name (a dash is an underscore), `user` and `other_user`
  (the vendor's ids of the demo's employee and manager), `email` and `number` (the employee's), `office` (GoodDay's id
  of the head office), and whatever an earlier call has kept.
- `answer` holds its `status` and, where it matters: `like`, the printed answer, whose every key must come back with a
  value of the same type; `keys`, dotted path -> exactly these keys; `equals`, dotted path -> the value; `text`, the
  whole body.
- `keep` names values of the answer for later calls, as name -> dotted path.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from attendance.adapters.tests import documents
from attendance.adapters.tests.replaying import Wire, filled
from attendance.models.vendor_key import Vendor
from hr.models import Employee
from peoplesync.demo import people, seeding
from peoplesync.demo.vendors import DOCUMENTED_PERSON
from peoplesync.tests.demo import bars

SCRIPTS = sorted((Path(__file__).parent / "over_demo").glob("*.json"))
EMPLOYEE, OTHER = "employee", "manager"


def at_path(body, path):
    """`data.shift.id` of a body; numbers are places in a list, the empty path is all of it."""
    for part in path.split(".") if path else ():
        body = body[int(part)] if isinstance(body, list) else body[part]
    return body


def unlike(printed, body, path=""):
    """Where an answer lacks a printed key or has another type than the printed value; a null may be anything."""
    if printed is None or body is None:
        return []
    if isinstance(printed, dict) and isinstance(body, dict):
        missing = [f"{path}.{key} is missing" for key in printed if key not in body]
        return missing + [
            wrong for key in printed if key in body for wrong in unlike(printed[key], body[key], f"{path}.{key}")
        ]
    if isinstance(printed, list) and isinstance(body, list):
        return [wrong for index, each in enumerate(body) for wrong in unlike(printed[0], each, f"{path}.{index}")]
    kinds: Any = (int, float) if type(printed) in (int, float) else type(printed)
    is_alike = isinstance(body, kinds) and isinstance(body, bool) == isinstance(printed, bool)
    return [] if is_alike else [f"{path} is {body!r}, printed {printed!r}"]


def check(mount, call, answer, names):
    expected = filled(call["answer"], names)
    if "text" in expected:
        assert answer.content.decode() == expected["text"], call["name"]
    body = answer.json() if answer.content else None
    documents.check(mount, call["method"], filled(call["path"], names), answer.status, body)
    assert unlike(expected.get("like"), body) == [], call["name"]
    for path, keys in expected.get("keys", {}).items():
        assert list(at_path(body, path)) == keys, call["name"]
    for path, value in expected.get("equals", {}).items():
        assert at_path(body, path) == value, (call["name"], path)
    for name, path in call.get("keep", {}).items():
        names[name] = str(at_path(body, path))


def replay(server, script, names):
    wire = Wire(server, script["mount"], {})
    for call in script["calls"]:
        wire.headers = filled(script["headers"], names)
        check(script["mount"], call, wire.replay(call, names), names)


def names_of(vendor, doors):
    person = Employee.objects.get(pk=people.employee_id(DOCUMENTED_PERSON))
    given = {name.replace("-", "_"): value for name, value in doors.credentials[vendor].items()}
    ids = {"user": doors.people[EMPLOYEE][vendor], "other_user": doors.people[OTHER][vendor], "office": doors.office}
    return {**given, **ids, "email": person.email, "number": person.employee_number}


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_what_the_vendors_print_runs_as_printed_in_the_demo(server):
    wish = seeding.Wish(employees=6, months=1)
    doors = seeding.seed(wish=wish, at=timezone.now(), bars=bars).doors
    for path in SCRIPTS:
        script = json.loads(path.read_text(encoding="utf-8"))
        replay(server, script, names_of(path.stem, doors))


def test_every_vendor_has_its_script():
    assert {path.stem for path in SCRIPTS} == set(Vendor.values)


@pytest.mark.parametrize(
    ("printed", "body", "wrong"),
    [
        ({"id": 1, "at": None}, {"id": 2, "at": "now", "more": 1}, []),
        ({"id": 1}, {}, [".id is missing"]),
        ({"lat": "1.5"}, {"lat": 1.5}, [".lat is 1.5, printed '1.5'"]),
        ({"is_in": True}, {"is_in": 1}, [".is_in is 1, printed True"]),
        ({"lat": 1.5}, {"lat": 1}, []),
        ([{"id": 1}], [{"id": 1}, {"id": "2"}], [".1.id is '2', printed 1"]),
    ],
)
def test_an_answer_is_held_to_the_printed_one(printed, body, wrong):
    assert unlike(printed, body) == wrong
