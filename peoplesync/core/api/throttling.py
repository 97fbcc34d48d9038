"""Rate limits counted in Redis. When it is away a process counts by itself: limits stay, service goes on."""

from __future__ import annotations

import time
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.cache.backends.locmem import LocMemCache
from redis import Redis
from redis.exceptions import RedisError
from rest_framework.throttling import BaseThrottle

from peoplesync.core.api.client import address

_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
#: Seconds before a Redis that did not answer is asked again.
SILENT_FOR = 5.0
#: More clients than one process serves in a window, or the oldest counts would be thrown away too soon.
_own_count = LocMemCache("throttle-fallback", {"MAX_ENTRIES": 100_000})
_silent_until = 0.0


def parse_rate(text: str) -> tuple[int, int] | None:
    """Requests and seconds of `120/minute`; None for `off`: what `peoplesync.env.rate` lets through.

    >>> parse_rate("120/minute"), parse_rate("off")
    ((120, 60), None)
    """
    if text == "off":
        return None
    count, _, period = text.partition("/")
    return int(count), _SECONDS[period]


class WindowThrottle(BaseThrottle):
    """At most N requests per window and identity; a fixed window costs one round trip."""

    name = "api"

    def identity(self, request: Any, view: Any) -> str | None:
        user = request.user
        return f"u{user.pk}" if user is not None else f"a{address(request)}"

    def allow_request(self, request: Any, view: Any) -> bool:
        rate = parse_rate(settings.THROTTLES[self.name])
        identity = self.identity(request, view) if rate else None
        if rate is None or identity is None:
            return True
        self.limit, period = rate
        now = time.time()
        self._left = period - now % period
        self.count = count(self.name, identity, period, now)
        return self.count <= self.limit

    def wait(self) -> float:
        return self._left


def count(name: str, identity: str, period: int, now: float) -> int:
    """Count one request of `identity` in the window of `period` seconds that `now` (Unix seconds) lies in."""
    key = f"throttle:{name}:{identity}:{int(now // period)}"
    shared = _shared_count(key, period)
    return _count_alone(key, period) if shared is None else shared


def _shared_count(key: str, period: int) -> int | None:
    """The count of every process; None while Redis is away. Who waited for it in vain does not wait again at once."""
    global _silent_until
    if time.monotonic() < _silent_until:
        return None
    try:
        with _redis(settings.REDIS_URL).pipeline(transaction=False) as both:
            found, _ = both.incr(f"peoplesync:{key}").expire(f"peoplesync:{key}", period + 5).execute()
    except (RedisError, OSError):
        _silent_until = time.monotonic() + SILENT_FOR
        return None
    return int(found)


@lru_cache(maxsize=2)
def _redis(url: str) -> Redis:
    return Redis.from_url(url, socket_connect_timeout=0.5, socket_timeout=0.5)


def _count_alone(key: str, period: int) -> int:
    if _own_count.add(key, 1, timeout=period + 5):
        return 1
    try:
        return int(_own_count.incr(key))
    except ValueError:  # it expired between the two calls
        return 1


class ApiThrottle(WindowThrottle):
    """Everything else, per user."""


class ClockThrottle(WindowThrottle):
    """Punches, per user."""

    name = "clock"


class LoginThrottle(WindowThrottle):
    """Sign-in attempts, per address: wide enough for a shift start behind one address. Guesses at one account are counted
    apart, and by far fewer (`hr.authentication`).
    """

    name = "login"

    def identity(self, request: Any, view: Any) -> str | None:
        return f"a{address(request)}"
