"""What a clock-in costs through each vendor's door, against our own: `python -m peoplesync.devservices exec --volatile --
python -m benchmarks.doors`. BENCH_PUNCHES sets how many of each (default 400).

Every punch is somebody's first of the day, sent through the WSGI application in this process, one door after the other
in turn, so that whatever else the machine does falls on all alike. CPU is this process and its database backend; the
median of each door is compared.
"""

from __future__ import annotations

import io
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peoplesync.settings")
os.environ.setdefault("COOKIE_SECURE", "false")  # plain HTTP, as on loopback
os.environ.update({f"THROTTLE_{name}": "off" for name in ("API", "CLOCK", "LOGIN", "VENDOR")})
django.setup()

from django.core.management import call_command  # noqa: E402 models exist only after setup
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from attendance.models.vendor_id import IdKind  # noqa: E402
from attendance.models.vendor_key import Vendor  # noqa: E402
from attendance.services import time_clocks, vendor_ids, vendor_keys, work_jobs  # noqa: E402
from benchmarks import world  # noqa: E402
from hr.models import User, WorkSite  # noqa: E402
from hr.services import work_sites  # noqa: E402
from peoplesync.wsgi import application  # noqa: E402

PUNCHES = int(os.environ.get("BENCH_PUNCHES", "400"))
WARM_UP = 30
BOUND = 1.3
DOORS = ("native", *Vendor.values)
LATITUDE, LONGITUDE = -6.2088, 106.8456


@dataclass
class Door:
    """How one door is punched: the path, what every call carries, and the body for one person."""

    path: str
    headers: dict[str, str]
    body_of: Callable[[int], Any]
    took: list[float] = field(default_factory=list)


def send(path: str, raw: bytes, headers: dict[str, str], content_type: str = "application/json") -> tuple[int, bytes]:
    """One POST through the WSGI application, as the server would hand it over."""
    environ = {
        "REQUEST_METHOD": "POST", "SCRIPT_NAME": "", "PATH_INFO": path, "QUERY_STRING": "", "SERVER_NAME": "localhost",
        "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "localhost",
        "CONTENT_TYPE": content_type, "CONTENT_LENGTH": str(len(raw)), "wsgi.input": io.BytesIO(raw),
        "wsgi.errors": sys.stderr, "wsgi.url_scheme": "http", "wsgi.multithread": True, "wsgi.multiprocess": True,
        "wsgi.run_once": False, "wsgi.version": (1, 0), **headers,
    }  # fmt: skip
    seen: list[str] = []
    answer = application(environ, lambda status, _, __=None: seen.append(status))
    content = b"".join(answer)
    answer.close()
    return int(seen[0].split()[0]), content


def backend_seconds(pid: int) -> float:
    """CPU seconds of a database backend on this machine; 0 where that cannot be read."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    except OSError:
        return 0.0


def backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def people_of(count: int) -> list[UUID]:
    world.people(count)
    return [world.id_of(f"e{number}") for number in range(1, count + 1)]


def doors(people: list[UUID]) -> dict[str, Door]:
    """Our own door and the four others, each with a fresh key for everybody and a place for everyone."""
    owner, at = User.objects.get(pk=world.id_of("u1")), timezone.now()
    issued = {
        vendor: vendor_keys.issue(vendor=vendor, name="Bench", by=owner, at=at).credentials()
        for vendor in Vendor.values
    }
    ids = {vendor: vendor_ids.ensure(vendor=vendor, kind=IdKind.PERSON, object_ids=people) for vendor in Vendor.values}
    site = WorkSite.objects.alive().filter(name="Bench").first() or work_sites.create(
        values={"name": "Bench", "latitude": LATITUDE, "longitude": LONGITUDE, "is_for_everyone": True}, by=owner, at=at
    )

    def id_of(vendor: str, person: int) -> str:
        return ids[vendor][people[person]]

    return {
        "native": _native(),
        Vendor.GOODDAY: Door(
            "/compat/goodday/2.0/attendance-events/clock-in",
            {"HTTP_GD_API_TOKEN": issued[Vendor.GOODDAY]["gd-api-token"]},
            lambda person: {"userId": id_of(Vendor.GOODDAY, person), "comment": "Morning"},
        ),
        Vendor.KENJO: Door(
            "/compat/kenjo/api/v1/attendances/track-time",
            {"HTTP_AUTHORIZATION": _kenjo_token(issued[Vendor.KENJO])},
            lambda person: {
                "userId": id_of(Vendor.KENJO, person),
                "dateTime": f"{timezone.localtime(timezone.now(), timezone.get_fixed_timezone(420)):%Y-%m-%dT%H:%M:%S}",
            },
        ),
        Vendor.WORKLY: _workly(issued[Vendor.WORKLY], site, id_of),
        Vendor.CONNECTEAM: _connecteam(issued[Vendor.CONNECTEAM], people, owner, id_of),
    }


def _native() -> Door:
    tokens = iter(range(1, sys.maxsize))
    door = Door("/api/v1/attendances/clock-in", {}, lambda _: None)

    def body_of(person: int) -> Any:
        door.headers["HTTP_AUTHORIZATION"] = f"Bearer {world.token(person + 1)}"
        return {"lat": LATITUDE, "lng": LONGITUDE, "location": f"Gate {next(tokens)}", "location_accuracy": 15.3}

    door.body_of = body_of
    return door


def _kenjo_token(given: dict[str, str]) -> str:
    status, content = send("/compat/kenjo/api/v1/auth/login", json.dumps(given).encode(), {})
    assert status == 200, content
    return str(json.loads(content)["token"])


def _workly(given: dict[str, str], site: WorkSite, id_of: Callable[[str, int], str]) -> Door:
    form = urlencode({"grant_type": "password", **given}).encode()
    status, content = send("/compat/workly/v1/oauth/token", form, {}, "application/x-www-form-urlencoded")
    assert status == 200, content
    number = int(vendor_ids.ensure_one(vendor=Vendor.WORKLY, kind=IdKind.SITE, object_id=site.pk))
    return Door(
        "/compat/workly/v1/times/clockin",
        {"HTTP_AUTHORIZATION": f"Bearer {json.loads(content)['access_token']}"},
        lambda person: {
            "location_id": number, "employee_id": int(id_of(Vendor.WORKLY, person)), "latitude": LATITUDE,
            "longitude": LONGITUDE, "ip": "192.168.5.101",
        },
    )  # fmt: skip


def _connecteam(given: dict[str, str], people: list[UUID], owner: User, id_of: Callable[[str, int], str]) -> Door:
    at = timezone.now()
    name = f"Bench {at:%H:%M:%S}"
    job = work_jobs.create(values={"name": name, "code": f"{at:%H%M%S}"}, by=owner, at=at)
    clock = time_clocks.create(
        values={"name": name, "requires_job": True}, employee_ids=people, work_job_ids=[job.pk], by=owner, at=at
    )
    number = vendor_ids.ensure_one(vendor=Vendor.CONNECTEAM, kind=IdKind.CLOCK, object_id=clock.pk)
    job_id = vendor_ids.ensure_one(vendor=Vendor.CONNECTEAM, kind=IdKind.JOB, object_id=job.pk)
    return Door(
        f"/compat/connecteam/time-clock/v1/time-clocks/{number}/clock-in",
        {"HTTP_X_API_KEY": given["X-API-KEY"]},
        lambda person: {
            "userId": int(id_of(Vendor.CONNECTEAM, person)), "jobId": job_id, "timezone": "Asia/Jakarta",
            "locationData": {"address": "Gate", "latitude": LATITUDE, "longitude": LONGITUDE},
        },
    )  # fmt: skip


def punch(door: Door, person: int, pid: int) -> float:
    """CPU seconds of one clock-in."""
    raw = json.dumps(door.body_of(person)).encode()
    database, begun = backend_seconds(pid), time.process_time()
    status, content = send(door.path, raw, door.headers)
    taken = time.process_time() - begun + backend_seconds(pid) - database
    assert status in (200, 201), (door.path, status, content)
    return taken


def main() -> None:
    call_command("migrate", verbosity=0)
    people = people_of((PUNCHES + WARM_UP) * len(DOORS))
    found = doors(people)
    pid, persons = backend(), iter(range(len(people)))
    for turn in range(PUNCHES + WARM_UP):
        for door in found.values():
            taken = punch(door, next(persons), pid)
            if turn >= WARM_UP:
                door.took.append(taken)
    assert backend() == pid, "the connection was made anew, so its CPU was not counted"
    native = statistics.median(found["native"].took)
    print(f"a clock-in through our own door takes {native * 1000:.2f} ms CPU, the median of {PUNCHES:,}")
    for name, door in found.items():
        if name != "native":
            each = statistics.median(door.took)
            print(f"  {name:<11} {each * 1000:.2f} ms    {each / native:.2f} x (bound {BOUND})")


if __name__ == "__main__":
    main()
