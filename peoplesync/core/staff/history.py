"""A row's past, read-only: what changed in it (written by triggers) and what was done with it (the activity log)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from peoplesync.core.models import ActivityLog
from peoplesync.core.staff import rights, show
from peoplesync.core.staff.naming import Link, Names, has_page, kind_of
from peoplesync.kernel.roles import Scope

PER_PAGE = 50
#: Columns of an event that say nothing to a reader.
_SILENT = frozenset({"id", "created_at", "updated_at", "token_version", "latest_payroll_id"})


def is_kept(model: Any) -> bool:
    """Whether triggers write this model's history."""
    return _events_of(model) is not None


def _events_of(model: Any) -> Any:
    for relation in model._meta.related_objects:
        if relation.field.name == "pgh_obj":
            return relation.related_model
    return None


def page(model_admin: Any, request: HttpRequest, row: Any) -> HttpResponse:
    """The history page of one row. The activity log is shown to those who may read it."""
    if not model_admin.has_view_permission(request, row):
        raise PermissionDenied
    hidden = {name for name in model_admin.private if not model_admin.knows(request, name, row)}
    reads_log = rights.reach_of(request, "activity_logs", "read") is Scope.ALL
    context = {
        **model_admin.admin_site.each_context(request),
        "title": "History",
        "subtitle": str(row),
        "opts": model_admin.opts,
        "listed_as": model_admin.title,
        "original": row,
        "changes": _changes(request, model_admin.model, row, hidden),
        "acts": _acts(request, row) if reads_log and not hidden else [],
    }
    return TemplateResponse(request, "admin/history.html", context)


def _changes(request: HttpRequest, model: Any, row: Any, hidden: set[str]) -> list[dict[str, Any]]:
    events = _events_of(model)
    if events is None:
        return []
    rows = list(
        events.objects.filter(pgh_obj_id=row.pk).order_by("-pgh_id").select_related("pgh_context")[: PER_PAGE + 1]
    )
    users = _users(rows)
    fields = [field for field in model._meta.concrete_fields if field.name not in _SILENT | hidden]
    names = Names(request, [pair for event in rows for field in fields if (pair := _pointed_at(field, event))])
    shown = []
    for event, before in zip(rows, [*rows[1:], None], strict=True):
        lines = [line for field in fields if (line := _line(field, event, before, names))]
        if lines:
            shown.append({"at": show.instant(event.pgh_created_at), "by": _who(event, users), "lines": lines})
    return shown[:PER_PAGE]


def _pointed_at(field: Any, event: Any) -> tuple[str, Any] | None:
    """The kind and id of the row an event's field points at."""
    if not field.is_relation or not hasattr(event, field.attname):
        return None
    return field.related_model._meta.model_name, getattr(event, field.attname)


def _line(field: Any, event: Any, before: Any, names: Names) -> tuple[str, Link | str, Link | str] | None:
    if not hasattr(event, field.attname):
        return None
    new, old = getattr(event, field.attname), getattr(before, field.attname, None)
    if new == old:
        return None
    before_it, after_it = _text(field, old, names), _text(field, new, names)
    return (str(field.verbose_name).capitalize(), before_it, after_it) if before_it != after_it else None


def _text(field: Any, value: Any, names: Names) -> Link | str:
    if value is None or value == "":
        return show.EMPTY
    if field.is_relation:
        return names.of(field.related_model._meta.model_name, value)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return show.money(value) if field.max_digits >= show.MONEY_DIGITS else f"{value.normalize():,f}"
    if isinstance(value, datetime):
        return show.instant(value)
    return show.day(value) if isinstance(value, date) else str(value)


def _users(events: list[Any]) -> dict[str, str]:
    """E-mail addresses of the users named in the events' contexts, in one statement."""
    ids = {str(event.pgh_context.metadata.get("user")) for event in events if event.pgh_context}
    users = get_user_model()._default_manager.filter(pk__in=[one for one in ids if len(one) == 36])
    return {str(pk): email for pk, email in users.values_list("pk", "email")} if ids else {}


def _who(event: Any, names: dict[str, str]) -> str:
    metadata = event.pgh_context.metadata if event.pgh_context else {}
    return names.get(str(metadata.get("user")), "the system")


def details(meta: Any, names: Names) -> list[tuple[str, Link | str]]:
    """What an entry of the activity log says beside its act: words and values, ids by their names."""
    return [(_word(key), _said(key, value, names)) for key, value in (meta or {}).items()]


def pairs(meta: Any) -> list[tuple[str, Any]]:
    """Every (kind, id) an entry's details may hold, those inside its lists and tables too."""
    found: list[tuple[str, Any]] = []
    for key, value in (meta or {}).items():
        if isinstance(value, dict):
            found += pairs(value)
        elif kind_of(key):
            found += [(kind_of(key), one) for one in (value if isinstance(value, list) else [value])]
    return found


def _word(key: str) -> str:
    """`employee_id` is an employee; an id of something without a page stays an id."""
    return (kind_of(key) if has_page(kind_of(key)) else key).replace("_", " ")


def _said(key: str, value: Any, names: Names) -> Link | str:
    if value is None or value == "":
        return show.EMPTY
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return "; ".join(f"{_word(inner)}: {text_of(_said(inner, one, names))}" for inner, one in value.items())
    if isinstance(value, list):
        return ", ".join(text_of(_said(key, one, names)) for one in value)
    return names.of(kind_of(key), value) if kind_of(key) else str(value)


def text_of(cell: Link | str) -> str:
    """A cell without the page it leads to."""
    return cell.text if isinstance(cell, Link) else cell


def _acts(request: HttpRequest, row: Any) -> list[dict[str, Any]]:
    if not isinstance(row.pk, UUID):
        return []  # the log names objects by UUID
    entries = list(ActivityLog.objects.filter(resource_id=row.pk).select_related("user")[:PER_PAGE])
    names = Names(request, [pair for entry in entries for pair in pairs(entry.meta)])
    return [
        {
            "at": show.instant(entry.created_at),
            "by": str(entry.user) if entry.user_id else "the system",
            "action": entry.action,
            "meta": details(entry.meta, names),
        }
        for entry in entries
    ]
