"""A small load generator: prepared requests over persistent connections, and the CPU that others spent meanwhile."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPResponse
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
ANSWER_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Load:
    """What a run came to. Latencies in seconds, sorted; CPU seconds of the server's and PostgreSQL's processes."""

    latencies: list[float]
    statuses: dict[int, int]
    seconds: float
    cpu: float

    @property
    def rate(self) -> float:
        """Requests a second."""
        return len(self.latencies) / self.seconds

    @property
    def cpu_each(self) -> float:
        """CPU seconds per request."""
        return self.cpu / len(self.latencies)

    def percentile(self, share: float) -> float:
        return self.latencies[min(len(self.latencies) - 1, int(share * len(self.latencies)))]


def post(path: str, token: str, body: bytes) -> bytes:
    """The bytes of one authenticated POST."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def run(port: int, requests: Sequence[bytes], *, connections: int, processes: Sequence[int]) -> Load:
    """Send every request once over `connections` sockets; `processes` are those whose CPU, with their children's, is counted.

    Raises OSError or HTTPException when a connection is refused or broken: a request without an answer is no measurement.
    """
    todo, lock = iter(requests), threading.Lock()
    before, begun = cpu_of(processes), time.perf_counter()
    with ThreadPoolExecutor(connections) as pool:
        clients = [pool.submit(_client, port, todo, lock) for _ in range(connections)]
        answered = [answer for client in clients for answer in client.result()]
    seconds = time.perf_counter() - begun
    statuses = Counter(status for status, _ in answered)
    return Load(sorted(took for _, took in answered), dict(statuses), seconds, cpu_of(processes) - before)


def _client(port: int, todo: Iterator[bytes], lock: threading.Lock) -> list[tuple[int, float]]:
    """One connection's answers: status and seconds of each."""
    answered = []
    with socket.create_connection(("127.0.0.1", port), timeout=ANSWER_SECONDS) as wire:
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while True:
            with lock:
                request = next(todo, None)
            if request is None:
                return answered
            begun = time.perf_counter()
            wire.sendall(request)
            with HTTPResponse(wire) as answer:
                answer.begin()
                answer.read()
            answered.append((answer.status, time.perf_counter() - begun))


def cpu_of(roots: Sequence[int]) -> float:
    """CPU seconds of these processes and everything they started, ended children included."""
    wanted = set(roots)
    parents = {int(entry.name): _stat(entry) for entry in Path("/proc").iterdir() if entry.name.isdigit()}
    grown = True
    while grown:
        more = {pid for pid, stat in parents.items() if stat and stat[0] in wanted} - wanted
        wanted |= more
        grown = bool(more)
    return sum(stat[1] for pid, stat in parents.items() if pid in wanted and stat)


def _stat(entry: Path) -> tuple[int, float] | None:
    """Parent and CPU seconds of a process; None when it has just ended."""
    try:
        fields = (entry / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return int(fields[1]), sum(int(fields[index]) for index in (11, 12, 13, 14)) / TICKS
