"""Which work sites a person may clock in at."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL

from hr.models import WorkSite
from peoplesync.core import prepared

_CHAIN_SQL = """
    WITH RECURSIVE chain AS (
        SELECT department_id AS id, 0 AS depth FROM hr_employee WHERE id = %s
        UNION ALL
        SELECT department.parent_id, chain.depth + 1
        FROM chain JOIN hr_department department ON department.id = chain.id
        WHERE department.parent_id IS NOT NULL AND chain.depth < 50
    )
    SELECT id FROM chain WHERE id IS NOT NULL
"""
#: Whether the employee `e` may clock in at the site `w`, for statements that every punch pays for.
MAY_USE_SQL = """(w.is_for_everyone OR EXISTS (
    SELECT FROM hr_worksiteassignment each WHERE each.site_id = w.id AND (each.employee_id = e.id OR each.department_id IN (
        WITH RECURSIVE chain AS (
            SELECT e.department_id AS id, 0 AS depth
            UNION ALL
            SELECT department.parent_id, chain.depth + 1
            FROM chain JOIN hr_department department ON department.id = chain.id
            WHERE department.parent_id IS NOT NULL AND chain.depth < 50
        )
        SELECT id FROM chain WHERE id IS NOT NULL))))"""
_COUNTS_SQL = """
    WITH RECURSIVE below AS (
        SELECT site_id, department_id AS id FROM hr_worksiteassignment
        WHERE site_id = ANY(%(sites)s::uuid[]) AND department_id IS NOT NULL
        UNION
        SELECT below.site_id, child.id FROM below JOIN hr_department child ON child.parent_id = below.id
    ), people AS (
        SELECT own.site_id, person.id FROM hr_worksiteassignment own
        JOIN hr_employee person ON person.id = own.employee_id AND person.deleted_at IS NULL
        WHERE own.site_id = ANY(%(sites)s::uuid[])
        UNION
        SELECT below.site_id, person.id FROM below
        JOIN hr_employee person ON person.department_id = below.id AND person.deleted_at IS NULL
    )
    SELECT site_id, count(*) FROM people GROUP BY site_id
    UNION ALL
    SELECT site.id, (SELECT count(*) FROM hr_employee WHERE deleted_at IS NULL) FROM hr_worksite site
    WHERE site.id = ANY(%(sites)s::uuid[]) AND site.is_for_everyone
"""
_PAIRS_SQL = """
    WITH RECURSIVE chain AS (
        SELECT id AS person, department_id AS above, 0 AS depth FROM hr_employee WHERE id = ANY(%(people)s::uuid[])
        UNION ALL
        SELECT chain.person, parent.parent_id, chain.depth + 1
        FROM chain JOIN hr_department parent ON parent.id = chain.above
        WHERE parent.parent_id IS NOT NULL AND chain.depth < 50
    )
    SELECT DISTINCT chain.person, site.id, site.name, site.latitude, site.longitude, site.radius_metres, site.policy
    FROM chain
    JOIN hr_worksite site ON site.deleted_at IS NULL AND (site.is_for_everyone OR EXISTS (
        SELECT FROM hr_worksiteassignment each WHERE each.site_id = site.id
        AND (each.employee_id = chain.person OR each.department_id = chain.above)))
    ORDER BY site.name, site.id
"""


def sites_of(employee_id: UUID) -> Any:
    """The live sites for everyone, for this employee, and for her department or one above it; one statement when read."""
    chain = RawSQL(_CHAIN_SQL, [employee_id])  # noqa: S611 a constant with a bound parameter
    assigned = Q(assignments__employee_id=employee_id) | Q(assignments__department_id__in=chain)
    ids = WorkSite.objects.filter(Q(is_for_everyone=True) | assigned, deleted_at=None).values("pk")
    return WorkSite.objects.filter(pk__in=ids)


def listed() -> Any:
    """Every live site with its assignments: three statements however many sites."""
    return WorkSite.objects.alive().prefetch_related("assignments")


def people_counts(site_ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many people may clock in at each of these sites, in one statement; every site is a key."""
    wanted = list(site_ids)
    found = dict.fromkeys(wanted, 0)
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS_SQL, {"sites": wanted})
        for site_id, count in cursor.fetchall():
            found[site_id] = max(found[site_id], count)
    return found


def named_by_employee(employee_ids: Collection[UUID]) -> dict[UUID, list[tuple[UUID, str]]]:
    """Per person the (id, name) of the sites she may clock in at, by name: one statement."""
    found: dict[UUID, list[tuple[UUID, str]]] = {employee_id: [] for employee_id in employee_ids}
    for employee_id, site_id, name, *_ in prepared.rows(_PAIRS_SQL, {"people": list(employee_ids)}):
        found[employee_id].append((site_id, name))
    return found


@dataclass(frozen=True, slots=True)
class Circle:
    """Where a site is and how far around, and what a punch outside of it means."""

    site_id: UUID
    latitude: Decimal
    longitude: Decimal
    radius_metres: int
    policy: str


def circles_by_employee(employee_ids: Collection[UUID]) -> dict[UUID, list[Circle]]:
    """Per person the sites with a position that she may clock in at: one statement."""
    found: dict[UUID, list[Circle]] = {employee_id: [] for employee_id in employee_ids}
    for employee_id, site_id, _, latitude, *told in prepared.rows(_PAIRS_SQL, {"people": list(employee_ids)}):
        if latitude is not None:
            found[employee_id].append(Circle(site_id, latitude, *told))
    return found
