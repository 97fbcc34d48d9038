"""A client over real HTTP, as a phone or a script would be, with nothing but the standard library."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import uuid4

from hr.tests.builders import PASSWORD
from peoplesync.tests.processes import until
from peoplesync.tests.shapes import check

PATIENCE = 60


@dataclass(frozen=True)
class Answer:
    """What came back; `body` None where there was none."""

    status: int
    body: Any
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Caller:
    """Somebody at a server: `caller.get("/auth/me", 200)` asks below /api/v1 and holds the answer to its status."""

    base: str
    token: str | None = None

    def send(self, method: str, path: str, body: Any = None, *, key: str | None = None) -> Answer:
        """One request; refusals are answers, a broken connection raises OSError."""
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if key:
            headers["Idempotency-Key"] = key
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.base}/api/v1{path}", method=method, headers=headers, data=data)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return Answer(answer.status, _parsed(answer.read()), answer.headers)
        except urllib.error.HTTPError as refusal:
            return Answer(refusal.code, _parsed(refusal.read()), refusal.headers)

    def ask(
        self, method: str, path: str, status: int, body: Any = None, *, key: str | None = None, shape: str = ""
    ) -> Any:
        """The body of an answer that has this status, and this shape of the contract."""
        answer = self.send(method, path, body, key=key)
        assert answer.status == status, f"{method} {path}: {answer.status} {answer.body}"
        if status >= 400:
            shape = "ErrorResponse"
        if shape:
            check(answer.body, shape)
        return answer.body

    def get(self, path: str, status: int = 200, *, shape: str = "") -> Any:
        return self.ask("GET", path, status, shape=shape)

    def post(self, path: str, status: int, body: Any = None, *, key: str | None = None, shape: str = "") -> Any:
        return self.ask("POST", path, status, body, key=key, shape=shape)

    def signed_in(self, email: str, password: str = PASSWORD) -> Caller:
        """The same server with a token of this user."""
        body = {"email": email, "password": password}
        return Caller(self.base, self.post("/auth/login", 200, body, shape="AuthLoginResponse")["access_token"])

    def finished(self, job_id: str, *, seconds: float = 60) -> Any:
        """The job once it has come to its end; meanwhile its progress never falls and never exceeds its total."""
        seen = [0]

        def look() -> Any:
            job = self.get(f"/jobs/{job_id}", shape="JobStatus")
            assert seen[-1] <= job["progress"]["processed"] <= job["progress"]["total"]
            seen.append(job["progress"]["processed"])
            return job if job["status"] in {"completed", "failed"} else None

        return until(look, seconds=seconds, every=0.3)


def _parsed(raw: bytes) -> Any:
    return json.loads(raw, parse_float=Decimal) if raw else None


def new_key() -> str:
    return str(uuid4())
