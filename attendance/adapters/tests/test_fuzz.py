"""Schemathesis against every mount's own document: no 500, no answer the document does not name, no foreign envelope."""

from __future__ import annotations

from contextlib import contextmanager
from decimal import Decimal
from functools import cache

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from attendance.adapters.registry import MOUNTS
from attendance.adapters.tests.calling import headers_of, id_of
from peoplesync.tests.fault_seeds import IS_LONG_RUN, SEEDS
from peoplesync.wsgi import application

pytestmark = [pytest.mark.django_db, pytest.mark.faults]
EXAMPLES = 20 * min(SEEDS, 6)
PROMISES = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
#: What a random text never hits: the ids of somebody, so that requests get past "nobody".
KNOWN = ("userId",)


@contextmanager
def one_connection():
    """Keep the test's connection, as Django's own test client does: a request would close it when it ends."""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


def among_constants(document):
    """Values that stand in our own sources are tried too in the long runs: finding them reads every source for each document."""
    document.config.analysis.constants.enabled = IS_LONG_RUN
    return document


def as_json(body):
    """A number at a bound of its schema comes as Decimal, which no client's JSON knows."""
    if isinstance(body, dict):
        return {name: as_json(value) for name, value in body.items()}
    if isinstance(body, list):
        return [as_json(value) for value in body]
    return float(body) if isinstance(body, Decimal) else body


def operations():
    for mount in MOUNTS:
        for path, verbs in mount.document["paths"].items():
            for verb in verbs:
                yield pytest.param(mount.name, path, verb, id=f"{mount.name} {verb} {path}")


@cache
def served(vendor):
    """A mount's document as the server gives it, read once for all its operations."""
    with one_connection():
        document = schemathesis.openapi.from_wsgi(f"/api/schema/{vendor}", app=application)
    return among_constants(document)


@pytest.mark.parametrize(("vendor", "path", "verb"), list(operations()))
def test_no_request_breaks_the_documents_promises(cast, vendor, path, verb):
    headers, person = headers_of(vendor, cast), id_of(vendor, cast.employee)
    operation = served(vendor)[path][verb.upper()]

    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(case=operation.as_strategy())
    def fuzz(case):
        case.body = as_json(case.body)
        if isinstance(case.body, dict):
            case.body = {**case.body, **{name: person for name in KNOWN if name in case.body}}
        case.call_and_validate(headers=headers, checks=PROMISES)

    with one_connection():
        fuzz()
