"""A new database has the roles of the rights matrix."""

from importlib import import_module

from hr.models import Role
from peoplesync.kernel.roles import RoleName


def test_the_seven_roles_exist_after_migration(db):
    seeded = import_module("hr.migrations.0002_seed_roles").ROLES
    assert set(seeded) == set(RoleName)
    assert set(Role.objects.values_list("name", flat=True)) <= set(RoleName)
