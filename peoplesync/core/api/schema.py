"""OpenAPI as the contract names it: shared responses on every operation that can give them, no vendor routes."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

from peoplesync.core.api import includes
from peoplesync.core.api.paging import EXAMPLE
from peoplesync.core.api.permissions import SignedIn
from peoplesync.kernel import rights

NATIVE_PREFIX = "/api/v1/"
#: The contract's five first, in its order.
_RESPONSES = {
    401: ("Unauthorized", "Missing, invalid or expired token."),
    403: ("Forbidden", "Your role may not do this."),
    404: ("NotFound", "It does not exist, or you may not see it."),
    400: ("ValidationError", "The input breaks a rule; nothing was changed."),
    409: ("Conflict", "It collides with the present state, for example a repeated idempotency key."),
    413: ("TooLarge", "The body is too large."),
    415: ("UnsupportedMediaType", "Send application/json."),
    429: ("TooManyRequests", "Too many requests; see Retry-After."),
    503: ("Unavailable", "A service this needs does not answer; try again."),
}
#: The contract's parts and schemas in its order; what we add follows, by name.
PARTS = (
    "auth", "roles", "departments", "employees", "attendances", "leaves", "salary_components", "payrolls", "jobs",
    "uploads", "settings", "activity_logs", "notifications", "health",
)  # fmt: skip
SCHEMAS = (
    "MetaPagination", "ErrorResponse", "UUID", "AuthLoginRequest", "User", "AuthLoginResponse", "Role", "Department",
    "DepartmentCreate", "DepartmentUpdate", "Employee", "EmployeeCreate", "EmployeeUpdate", "Attendance",
    "AttendanceClockIn", "AttendanceSync", "Leave", "LeaveCreate", "LeaveApprove", "SalaryComponent",
    "SalaryComponentCreate", "SalaryComponentUpdate", "Payroll", "PayrollItem", "PayrollGenerate", "PayrollSnapshot",
    "ActivityLog", "Notification", "Setting", "SettingUpdate", "JobStatus", "PresignedUrl", "PresignRequest",
    "HealthCheck",
)  # fmt: skip


def only_native_routes(endpoints: list[Any], **_: Any) -> list[Any]:
    """The native API once, under /api/v1; the same routes at the root and the vendors' mounts have no part in it."""
    return [found for found in endpoints if found[0].startswith(NATIVE_PREFIX)]


def contract_components(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Adds the contract's shared schemas and responses, which no serializer has."""
    components = result.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas["ErrorResponse"] = {
        "type": "object",
        "required": ["message", "status"],
        "properties": {
            "message": {"type": "string", "example": "Validation failed"},
            "status": {"type": "integer", "example": 400},
            "errors": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}},
        },
    }
    schemas["MetaPagination"] = {
        "type": "object",
        "required": list(EXAMPLE),
        "properties": {
            name: {"type": "integer", "example": example, **({"nullable": True} if name in {"from", "to"} else {})}
            for name, example in EXAMPLE.items()
        },
    }
    schemas["UUID"] = {"type": "string", "format": "uuid", "example": "3fa85f64-5717-4562-b3fc-2c963f66afa6"}
    components["responses"] = {
        name: {
            "description": description,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorResponse"}}},
        }
        for name, description in _RESPONSES.values()
    }
    components["schemas"] = _in_order(schemas, SCHEMAS, str)
    result["paths"] = _in_order(result["paths"], PARTS, _part)
    result["tags"] = [{"name": name} for name in dict.fromkeys(map(_part, result["paths"]))]
    _drop_enum_ids(result)
    return result


def _part(path: str) -> str:
    return path.removeprefix(NATIVE_PREFIX).split("/")[0]


def _in_order(found: dict[str, Any], first: tuple[str, ...], key: Callable[[str], str]) -> dict[str, Any]:
    """The entries whose keys `first` names, in its order, then the others as they come."""
    places = {name: place for place, name in enumerate(first)}
    return dict(sorted(found.items(), key=lambda item: places.get(key(item[0]), len(first))))


def _drop_enum_ids(part: Any) -> None:
    """Marks the library leaves for a step that names enums; the contract has its enums where they are used."""
    if isinstance(part, dict):
        part.pop("x-spec-enum-id", None)
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        _drop_enum_ids(inner)


class ContractSchema(AutoSchema):
    """Documents on each operation the refusals it can give, from what the view says of itself."""

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        operation = super().get_operation(*args, **kwargs)
        if operation is not None:
            for status in sorted(self._refusals()):
                name = _RESPONSES[status][0]
                operation["responses"].setdefault(str(status), {"$ref": f"#/components/responses/{name}"})
        return operation

    def get_description(self) -> str:
        """What the view itself says; what its base class tells programmers is not for the document."""
        return inspect.cleandoc(vars(type(self.view)).get("__doc__") or "")

    def get_summary(self) -> str | None:
        return getattr(self.view, "titles", {}).get(self.method)

    def get_request_serializer(self) -> Any:
        if hasattr(self.view, "write_serializers"):
            return self.view.write_serializers.get(self.method)
        return super().get_request_serializer()

    def get_response_serializers(self) -> Any:
        view = self.view
        if not hasattr(view, "answers"):
            return super().get_response_serializers()
        usual = (201 if self.method == "POST" else 200, view.read_serializer)
        status, serializer = view.answers.get(self.method, usual)
        return {status: serializer}

    def _is_list_view(self, serializer: Any = None) -> bool:
        view = self.view
        is_list = getattr(view, "is_list", False) or getattr(view, "filterset_class", None) is not None
        return self.method == "GET" and is_list

    def _refusals(self) -> set[int]:
        view, method = self.view, self.method
        found = {400, 503} if hasattr(view, "titles") else {503}  # /health takes nothing that could be wrong
        if view.get_throttles():
            found.add(429)
        if view.get_authenticators():
            found |= {401} if self._is_open_to_everybody() else {401, 403}
        if "{" in self.path:
            found.add(404)
        if method in {"POST", "PUT", "PATCH"}:
            found |= {413, 415}
        if method == "POST" and hasattr(view, "key_is_required"):
            found.add(409)
        return found | set(getattr(view, "may_answer", {}).get(method, ()))

    def _is_open_to_everybody(self) -> bool:
        """Whether no signed-in person is refused for her role: then the contract documents no 403.

        Where a service refuses nevertheless, the view says so: it asks for the right to see only, or in `may_answer`.
        """
        view = self.view
        if any(isinstance(permission, SignedIn) for permission in view.get_permissions()):
            return True
        action = getattr(view, "actions", {}).get(self.method)
        if action is None or (action == "read" and self.method != "GET"):
            return False
        return any(
            rights.EVERYBODY in roles for roles in rights.matrix()[view.resource][action].values() if roles is not True
        )

    def get_override_parameters(self) -> list[Any]:
        view = self.view
        found = []
        if self.method == "POST" and hasattr(view, "key_is_required"):
            found.append(
                OpenApiParameter(
                    "Idempotency-Key",
                    {"type": "string", "format": "uuid"},
                    OpenApiParameter.HEADER,
                    required=view.key_is_required,
                )
            )
        if getattr(view, "key_is_required", False) and self.method == "POST":
            described = "Where the job's state can be asked for."
            found.append(
                OpenApiParameter("Location", str, OpenApiParameter.HEADER, response=[202], description=described)
            )
        known = includes.names_in(getattr(view, "resource", ""), getattr(view, "read_serializer", None))
        if self.method == "GET" and known:
            described = f"Comma-separated relations to add: {', '.join(known)}. Unknown names are ignored."
            found.append(OpenApiParameter("include", str, OpenApiParameter.QUERY, description=described))
        return found

    def _get_serializer_field_meta(self, field: Any, direction: Any) -> dict[str, Any]:
        """A text that may not be sent empty can still be empty in an answer: that rule is for bodies alone."""
        meta: dict[str, Any] = super()._get_serializer_field_meta(field, direction)
        if direction == "response":
            meta.pop("minLength", None)
        return meta

    def get_filter_backends(self) -> list[Any]:
        return super().get_filter_backends() if getattr(self.view, "filterset_class", None) else []
