"""Schemathesis against our own OpenAPI document: no 500, no undocumented status, no body that breaks the schema.

Every operation is asked as superadmin, as an employee and as nobody. Most requests carry the id of something that
exists, so that they get past "not found". The vendors' documents are fuzzed beside their doors.
"""

from __future__ import annotations

import re
from copy import deepcopy
from functools import cache
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from attendance.adapters.tests.test_fuzz import among_constants, as_json, one_connection
from peoplesync.tests import routes
from peoplesync.tests.cast import token_for
from peoplesync.tests.fault_seeds import SEEDS
from peoplesync.tests.shapes import check
from peoplesync.wsgi import application

pytestmark = [pytest.mark.django_db, pytest.mark.faults]
PROMISES = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = 16 * min(SEEDS, 6)
PREFIX = "/api/v1/"
CALLERS = ("superadmin", "superadmin", "employee", None)


@cache
def document() -> Any:
    schema = schemathesis.openapi.from_dict(deepcopy(routes.document()))
    schema.app = application
    return among_constants(schema)


def operations() -> list[Any]:
    paths = document().raw_schema["paths"]
    return [
        pytest.param(path, verb.upper(), id=f"{verb} {path}")
        for path, verbs in paths.items()
        for verb in verbs
        if verb in {"get", "post", "put", "patch", "delete"}
    ]


def real_ids(path: str, cast: Any) -> dict[str, Any]:
    """Path parameters that lead to something the employee owns."""
    for pattern, row in routes.ROWS.items():
        names = re.findall(r"<\w+:(\w+)>", pattern)
        if row.make and re.sub(r"<\w+:(\w+)>", r"{\1}", pattern) == path.removeprefix(PREFIX):
            made = row.make(cast, cast.employee)
            return dict(zip(names, map(str, made if isinstance(made, tuple) else (made,)), strict=True))
    return {}


def cases(path: str, verb: str) -> Any:
    """Requests as documented, and where there is something to get wrong, requests that are not."""
    operation = document()[path][verb]
    documented = operation.as_strategy()
    if not (operation.body or operation.query):
        return documented
    return st.one_of(documented, operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))


@pytest.mark.parametrize(("path", "verb"), operations())
def test_no_request_breaks_what_the_document_promises(cast, path, verb):
    known = real_ids(path, cast)
    tokens = {role: token_for(cast.by_role()[role]) for role in CALLERS if role}

    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=cases(path, verb), role=st.sampled_from(CALLERS), is_real=st.sampled_from([True, True, False]))
    def fuzz(case: Any, role: str | None, is_real: bool) -> None:
        if is_real and known:
            case.path_parameters = {**case.path_parameters, **known}
        case.body = as_json(case.body)
        headers = {"Authorization": f"Bearer {tokens[role]}"} if role else {}
        answer = case.call_and_validate(headers=headers, checks=PROMISES)
        if answer.status_code >= 400 and not path.endswith("/health"):
            check(answer.json(), "ErrorResponse")

    with one_connection():
        fuzz()
