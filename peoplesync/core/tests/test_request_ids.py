"""A request's id is the same in its answer, in what its person is told, and in the logs; nobody forges a log line by it."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest

from hr.services import departments
from peoplesync.core import request_ids
from peoplesync.core.models import Job
from peoplesync.core.services import jobs


def test_every_answer_has_an_id_of_its_own(client: Any, db: None):
    found = {client.get(path)["X-Request-ID"] for path in ("/health", "/nothing", "/admin/login/", "/api/v1/employees")}
    assert len(found) == 4
    assert all(re.fullmatch(r"[0-9a-f]{32}", each) for each in found)


@pytest.mark.parametrize("given", ["0a1b2c3d4e5f", "trace.7f-1_X", "6f1c2a34-5b6d-4e7f-8a9b-0c1d2e3f4a5b"])
def test_the_id_a_proxy_gave_is_kept(client: Any, given: str):
    assert client.get("/nothing", headers={"X-Request-ID": given})["X-Request-ID"] == given


@pytest.mark.parametrize(
    "given", ["", "short", "x" * 65, "a b c d e f g", "abcdefgh\tERROR", "abcdefgh]é", "<script>alert"]
)
def test_what_could_forge_a_line_is_not(client: Any, given: str):
    assert client.get("/nothing", headers={"X-Request-ID": given})["X-Request-ID"] != given


def test_who_meets_an_error_of_ours_is_given_the_reference_of_the_log(cast: Any, client_of: Any, monkeypatch: Any):
    def breaks(**given: Any) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(departments, "create", breaks)
    client = client_of(cast.hr)
    client.raise_request_exception = False
    answer = client.post("/api/v1/departments", {"name": "Lab"}, headers={"X-Request-ID": "a-known-reference"})
    assert (answer.status_code, answer["X-Request-ID"]) == (500, "a-known-reference")
    assert "a-known-reference" in answer.json()["message"] and "secret" not in answer.json()["message"]


def test_log_lines_carry_the_id_of_the_request_or_the_job(settings: Any, db: None):
    seen: list[str] = []
    jobs.register("seen", lambda ticket: seen.append(request_ids.current()))
    Job.objects.create(pk="job_seen", kind="seen")
    jobs.run(job_id="job_seen")
    assert seen == ["job_seen"]
    assert settings.LOGGING["handlers"]["console"]["filters"] == ["request_id"]
    record = logging.LogRecord("x", logging.ERROR, "", 1, "It stopped", (), None)
    with request_ids.known_as("abcdefgh"):
        assert request_ids.InLogs().filter(record)
    line = logging.Formatter(settings.LOGGING["formatters"]["line"]["format"]).format(record)
    assert line.endswith("ERROR x [abcdefgh] It stopped")
    assert request_ids.current() == "-"
