"""PURE. Reads the rights matrix: how far may somebody with these roles take this action on this resource?"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib import resources
from typing import Any

from peoplesync.kernel.roles import ALL_POWERFUL, Scope

EVERYBODY = "*"


@lru_cache(maxsize=1)
def matrix() -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    """The whole of `rights.toml`: resource -> action -> reach -> roles."""
    return tomllib.loads(resources.files("peoplesync.kernel").joinpath("rights.toml").read_text(encoding="utf-8"))


def scope(roles: Iterable[str], resource: str, action: str) -> Scope:
    """How far `roles` together reach. A resource or action nobody wrote down raises KeyError: closed by default.

    >>> scope(["employee"], "leaves", "read"), scope(["manager"], "leaves", "read"), scope(["admin"], "roles", "write")
    (<Scope.OWN: 1>, <Scope.DEPARTMENT: 2>, <Scope.ALL: 3>)
    >>> scope(["auditor"], "employees", "write"), scope(["superadmin"], "notifications", "read")
    (<Scope.NONE: 0>, <Scope.OWN: 1>)
    """
    return _scope(frozenset(roles), resource, action)


@lru_cache(maxsize=4096)
def _scope(held: frozenset[str], resource: str, action: str) -> Scope:
    rule = matrix()[resource][action]
    if held & ALL_POWERFUL and not rule.get("own_only", False):
        return Scope.ALL
    for reach in (Scope.ALL, Scope.DEPARTMENT, Scope.OWN):
        named = rule.get(reach.name.lower(), ())
        if EVERYBODY in named or held.intersection(named):
            return reach
    return Scope.NONE
