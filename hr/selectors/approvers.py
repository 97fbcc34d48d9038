"""Who decides about whom: from the rights matrix, and for the message the nearest person entitled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from hr.models import ApprovalRequest, Employee, User
from hr.models.scoping import subtree
from peoplesync.kernel import rights
from peoplesync.kernel.roles import RoleName, Scope

#: Per person the live managers of the department or, where it has none, of the nearest one above it; then, with no
#: manager on the way, everybody from HR. The person concerned is never among them.
_NEAREST_SQL = """
    WITH RECURSIVE concerned AS (
        SELECT id, department_id FROM hr_employee WHERE id = ANY(%(employee_ids)s::uuid[])
    ), chain AS (
        SELECT DISTINCT department_id AS below, department_id AS above, 0 AS depth
        FROM concerned WHERE department_id IS NOT NULL
        UNION ALL
        SELECT chain.below, department.parent_id, chain.depth + 1
        FROM chain JOIN hr_department department ON department.id = chain.above
        WHERE department.parent_id IS NOT NULL AND chain.depth < 50
    ), entitled AS (
        SELECT usr.id, usr.employee_id, role.name AS role
        FROM hr_user usr
        JOIN hr_userrole held ON held.user_id = usr.id AND held.deleted_at IS NULL
        JOIN hr_role role ON role.id = held.role_id AND role.deleted_at IS NULL
        WHERE role.name IN (%(manager)s, %(hr)s) AND usr.is_active AND usr.deleted_at IS NULL
    ), manager AS (
        SELECT entitled.id, entitled.employee_id, boss.department_id
        FROM entitled JOIN hr_employee boss ON boss.id = entitled.employee_id AND boss.deleted_at IS NULL
        WHERE entitled.role = %(manager)s
    ), ranked AS (
        SELECT concerned.id AS employee_id, manager.id AS user_id, chain.depth
        FROM concerned JOIN chain ON chain.below = concerned.department_id
        JOIN manager ON manager.department_id = chain.above AND manager.employee_id <> concerned.id
        UNION ALL
        SELECT concerned.id, entitled.id, 1000
        FROM concerned JOIN entitled ON entitled.role = %(hr)s AND entitled.employee_id IS DISTINCT FROM concerned.id
    ), placed AS (
        SELECT employee_id, user_id, depth, min(depth) OVER (PARTITION BY employee_id) AS nearest FROM ranked
    )
    SELECT DISTINCT employee_id, user_id FROM placed WHERE depth = nearest ORDER BY employee_id, user_id
"""
#: Nobody needs more people than this to be told of one thing.
MOST = 50


def nearest(employee_id: UUID) -> list[UUID]:
    """Users to tell that something about this employee waits for a decision; at most fifty, one statement."""
    return nearest_of([employee_id]).get(employee_id, [])


def nearest_of(employee_ids: Collection[UUID]) -> dict[UUID, list[UUID]]:
    """As `nearest` for many people (a few thousand at most), in one statement; whoever nobody stands above is left out."""
    parameters: dict[str, Any] = {
        "employee_ids": list(employee_ids),
        "manager": RoleName.MANAGER.value,
        "hr": RoleName.HR.value,
    }
    found: dict[UUID, list[UUID]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_NEAREST_SQL, parameters)
        for employee_id, user_id in cursor.fetchall():
            if len(found[employee_id]) < MOST:
                found[employee_id].append(user_id)
    return dict(found)


#: Every live manager with the departments she stands above, nearest first.
_LINES_SQL = """
    WITH RECURSIVE manager AS (
        SELECT boss.id AS employee_id, boss.department_id
        FROM hr_user usr
        JOIN hr_userrole held ON held.user_id = usr.id AND held.deleted_at IS NULL
        JOIN hr_role role ON role.id = held.role_id AND role.deleted_at IS NULL AND role.name = %s
        JOIN hr_employee boss ON boss.id = usr.employee_id AND boss.deleted_at IS NULL
        WHERE usr.is_active AND usr.deleted_at IS NULL AND boss.department_id IS NOT NULL
    ), below AS (
        SELECT employee_id, department_id, 0 AS depth FROM manager
        UNION ALL
        SELECT below.employee_id, department.id, below.depth + 1
        FROM below JOIN hr_department department ON department.parent_id = below.department_id
        WHERE below.depth < 50
    )
    SELECT department_id, array_agg(employee_id ORDER BY depth, employee_id) FROM below GROUP BY department_id
"""


def managers_by_department() -> dict[UUID, list[UUID]]:
    """Department -> the employees who manage it, nearest first: its own managers, then those above; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_LINES_SQL, [RoleName.MANAGER.value])
        return dict(cursor.fetchall())


def reaches(user: Any, *, resource: str, action: str, employee_id: UUID | None) -> bool:
    """Whether the matrix lets `user` take `action` on what belongs to this employee. One's own reach is no reach here."""
    scope = rights.scope(user.role_names, resource, action)
    if scope is Scope.ALL:
        return True
    if scope is not Scope.DEPARTMENT or user.department_id is None or employee_id is None:
        return False
    return Employee.objects.filter(pk=employee_id, department_id__in=subtree(user.department_id)).exists()


def users_of(employee_id: UUID) -> list[UUID]:
    """The live users of an employee: whom to tell what was decided about her."""
    return list(User.objects.alive().filter(employee_id=employee_id, is_active=True).values_list("pk", flat=True))


def decidable_by(user: Any, kinds: Mapping[str, tuple[str, str]]) -> Any:
    """The requests this user may decide or look back at, as a queryset: `kinds` maps each kind to its right in the matrix.

    Without her own, which she cannot decide.
    """
    reached = Q(pk__in=[])
    for kind, (resource, action) in kinds.items():
        scope = rights.scope(user.role_names, resource, action)
        if scope is Scope.ALL:
            reached |= Q(kind=kind)
        elif scope is Scope.DEPARTMENT and user.department_id is not None:
            reached |= Q(kind=kind, employee__department_id__in=subtree(user.department_id))
    rows = ApprovalRequest.objects.filter(reached).exclude(requested_by=user.pk)
    return rows.exclude(employee=user.employee_id) if user.employee_id else rows
