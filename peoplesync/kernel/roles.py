"""PURE. Role names (contract, section 6) and how far a right reaches.

Who may do what stands in `rights.toml`; how it is read, in `rights.py`.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum


class RoleName(StrEnum):
    EMPLOYEE = "employee"
    MANAGER = "manager"
    HR = "hr"
    PAYROLL_ADMIN = "payroll_admin"
    AUDITOR = "auditor"
    SUPERADMIN = "superadmin"
    ADMIN = "admin"


#: Roles that see everything; `admin` is the published sample role and is treated like `superadmin`.
ALL_POWERFUL = frozenset({RoleName.SUPERADMIN, RoleName.ADMIN})
#: Roles that may open the staff admin.
STAFF = ALL_POWERFUL | {RoleName.HR, RoleName.PAYROLL_ADMIN, RoleName.AUDITOR, RoleName.MANAGER}


class Scope(IntEnum):
    """How far a right reaches, weakest first: the strongest of a person's roles counts."""

    NONE = 0
    OWN = 1
    DEPARTMENT = 2  # the manager's department and its sub-departments, and her own rows
    ALL = 3
