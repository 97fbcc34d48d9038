"""PURE. An OpenAPI 3.0 document from a vendor's table of operations: what is spoken at a mount, said once.

Which operations there are stands in each vendor's `openapi.py`; a test holds the table against the vendor's routes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Schema = Mapping[str, Any]

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data"
STRING: Schema = {"type": "string"}
INTEGER: Schema = {"type": "integer"}
NUMBER: Schema = {"type": "number"}
BOOLEAN: Schema = {"type": "boolean"}
DAY: Schema = {"type": "string", "format": "date"}


def ref(name: str) -> Schema:
    """A schema named in the document's components."""
    return {"$ref": f"#/components/schemas/{name}"}


def array(items: Schema, **more: Any) -> Schema:
    return {"type": "array", "items": items, **more}


def record(properties: Mapping[str, Schema], *, required: Sequence[str] | None = None, **more: Any) -> Schema:
    """An object; every property is required unless `required` names others."""
    needed = list(properties if required is None else required)
    return {
        "type": "object",
        "properties": dict(properties),
        **({"required": needed} if needed else {}),
        **more,
    }


def nullable(schema: Schema) -> Schema:
    return {"nullable": True, "allOf": [schema]} if "$ref" in schema else {**schema, "nullable": True}


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of the query string, or of a header with `place`."""

    name: str
    schema: Schema
    is_required: bool = False
    about: str = ""
    place: str = "query"

    def shown(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "in": self.place,
            "required": self.is_required,
            "schema": dict(self.schema),
            **({"description": self.about} if self.about else {}),
        }


@dataclass(frozen=True, slots=True)
class Operation:
    """One verb at one path. `answer` None: no body. `refusals` are statuses in the vendor's envelope; those that every
    operation may give are added by the document. `is_open`: needs no credential.
    """

    method: str
    path: str
    summary: str
    answer: Schema | None
    status: int = 200
    body: Schema | None = None
    body_types: Sequence[str] = (JSON,)
    is_body_required: bool = True
    parameters: Sequence[Parameter] = ()
    refusals: Sequence[int] = ()
    #: Status -> schema, where this operation refuses in another envelope than the rest.
    own_refusals: Mapping[int, str] = field(default_factory=dict)
    is_open: bool = False
    #: Path parameter -> schema; a text where it is not named.
    path_schemas: Mapping[str, Schema] | None = None


@dataclass(frozen=True, slots=True)
class Api:
    """What the operations of one vendor share. `errors` maps a status to (schema name, sentence)."""

    title: str
    about: str
    mount: str
    security: Mapping[str, Schema]
    schemas: Mapping[str, Schema]
    errors: Mapping[int, tuple[str, str]]
    #: Statuses that any operation with a credential may give, and those of open ones.
    common: Sequence[int] = (401, 403, 429, 500, 503)
    common_open: Sequence[int] = (500, 503)
    version: str = "1.0.0"


#: What a status says at every door that does not say it otherwise.
_SENTENCES = {
    404: "There is nothing at this address.",
    405: "The address does not take this method.",
    413: "The request is too large.",
    429: "Too many requests; see Retry-After.",
    500: "A fault on the server.",
    503: "The service is not available at the moment.",
}


def errors_in(schema: str, sentences: Mapping[int, str]) -> dict[int, tuple[str, str]]:
    """The errors of an `Api` whose refusals have one schema; `sentences` are the vendor's own."""
    return {status: (schema, sentence) for status, sentence in {**_SENTENCES, **sentences}.items()}


def document(api: Api, operations: Sequence[Operation]) -> dict[str, Any]:
    """The whole document, ready to be sent as JSON."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _shown(operation, api)
    return {
        "openapi": "3.0.3",
        "info": {"title": api.title, "description": api.about, "version": api.version},
        "servers": [{"url": api.mount}],
        "paths": paths,
        "components": {
            "securitySchemes": {name: dict(scheme) for name, scheme in api.security.items()},
            "schemas": {name: dict(schema) for name, schema in api.schemas.items()},
        },
    }


def _shown(operation: Operation, api: Api) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "operationId": _operation_id(operation),
        "summary": operation.summary,
        "security": [] if operation.is_open else [{name: []} for name in api.security],
        "responses": _responses(operation, api),
    }
    parameters = [*_path_parameters(operation), *(each.shown() for each in operation.parameters)]
    if parameters:
        shown["parameters"] = parameters
    if operation.body is not None:
        content = {each: {"schema": dict(operation.body)} for each in operation.body_types}
        shown["requestBody"] = {"required": operation.is_body_required, "content": content}
    return shown


def _responses(operation: Operation, api: Api) -> dict[str, Any]:
    done: dict[str, Any] = {"description": "Done."}
    if operation.answer is not None:
        done["content"] = {JSON: {"schema": dict(operation.answer)}}
    responses = {str(operation.status): done}
    common = api.common_open if operation.is_open else api.common
    bodies = (400, 413, 415) if operation.body is not None else ()
    for status in sorted({*operation.refusals, *operation.own_refusals, *common, *bodies}):
        name, sentence = api.errors[status]
        name = operation.own_refusals.get(status, name)
        responses[str(status)] = {"description": sentence, "content": {JSON: {"schema": dict(ref(name))}}}
    return responses


def _operation_id(operation: Operation) -> str:
    words = operation.path.replace("{", "").replace("}", "").replace("-", "/").replace(".", "/").split("/")
    return operation.method.lower() + "".join(word[:1].upper() + word[1:] for word in words if word)


def _path_parameters(operation: Operation) -> list[dict[str, Any]]:
    names = [part[1:-1] for part in operation.path.split("/") if part.startswith("{")]
    schemas = operation.path_schemas or {}
    return [{"name": name, "in": "path", "required": True, "schema": dict(schemas.get(name, STRING))} for name in names]
