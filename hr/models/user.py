"""Users and roles: who may sign in, and as what."""

from __future__ import annotations

from functools import cached_property

import pghistory
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from hr.models.employee import Employee
from peoplesync.core.models import SoftDeleted, SoftDeletedQuerySet, TouchedRecord
from peoplesync.kernel.roles import ALL_POWERFUL, STAFF


@pghistory.track()
class Role(TouchedRecord, SoftDeleted):
    """A named role. What it may do stands in the rights matrix; a role the matrix does not know may do nothing special."""

    name = models.CharField(max_length=100)
    description = models.TextField(null=True, blank=True)  # noqa: DJ001 nullable by contract

    objects = SoftDeletedQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="hr_role_name_unique_in_any_case",
                violation_error_code="duplicate",
                violation_error_message="A role with this name exists already.",
            )
        ]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager.from_queryset(SoftDeletedQuerySet)):
    def get_by_natural_key(self, username):
        """Sign-in by e-mail address, whatever its case; deleted users are nobody."""
        return self.alive().get(email__iexact=username)


@pghistory.track(exclude=["password", "last_login"])
class User(AbstractBaseUser, TouchedRecord, SoftDeleted):
    """Somebody who may sign in. Rights come from her roles as they are in the database now, never from a token."""

    email = models.EmailField(max_length=255)
    employee = models.ForeignKey(Employee, null=True, blank=True, on_delete=models.SET_NULL, related_name="users")
    is_active = models.BooleanField(default=True)
    #: Every token carries the number it was made under; raising it ends all sessions at once.
    token_version = models.PositiveIntegerField(default=1, editable=False)
    roles = models.ManyToManyField(Role, through="UserRole", related_name="users")

    USERNAME_FIELD = "email"
    objects = UserManager()

    class Meta:
        ordering = ["email", "id"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                condition=models.Q(deleted_at__isnull=True),
                name="hr_user_email_unique",
                violation_error_code="duplicate",
                violation_error_message="A user with this e-mail address exists already.",
            ),
            models.UniqueConstraint(
                fields=["employee"],
                condition=models.Q(deleted_at__isnull=True, employee__isnull=False),
                name="hr_user_one_per_employee",
                violation_error_code="duplicate",
                violation_error_message="This employee has a user already.",
            ),
        ]

    def __str__(self) -> str:
        return self.email

    @cached_property
    def role_names(self) -> frozenset[str]:
        """Names of the user's roles. Signing in fills it from its one query, for the API and the admin."""
        held = UserRole.objects.filter(user=self, deleted_at=None, role__deleted_at=None)
        return frozenset(held.values_list("role__name", flat=True))

    @cached_property
    def department_id(self):
        """The department of the user's employee: what a manager's rights reach over."""
        return self.employee.department_id if self.employee_id else None

    @property
    def is_staff(self) -> bool:
        """Whether she may enter the staff admin."""
        return self.is_active and bool(STAFF & self.role_names)

    @property
    def is_superuser(self) -> bool:
        """Whether she holds a role that may do everything."""
        return self.is_active and bool(ALL_POWERFUL & self.role_names)

    def get_session_auth_hash(self) -> str:
        """Admin sessions end with the password and with the token version."""
        return f"{super().get_session_auth_hash()}{self.token_version}"

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Django's own permission strings are not used: the matrix answers (see core.staff.rights)."""
        return self.is_superuser

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_staff


class UserRole(TouchedRecord, SoftDeleted):
    """One role of one user."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="user_roles")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="user_roles")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role"], condition=models.Q(deleted_at__isnull=True), name="hr_userrole_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.role}"
