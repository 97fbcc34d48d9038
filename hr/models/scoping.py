"""Seeing is a queryset: which rows a user may read, from the rights matrix, as one condition without extra statements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from peoplesync.core.models import SoftDeletedQuerySet
from peoplesync.kernel import rights
from peoplesync.kernel.roles import Scope

#: The manager's department and everything below it. A department's depth is bounded by its ancestors, so is the recursion.
SUBTREE_SQL = """
    WITH RECURSIVE subtree AS (
        SELECT id FROM hr_department WHERE id = ANY(%s)
        UNION
        SELECT child.id FROM hr_department child JOIN subtree ON child.parent_id = subtree.id
    )
    SELECT id FROM subtree
"""


def subtree(department_id: Any) -> models.expressions.RawSQL:
    """The ids of a department and its sub-departments, for use in `__in`."""
    return subtrees([department_id])


def subtrees(department_ids: Sequence[Any]) -> models.expressions.RawSQL:
    """The ids of several departments and everything below them, for use in `__in`."""
    return models.expressions.RawSQL(SUBTREE_SQL, [list(department_ids)])  # noqa: S611 a constant with a bound parameter


class ScopedQuerySet(SoftDeletedQuerySet):
    """Rows that belong to an employee. A model names its matrix `resource` and the path to the employee."""

    resource: ClassVar[str] = ""
    employee_path: ClassVar[str] = "employee"

    def visible_to(self, user: Any, action: str = "read", *, resource: str = "") -> Any:
        """The rows `user` may take `action` on: all, her department's and her own, her own, or none.

        `resource` asks for the people of another resource than the rows' own: whose leave balances may she read?
        """
        reach = rights.scope(user.role_names, resource or self.resource, action)
        if reach is Scope.ALL:
            return self
        if reach is Scope.NONE:
            return self.none()
        own = Q(**{f"{self._path}id" if not self._path else f"{self.employee_path}_id": user.employee_id})
        mine = self.none() if user.employee_id is None else self.filter(own)
        if reach is Scope.OWN or user.department_id is None:
            return mine
        return self.filter(own | Q(**{f"{self._path}department_id__in": subtree(user.department_id)}))

    @property
    def _path(self) -> str:
        return f"{self.employee_path}__" if self.employee_path else ""
