"""Work sites and who works at them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from hr.models import Employee, WorkSite, WorkSiteAssignment
from hr.selectors import references
from hr.selectors.work_sites import sites_of
from hr.services import changes
from peoplesync.core.services import activity
from peoplesync.kernel.dates import is_zone_name
from peoplesync.kernel.errors import Conflict, Invalid

#: Fields of a site that an act may set.
FIELDS = frozenset(
    {
        "name", "latitude", "longitude", "radius_metres", "timezone", "address", "ip_address", "policy", "is_for_everyone",
    }
)  # fmt: skip


@transaction.atomic
def create(
    *,
    values: Mapping[str, Any],
    employee_ids: Collection[UUID] = (),
    department_ids: Collection[UUID] = (),
    by: Any,
    at: datetime,
) -> WorkSite:
    """A new site for the named employees and departments (with all below them), or for everyone."""
    made = WorkSite(created_at=at)
    _set(made, values)
    made.save(force_insert=True)
    _assign(made, employee_ids, department_ids)
    activity.record(
        action="work_site.created",
        resource_type="work_site",
        resource_id=made.pk,
        by=by,
        at=at,
        meta={"name": made.name},
    )
    return made


@transaction.atomic
def update(
    *,
    site: WorkSite,
    values: Mapping[str, Any],
    employee_ids: Collection[UUID] | None = None,
    department_ids: Collection[UUID] | None = None,
    by: Any,
    at: datetime,
) -> WorkSite:
    """Change what is given; a list of ids replaces all assignments of its kind. Raises NotFound when it was deleted."""
    site = changes.held(WorkSite.objects, site.pk)
    _set(site, values)
    site.save(update_fields=[*values, "updated_at"])
    _assign(site, employee_ids, department_ids)
    changed = sorted(values)
    changed += [] if employee_ids is None else ["employee_ids"]
    changed += [] if department_ids is None else ["department_ids"]
    meta = {"name": site.name, "changed": changed}
    activity.record(action="work_site.updated", resource_type="work_site", resource_id=site.pk, by=by, at=at, meta=meta)
    return site


@transaction.atomic
def delete(*, site: WorkSite, by: Any, at: datetime) -> None:
    """Take a site nobody is assigned to out of every list; what was punched there keeps it. Raises Conflict."""
    row = WorkSite.objects.select_for_update(no_key=True).get(pk=site.pk)
    if row.is_for_everyone or WorkSiteAssignment.objects.filter(site=row).exists():
        raise Conflict("People are assigned to this site. Take them off it first.", code="has_people")
    row.deleted_at = at
    row.save(update_fields=["deleted_at", "updated_at"])
    activity.record(
        action="work_site.deleted", resource_type="work_site", resource_id=row.pk, by=by, at=at, meta={"name": row.name}
    )


def _set(site: WorkSite, values: Mapping[str, Any]) -> None:
    if unknown := set(values) - FIELDS:
        raise LookupError(f"a work site has no {sorted(unknown)}")
    zone = values.get("timezone")
    if zone and not is_zone_name(zone):
        raise Invalid.field("timezone", "Give an IANA time zone name, for example Asia/Jakarta.", code="unknown")
    for name, value in values.items():
        setattr(site, name, value)
    if (site.latitude is None) != (site.longitude is None):
        raise Invalid.field("lat", "Give lat and lng together, or neither.")
    taken = WorkSite.objects.alive().filter(name=site.name).exclude(pk=site.pk)
    if "name" in values and taken.exists():
        raise Invalid.field("name", "A work site with this name exists already.", code="duplicate")


def _assign(site: WorkSite, employee_ids: Collection[UUID] | None, department_ids: Collection[UUID] | None) -> None:
    """Replace the assignments of each kind that is given; those that stay keep their rows."""
    if employee_ids is not None:
        references.ensure_employees(employee_ids)
        _replace(site, "employee_id", employee_ids)
    if department_ids is not None:
        references.ensure_departments(department_ids)
        _replace(site, "department_id", department_ids)


@transaction.atomic
def choose_for(*, employee_id: UUID, site_ids: Collection[UUID], by: Any, at: datetime) -> None:
    """Let one employee clock in at exactly these sites, beside those for everyone and those of her departments.

    Raises Invalid for a site that does not exist.
    """
    wanted = set(site_ids)
    if WorkSite.objects.alive().filter(pk__in=wanted).count() < len(wanted):
        raise Invalid.field("site_ids", "One of these work sites does not exist.", code="unknown")
    Employee.objects.select_for_update(no_key=True).get(pk=employee_id)
    own = WorkSiteAssignment.objects.filter(employee=employee_id)
    gone, _ = own.exclude(site__in=wanted).delete()
    missing = wanted - set(sites_of(employee_id).values_list("pk", flat=True))
    WorkSiteAssignment.objects.bulk_create(
        [WorkSiteAssignment(site_id=site_id, employee_id=employee_id) for site_id in missing], ignore_conflicts=True
    )
    if gone or missing:
        meta = {"site_ids": sorted(map(str, own.values_list("site_id", flat=True)))}
        activity.record(
            action="work_site.people_changed",
            resource_type="employee",
            resource_id=employee_id,
            by=by,
            at=at,
            meta=meta,
        )


def _replace(site: WorkSite, column: str, wanted: Collection[UUID]) -> None:
    standing = WorkSiteAssignment.objects.filter(site=site, **{f"{column}__isnull": False})
    standing.exclude(**{f"{column}__in": list(wanted)}).delete()
    rows = [WorkSiteAssignment(site=site, **{column: row_id}) for row_id in dict.fromkeys(wanted)]
    WorkSiteAssignment.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)
