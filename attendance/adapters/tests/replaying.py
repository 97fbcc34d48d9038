"""Replays a vendor's printed requests over real HTTP: fills in what a page leaves to the reader, sends, checks."""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

_PLACE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Answer:
    """What came back over the wire."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    def json(self) -> Any:
        return json.loads(self.content)


def filled(value: Any, names: Mapping[str, str]) -> Any:
    """The same with every `{name}` known by `names` put in."""
    if isinstance(value, str):
        return _PLACE.sub(lambda found: names.get(found.group(1), found.group(0)), value)
    if isinstance(value, Mapping):
        return {key: filled(each, names) for key, each in value.items()}
    if isinstance(value, list):
        return [filled(each, names) for each in value]
    return value


@dataclass
class Wire:
    """A client of one mount on a running server. It follows no redirect, as vendors' clients must not need to."""

    base: str
    mount: str
    headers: dict[str, str]

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        query: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request with a JSON body, a form or neither."""
        where = urlsplit(self.base)
        connection = http.client.HTTPConnection(str(where.hostname), where.port, timeout=30)
        target = self.mount + path + (f"?{urlencode(query)}" if query else "")
        content, content_type = None, {}
        if form is not None:
            content, content_type = urlencode(form), {"Content-Type": "application/x-www-form-urlencoded"}
        elif body is not None:
            content, content_type = json.dumps(body), {"Content-Type": "application/json"}
        connection.request(method, target, content, {**self.headers, **content_type})
        answer = connection.getresponse()
        got = Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
        connection.close()
        return got

    def replay(self, request: Mapping[str, Any], names: Mapping[str, str]) -> Answer:
        """One request of a `documented.json`; its status must be the documented one, and JSON where there is a body."""
        sent = filled(request, names)
        answer = self.send(
            sent["method"], sent["path"], sent.get("body"), query=sent.get("query"), form=sent.get("form")
        )
        assert answer.status == sent["answer"]["status"], (sent["name"], answer)
        if answer.content:
            assert answer.headers["content-type"] == "application/json", sent["name"]
        return answer
