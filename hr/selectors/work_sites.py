"""Which work sites a person may clock in at."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.db.models.expressions import RawSQL

from hr.models import WorkSite

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


def sites_of(employee_id: UUID) -> Any:
    """The live sites for everyone, for this employee, and for her department or one above it; one statement when read."""
    chain = RawSQL(_CHAIN_SQL, [employee_id])  # noqa: S611 a constant with a bound parameter
    assigned = Q(assignments__employee_id=employee_id) | Q(assignments__department_id__in=chain)
    ids = WorkSite.objects.filter(Q(is_for_everyone=True) | assigned, deleted_at=None).values("pk")
    return WorkSite.objects.filter(pk__in=ids)


def listed() -> Any:
    """Every live site with its assignments: three statements however many sites."""
    return WorkSite.objects.alive().prefetch_related("assignments")
