"""The gate before approving and posting: what stands in a run's way is put right, or taken on with a reason."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from payroll.models import PayrollRun
from payroll.selectors import readiness
from payroll.selectors.readiness import Looked, Point
from peoplesync.kernel.errors import Conflict


def clear(*, run: PayrollRun, acknowledgement: str, act: str, at: datetime, looked: Looked | None = None) -> None:
    """Let a run be `act` ("approved"). An acknowledgement is kept on the row, which the caller saves, with what it covers.

    What was taken on when the run was approved need not be taken on again, unless it is about others or there is more of
    it by now; asking twice keeps the words once. `looked`: what the caller found out. Raises Conflict that lists what stands
    in the way, when nothing is said about it.
    """
    blocking = [point for point in readiness.points(run, at, looked) if point.is_blocking]
    standing = [point for point in blocking if _is_more(point, run.acknowledged.get(point.code))]
    reason = "\n".join(acknowledgement.strip().splitlines())
    if standing and not reason:
        found = [f"{point.message} ({point.count})" for point in standing]
        message = f"This run is not ready to be {act}. {' '.join(found)}"
        advice = "Put this right, or say here why the run goes on without it."
        raise Conflict(message, code="not_ready", errors={"readiness": found, "acknowledgement": [advice]})
    run.acknowledged = run.acknowledged | {point.code: list(point.about) or point.count for point in standing}
    if f"\n{reason}\n" not in f"\n{run.acknowledgement}\n":
        run.acknowledgement = "\n".join(filter(None, (run.acknowledgement, reason)))


def _is_more(point: Point, taken_on: Any) -> bool:
    """Whether there is more of it than was taken on: another person or amount where they are known, else a higher number."""
    if point.about:
        return not set(point.about) <= set(taken_on if isinstance(taken_on, list) else ())
    return point.count > (taken_on if isinstance(taken_on, int) else 0)
