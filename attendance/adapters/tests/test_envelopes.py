"""What cannot be read, or comes from another site's page: refused in the vendor's own envelope."""

from __future__ import annotations

import pytest

from attendance.adapters.tests.calling import VendorClient, id_of, issued, rows
from attendance.models import Punch
from attendance.services import vendor_keys
from hr.models import WorkSite

pytestmark = pytest.mark.django_db
GOODDAY_IN, TRACK = "/2.0/attendance-events/clock-in", "/api/v1/attendances/track-time"


def goodday(cast):
    return VendorClient("/compat/goodday", {"gd-api-token": issued("goodday", cast).secret}), GOODDAY_IN


def kenjo(cast):
    secret = issued("kenjo", cast).secret
    token = VendorClient("/compat/kenjo", {}).post("/api/v1/auth/login", {"apiKey": secret}).json()["token"]
    return VendorClient("/compat/kenjo", {"Authorization": token}), TRACK


vendors = pytest.mark.parametrize(
    ("opened", "keys"), [(goodday, {"errorMessage"}), (kenjo, {"code", "message"})], ids=["goodday", "kenjo"]
)
UNREADABLE = [
    b"{",
    b"[1,2",
    b'{"userId": NaN}',
    b'"\xff"',
    b"\x00",
    b"[" * 100_000,
    b'{"a": 1e999999999999}',
    b"9" * 5000,
]


@vendors
def test_a_body_that_is_no_object_is_400(cast, opened, keys):
    client, path = opened(cast)
    for raw in [*UNREADABLE, b"", b"[]", b"null", b"7", b'"text"', b'{"userId": {"a": []}}', b'{"userId": "\\u0000"}']:
        answer = client.call("POST", path, raw=raw)
        assert answer.status_code == 400, (raw[:40], answer.content)
        assert set(answer.json()) == keys
    assert not Punch.objects.exists()


@vendors
def test_other_types_are_415(cast, opened, keys):
    client, path = opened(cast)
    types = ["application/xml", "text/html", "multipart/form-data; boundary=x"]
    for content_type in types[:2] if opened is goodday else types:  # GoodDay's door reads forms in parts
        answer = client.call("POST", path, raw=b"<a/>", content_type=content_type)
        assert answer.status_code == 415 and set(answer.json()) == keys


def test_forms_that_cannot_be_read_are_400(cast):
    client, path = goodday(cast)
    in_parts = client.call("POST", path, raw=b"<a/>", content_type="multipart/form-data; boundary=x")
    assert (in_parts.status_code, set(in_parts.json())) == (400, {"errorMessage"})
    for raw, charset in ((b"userId=%ff", ""), (b"\xff\xfe", ""), (b"&" * 5000, ""), (b"userId=a", "; charset=latin-1")):
        answer = client.call("PUT", path, raw=raw, content_type=f"application/x-www-form-urlencoded{charset}")
        assert answer.status_code in (400, 403), raw[:20]
        assert set(answer.json()) == {"errorMessage"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Origin": "http://testserver"}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_a_cookie_does_not_let_another_sites_page_write(cast, headers, status):
    secret = issued("goodday", cast).secret
    client = VendorClient("/compat/goodday", {**headers, "Cookie": f"gd-api-token={secret}"}, enforce_csrf_checks=True)
    answer = client.post(GOODDAY_IN, {"userId": id_of("goodday", cast.employee)})
    assert answer.status_code == status, answer.content
    assert client.get("/2.0/offices").status_code == 200
    by_header = VendorClient("/compat/goodday", {**headers, "gd-api-token": secret}, enforce_csrf_checks=True)
    assert by_header.post(GOODDAY_IN, {"userId": "nobody"}).status_code == 403


def test_a_revoked_token_and_one_of_another_vendor_are_401(cast):
    made = issued("goodday", cast)
    vendor_keys.revoke(key=made.key, by=cast.hr, at=made.key.created_at)
    for secret in (made.secret, issued("connecteam", cast).secret, "short", "g" * 32):
        answer = VendorClient("/compat/goodday", {"gd-api-token": secret}).get("/2.0/users")
        assert (answer.status_code, set(answer.json())) == (401, {"errorMessage"})


def test_a_list_longer_than_a_thousand_is_one_array(cast):
    WorkSite.objects.bulk_create([WorkSite(name=f"Site {number:04}") for number in range(1005)])
    for client, path, name in ((goodday(cast)[0], "/2.0/offices", "id"), (kenjo(cast)[0], "/api/v1/offices", "_id")):
        shown = rows(client.get(path))
        assert len({site[name] for site in shown}) == 1005
        assert [site["name"] for site in shown] == sorted(site["name"] for site in shown)
