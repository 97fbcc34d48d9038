"""Only a token signed by our key, for this API, of the right type and in time, counts; anything else is a 401."""

import time
from uuid import uuid4

import jwt
import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hr.models import UserRole
from hr.tests import builders
from peoplesync.tests.cast import token_for


def forged(user, *, key=None, algorithm="HS256", headers=None, without=(), **changes):
    now = int(time.time())
    claims = {
        "sub": str(user.pk),
        "ver": user.token_version,
        "sid": uuid4().hex,
        "jti": uuid4().hex,
        "token_type": "access",
        "iss": "peoplesync",
        "aud": "peoplesync-api",
        "iat": now,
        "exp": now + 600,
        "roles": ["superadmin"],
    } | changes
    for name in without:
        del claims[name]
    return jwt.encode(claims, settings.JWT_SIGNING_KEY if key is None else key, algorithm=algorithm, headers=headers)


def asked(client_of, token):
    client = client_of(None)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client.get("/api/v1/auth/me")


def test_a_well_made_token_counts(cast, client_of):
    assert asked(client_of, forged(cast.employee)).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"algorithm": "none", "key": ""},
        {"algorithm": "HS512", "key": settings.JWT_SIGNING_KEY * 2},
        {"key": "another key that is long enough to be one, surely"},
        {"key": settings.SECRET_KEY},
        {"key": "another key that is long enough to be one, surely", "headers": {"kid": "../../dev/null"}},
        {"key": "another key that is long enough to be one, surely", "headers": {"jku": "http://evil.example/jwks"}},
        {"key": "attacker key, also long enough to be one, surely", "headers": {"jwk": {"kty": "oct", "k": "YQ"}}},
        {"exp": 1},
        {"exp": "soon"},
        {"without": ["exp"]},
        {"without": ["jti"]},
        {"without": ["sub"]},
        {"without": ["sid"]},
        {"without": ["ver"]},
        {"without": ["aud"]},
        {"without": ["iss"]},
        {"without": ["token_type"]},
        {"nbf": 9_999_999_999},
        {"aud": "another-api"},
        {"iss": "somebody"},
        {"token_type": "refresh"},
        {"sub": "1"},
        {"sub": "' OR 1=1 --"},
        {"sub": 5},
        {"sub": None},
        {"ver": 99},
        {"ver": "1"},
        {"sid": "nul\x00"},
        {"sid": {"a": 1}},
    ],
)
def test_a_bad_token_is_a_401_in_the_envelope(cast, client_of, changes):
    token = forged(cast.superadmin, **changes)
    answer = asked(client_of, token)
    assert answer.status_code == 401
    assert answer.json()["status"] == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer a b", "Bearer \xe9", "Basic eDp5", "Token x", "Bearer " + "x" * 9000]
)
def test_a_bad_header_is_a_401(db, client_of, header):
    answer = client_of(None).get("/api/v1/auth/me", HTTP_AUTHORIZATION=header)
    assert answer.status_code == 401


def test_the_roles_in_the_token_have_no_power(cast, client_of):
    token = forged(cast.employee, roles=["superadmin", "hr"])
    assert asked(client_of, token).json()["roles"] == ["employee"]


def test_a_role_taken_away_is_gone_on_the_next_call(cast, client_of):
    token = token_for(cast.hr)
    UserRole.objects.filter(user=cast.hr, role=builders.role("hr")).delete()
    assert asked(client_of, token).json()["roles"] == ["employee"]


def test_authentication_is_one_statement(cast, client_of):
    token = token_for(cast.hr)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert asked(client_of, token).status_code == 200
    assert len(queries) == 1, [query["sql"] for query in queries]
