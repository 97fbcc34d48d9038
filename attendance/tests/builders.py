"""Plain builders for tests of presence: wall clocks of Jakarta in, punches as doors present them out."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

from attendance.rules.punches import Door
from attendance.services import days
from attendance.services.presented import Presented
from peoplesync.core.models import Job
from peoplesync.core.services import jobs
from peoplesync.kernel.dates import days_between

SYNC = "/api/v1/attendances/sync"


def at(text: str) -> datetime:
    """'2026-11-16 08:00' on the wall clock of Jakarta, as an instant."""
    return datetime.fromisoformat(f"{text}+07:00").astimezone(UTC)


def wall(moment: datetime | None) -> str | None:
    """An instant back on Jakarta's wall clock."""
    return (
        None
        if moment is None
        else (moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment)
        .astimezone(datetime.fromisoformat("2026-01-01T00:00+07:00").tzinfo)
        .strftime("%m-%d %H:%M")
    )


def compute_span(people: Any, first: date, last: date, *, as_of: datetime) -> int:
    """Compute every day from `first` to `last` for these people; the number of rows written."""
    return days.compute(days=dict.fromkeys(people, frozenset(days_between(first, last))), at=as_of)


def presented(text: str, door: Door = Door.NATIVE, **more: Any) -> Presented:
    """A punch at a wall-clock time, received at once."""
    moment = at(text)
    return Presented(**{"door": door, "at": moment, "received_at": moment, **more})


#: When offline batches reach us.
SYNCED_AT = at("2026-11-20 20:00")


def record(user: Any, name: str | None, start: str, end: str | None = None, **more: Any) -> dict[str, Any]:
    """What a phone kept of a stay of a user."""
    return {
        "id": name,
        "employee_id": str(user.employee_id),
        "clock_in_client_ts": at(start).isoformat(),
        "clock_out_client_ts": at(end).isoformat() if end else None,
        "lat": -6.2, "lng": 106.8, "location": "site", "location_accuracy": 5,
        "device_id": "device-abc123", "source": "offline", "sync_status": "pending",
        **more,
    }  # fmt: skip


def sent(client: Any, records: list[Any]) -> list[tuple[str, str]]:
    """Send a batch and let the worker run; state and code by place."""
    answer = client.post(SYNC, {"records": records}, headers={"Idempotency-Key": str(uuid4())})
    assert answer.status_code == 202, answer.content
    job_id = answer.json()["job_id"]
    Job.objects.filter(pk=job_id).update(created_at=SYNCED_AT)
    jobs.run(job_id=job_id)
    assert Job.objects.get(pk=job_id).status == "completed"
    listed = client.get(f"{SYNC}/{job_id}/records?per_page=100").json()["data"]
    return [(each["status"], each["code"]) for each in listed]
