"""What foreign clocking clients find in the demo: the ids their vendors' documentation prints, and a key for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from attendance.adapters import ids
from attendance.models import BreakKind
from attendance.models.vendor_id import IdKind
from attendance.models.vendor_key import Vendor
from attendance.services import time_clocks, vendor_ids, vendor_keys, work_jobs
from hr.models import User, WorkSite
from hr.services import work_sites
from peoplesync.demo import timetable
from peoplesync.demo.ids import luck
from peoplesync.demo.people import ACCOUNTS, CORE, employee_id, user_id

#: The person all documented requests are about: employed since 2015, so that punches of 2017 are in employment.
DOCUMENTED_PERSON = 5
CONNECTEAM_PERSON, WORKLY_PERSON = "9170357", "78666"
CONNECTEAM_CLOCK, CONNECTEAM_JOB_CLOCK = "12345", "12346"
CONNECTEAM_JOB, CONNECTEAM_SHIFT = "job-123", "sched-shift-789"  # any shift is taken as it is sent
#: Workly's id -> name, latitude, longitude, as its documentation prints the second.
WORKLY_SITES = {
    "5554": ("Первый этаж", Decimal("41.2938726905277"), Decimal("69.24597090975743")),
    "368": ("Второй этаж", Decimal("41.2938726905277"), Decimal("69.24597090975743")),
}
_WORKLY_RADIUS_METRES = 300


@dataclass(frozen=True, slots=True)
class Opened:
    """What a client needs: vendor -> credentials in the vendor's words, seen this once; and who has which ids."""

    credentials: Mapping[str, Mapping[str, str]]
    #: Account -> vendor -> id.
    people: Mapping[str, Mapping[str, str]]
    #: GoodDay's id of the head office.
    office: str


def open_doors(*, size: int, at: datetime) -> Opened:
    """Clocks, jobs, places and ids as documented, and one key per vendor for the whole organisation."""
    owner = User.objects.get(pk=user_id("superadmin"))
    _workly(owner, at)
    _connecteam(owner, at)
    people = _people(size, owner, at)
    head_office = WorkSite.objects.alive().get(name=timetable.HEAD_OFFICE)
    office = ids.make_goodday_id(luck("goodday", "office").randbytes(ids.RANDOM_BYTES))
    _name(Vendor.GOODDAY, IdKind.SITE, head_office.pk, office, owner, at)
    credentials = {
        vendor: vendor_keys.issue(vendor=vendor, name="Demo", by=owner, at=at).credentials() for vendor in Vendor.values
    }
    return Opened(credentials, people, office)


def _name(vendor: str, kind: str, row_id: UUID, external_id: str, by: User, at: datetime) -> None:
    vendor_ids.set_id(vendor=vendor, kind=kind, object_id=row_id, external_id=external_id, by=by, at=at)


def _workly(owner: User, at: datetime) -> None:
    """Two floors of one building far from Jakarta; only the documented person works there."""
    person = employee_id(DOCUMENTED_PERSON)
    for external_id, (name, latitude, longitude) in WORKLY_SITES.items():
        site = work_sites.create(
            values={
                "name": name,
                "latitude": latitude,
                "longitude": longitude,
                "radius_metres": _WORKLY_RADIUS_METRES,
                "timezone": "Asia/Tashkent",
            },
            employee_ids=[person],
            by=owner,
            at=at,
        )
        _name(Vendor.WORKLY, IdKind.SITE, site.pk, external_id, owner, at)
    _name(Vendor.WORKLY, IdKind.PERSON, person, WORKLY_PERSON, owner, at)


def _connecteam(owner: User, at: datetime) -> None:
    """Two clocks with one job; the second insists on a job."""
    person = employee_id(DOCUMENTED_PERSON)
    job = work_jobs.create(values={"name": "Stocktaking", "code": "STOCK"}, by=owner, at=at)
    _name(Vendor.CONNECTEAM, IdKind.PERSON, person, CONNECTEAM_PERSON, owner, at)
    _name(Vendor.CONNECTEAM, IdKind.JOB, job.pk, CONNECTEAM_JOB, owner, at)
    for external_id, name, requires_job in (
        (CONNECTEAM_CLOCK, "Reception", False),
        (CONNECTEAM_JOB_CLOCK, "Warehouse", True),
    ):
        clock = time_clocks.create(
            values={"name": name, "requires_job": requires_job},
            employee_ids=[person],
            work_job_ids=[job.pk],
            by=owner,
            at=at,
        )
        BreakKind.objects.create(time_clock=clock, name="Lunch", minimum_minutes=30, created_at=at)
        BreakKind.objects.create(time_clock=clock, name="Coffee", is_paid=True, created_at=at)
        _name(Vendor.CONNECTEAM, IdKind.CLOCK, clock.pk, external_id, owner, at)


def _people(size: int, owner: User, at: datetime) -> dict[str, dict[str, str]]:
    """Ids of the small demo's people at every vendor; those of the documented person are the same in every demo."""
    documented = employee_id(DOCUMENTED_PERSON)
    goodday = ids.make_goodday_id(luck("goodday", "person").randbytes(ids.RANDOM_BYTES))
    kenjo = ids.make_kenjo_id(luck("kenjo", "person").randbytes(ids.RANDOM_BYTES))
    _name(Vendor.GOODDAY, IdKind.PERSON, documented, goodday, owner, at)
    _name(Vendor.KENJO, IdKind.PERSON, documented, kenjo, owner, at)
    everybody = [employee_id(number) for number in range(1, min(size, CORE) + 1)]
    named = {
        vendor: vendor_ids.ensure(vendor=vendor, kind=IdKind.PERSON, object_ids=everybody) for vendor in Vendor.values
    }
    return {
        account.name: {vendor: named[vendor][employee_id(account.number)] for vendor in Vendor.values}
        for account in ACCOUNTS
    }
