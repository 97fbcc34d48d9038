"""A vendor's client for tests: base URL and a credential, everything else as the vendor's page prints it."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from django.test import Client
from django.utils import timezone

from attendance.adapters.tests import documents
from attendance.services import vendor_ids, vendor_keys

#: What our own app sends with a punch.
NATIVE = {"lat": -6.2088, "lng": 106.8456, "location": "Office", "location_accuracy": 5}


def issued(vendor: str, cast: Any, **values: Any) -> vendor_keys.Issued:
    """A fresh key of a vendor, for the whole organisation unless said otherwise."""
    return vendor_keys.issue(vendor=vendor, name="test", by=cast.hr, at=timezone.now(), **values)


def id_of(vendor: str, row: Any, kind: str = "person") -> str:
    """The vendor's id of one of our rows (a user of the cast stands for her employee)."""
    object_id = getattr(row, "employee_id", None) or row.pk
    return vendor_ids.ensure_one(vendor=vendor, kind=kind, object_id=object_id)


class VendorClient:
    """Speaks JSON below one mount, and holds every answer to the mount's own OpenAPI document."""

    def __init__(self, mount: str, headers: dict[str, str], **more: Any) -> None:
        self.mount, self.headers = mount, headers
        self._client = Client(**more)

    def call(
        self, method: str, path: str, body: Any = None, *, query: dict[str, str] | None = None, **more: Any
    ) -> Any:
        """One request; `raw` and `content_type` override the JSON body."""
        content_type = more.pop("content_type", "application/json")
        raw = more.pop("raw", None)
        data = raw if raw is not None else (b"" if body is None else json.dumps(body))
        headers = more.pop("headers", self.headers)
        answer = self._client.generic(
            method, f"{self.mount}{path}", data, content_type, headers=headers, query_params=query, **more
        )
        if not answer.streaming:
            documents.check(self.mount, method, path, answer.status_code, _json(answer))
        return answer

    def get(self, path: str, **query: str) -> Any:
        return self.call("GET", path, query=query)

    def post(self, path: str, body: Any = None, **more: Any) -> Any:
        return self.call("POST", path, body, **more)


def _json(answer: Any) -> Any:
    """The body, None where there is none."""
    return json.loads(answer.content) if answer.content else None


def rows(answer: Any) -> Any:
    """The JSON of an answer, streamed or not."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return json.loads(content)


def _kenjo(key: vendor_keys.Issued) -> dict[str, str]:
    answer = VendorClient("/compat/kenjo", {}).post("/api/v1/auth/login", {"apiKey": key.secret})
    return {"Authorization": answer.json()["token"]}


def _workly(key: vendor_keys.Issued) -> dict[str, str]:
    sent = {"grant_type": "password", **key.credentials()}
    form = {"raw": urlencode(sent), "content_type": "application/x-www-form-urlencoded"}
    answer = VendorClient("/compat/workly", {}).post("/v1/oauth/token", **form)
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


#: How a client of each vendor shows who it is.
_SIGN_IN = {
    "goodday": lambda key: {"gd-api-token": key.secret},
    "kenjo": _kenjo,
    "workly": _workly,
    "connecteam": lambda key: {"X-API-KEY": key.secret},
}


def headers_of(vendor: str, cast: Any, **values: Any) -> dict[str, str]:
    """The headers of a signed-in client of a vendor, with a fresh key for the whole organisation unless said otherwise."""
    return _SIGN_IN[vendor](issued(vendor, cast, **values))
