"""A small load generator: prepared requests over persistent connections, and the CPU that others spent meanwhile."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


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
        return self.cpu / max(1, len(self.latencies))

    def percentile(self, share: float) -> float:
        return self.latencies[min(len(self.latencies) - 1, int(share * len(self.latencies)))]


def post(path: str, token: str, body: bytes, *, extra: str = "") -> bytes:
    """The bytes of one authenticated POST."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n{extra}"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def run(port: int, requests: Sequence[bytes], *, connections: int, processes: Sequence[int]) -> Load:
    """Send every request once over `connections` sockets; `processes` are the ids whose groups' CPU is counted."""
    todo = iter(requests)
    lock, latencies, statuses = threading.Lock(), [], {}

    def client() -> None:
        with socket.create_connection(("127.0.0.1", port)) as wire:
            stream = wire.makefile("rb")
            while True:
                with lock:
                    request = next(todo, None)
                if request is None:
                    return
                begun = time.perf_counter()
                wire.sendall(request)
                status = _answer(stream)
                took = time.perf_counter() - begun
                with lock:
                    latencies.append(took)
                    statuses[status] = statuses.get(status, 0) + 1

    threads = [threading.Thread(target=client) for _ in range(connections)]
    before, begun = cpu_of(processes), time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - begun
    return Load(sorted(latencies), statuses, seconds, cpu_of(processes) - before)


def _answer(stream: object) -> int:
    status = int(stream.readline().split()[1])  # type: ignore[attr-defined]  # a socket's file
    length = 0
    while (line := stream.readline().strip()) != b"":  # type: ignore[attr-defined]
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    stream.read(length)  # type: ignore[attr-defined]
    return status


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
    try:
        fields = (entry / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return int(fields[1]), sum(int(fields[index]) for index in (11, 12, 13, 14)) / TICKS
