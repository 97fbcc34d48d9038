"""Who decides about whom: from the rights matrix, and for the message the nearest person entitled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from hr.models import ApprovalRequest, Employee, User
from hr.models.scoping import subtree
from peoplesync.kernel import rights
from peoplesync.kernel.roles import RoleName, Scope

#: Live managers of the department or, where it has none, of the nearest one above it; then, with no manager on the way,
#: everybody from HR. The person concerned is never among them.
_NEAREST_SQL = """
    WITH RECURSIVE concerned AS (
        SELECT id, department_id FROM hr_employee WHERE id = %(employee_id)s
    ), chain AS (
        SELECT department_id AS id, 0 AS depth FROM concerned WHERE department_id IS NOT NULL
        UNION ALL
        SELECT department.parent_id, chain.depth + 1
        FROM chain JOIN hr_department department ON department.id = chain.id
        WHERE department.parent_id IS NOT NULL AND chain.depth < 50
    ), entitled AS (
        SELECT usr.id, usr.employee_id, role.name AS role
        FROM hr_user usr
        JOIN hr_userrole held ON held.user_id = usr.id AND held.deleted_at IS NULL
        JOIN hr_role role ON role.id = held.role_id AND role.deleted_at IS NULL
        WHERE role.name IN (%(manager)s, %(hr)s) AND usr.is_active AND usr.deleted_at IS NULL
            AND usr.employee_id IS DISTINCT FROM (SELECT id FROM concerned)
    ), ranked AS (
        SELECT entitled.id, chain.depth
        FROM entitled JOIN hr_employee boss ON boss.id = entitled.employee_id AND boss.deleted_at IS NULL
        JOIN chain ON chain.id = boss.department_id WHERE entitled.role = %(manager)s
        UNION ALL
        SELECT entitled.id, 1000 FROM entitled WHERE entitled.role = %(hr)s
    )
    SELECT id FROM ranked WHERE depth = (SELECT min(depth) FROM ranked) ORDER BY id LIMIT 50
"""


def nearest(employee_id: UUID) -> list[UUID]:
    """Users to tell that something about this employee waits for a decision; at most fifty, one statement."""
    parameters: dict[str, Any] = {
        "employee_id": employee_id,
        "manager": RoleName.MANAGER.value,
        "hr": RoleName.HR.value,
    }
    with connection.cursor() as cursor:
        cursor.execute(_NEAREST_SQL, parameters)
        return [row[0] for row in cursor.fetchall()]


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
