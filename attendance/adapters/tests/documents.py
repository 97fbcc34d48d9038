"""Holds an answer to the mount's own OpenAPI document: the operation is in it, with this status and a body of this shape."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from jsonschema import Draft7Validator

from attendance.adapters.registry import MOUNTS

_BY_MOUNT = {f"/compat/{mount.name}": mount for mount in MOUNTS}
JSON = "application/json"


def check(mount: str, method: str, path: str, status: int, body: Any) -> None:
    """Fails where the document does not tell of this answer. A path it does not have must be refused, nothing else; what
    is no vendor's mount has no document here.
    """
    if mount not in _BY_MOUNT:
        return
    document = _BY_MOUNT[mount].document
    operation = _operation(document, method, re.sub("/+", "/", path))
    if operation is None:
        assert status in (404, 405), f"{method} {mount}{path} answers {status} and is not in the document"
        return
    name, verb = operation
    answers = document["paths"][name][verb]["responses"]
    assert str(status) in answers, f"{verb} {name} answers {status}, the document says {sorted(answers)}"
    content = answers[str(status)].get("content")
    if content is None:
        assert body is None, f"{verb} {name} answers a body with {status}"
        return
    wrong = [
        f"{'.'.join(map(str, each.path))}: {each.message}"
        for each in _validator(mount, name, verb, status).iter_errors(body)
    ]
    assert wrong == [], f"{verb} {name} {status}"


def _operation(document: dict[str, Any], method: str, path: str) -> tuple[str, str] | None:
    """The path of the document and the verb; one without a parameter in it is meant first."""
    for name in sorted(document["paths"], key=lambda each: each.count("{")):
        pattern = re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(name))
        if re.fullmatch(pattern, path) and method.lower() in document["paths"][name]:
            return name, method.lower()
    return None


@lru_cache(maxsize=256)
def _validator(mount: str, name: str, verb: str, status: int) -> Draft7Validator:
    document = _BY_MOUNT[mount].document
    schema = document["paths"][name][verb]["responses"][str(status)]["content"][JSON]["schema"]
    return Draft7Validator(_with_nulls({"allOf": [schema], "components": document["components"]}))


def _with_nulls(schema: Any) -> Any:
    """OpenAPI's `nullable` in JSON Schema's own words."""
    if isinstance(schema, list):
        return [_with_nulls(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    told = {key: _with_nulls(value) for key, value in schema.items() if key != "nullable"}
    return {"anyOf": [told, {"type": "null"}]} if schema.get("nullable") is True else told
