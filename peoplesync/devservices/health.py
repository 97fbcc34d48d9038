"""Asking /health the way a client on this machine does. Used by `make run` and as the image's health check."""

from __future__ import annotations

import http.client
import os


def ask(port: int, *, seconds: float, address: str = "127.0.0.1") -> str:
    """Empty when /health answers 200; else what came instead. The host named is one the settings allow."""
    host = (os.environ.get("ALLOWED_HOSTS") or "localhost").split(",")[0].strip()
    line = http.client.HTTPConnection(address, port, timeout=seconds)
    try:
        line.request("GET", "/health", headers={"Host": host.lstrip(".").replace("*", "localhost")})
        answer = line.getresponse()
        said = answer.read(500).decode(errors="replace")
    except OSError as silent:
        return f"no answer ({silent})"
    finally:
        line.close()
    return "" if answer.status == http.client.OK else f"{answer.status} {said}"
