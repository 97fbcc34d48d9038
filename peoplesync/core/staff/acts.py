"""Acts: buttons that ask first. GET shows what will happen, POST does it through a service; no state field is edited.

An act names the action of the rights matrix it needs. The rows it may be taken on are the rows that action reaches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import helpers
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from peoplesync.core.staff import refusals, rights
from peoplesync.core.staff.theme import ThemedAdminForm, dressed
from peoplesync.kernel.errors import Conflict, PeopleSyncError
from peoplesync.kernel.roles import Scope

#: What a service may refuse with, its own words, the database's or a model's.
REFUSALS = (PeopleSyncError, DatabaseError, ValidationError)
#: A button of a list sends this with the list's query: whoever acted there stays there.
BACK_TO_LIST = "back_to_list"
#: Rows one bulk act takes at a time.
MOST = 200

Run = Callable[[HttpRequest, Any, dict[str, Any]], str | HttpResponse]


class Nothing(forms.Form):
    """An act that asks for nothing but yes."""


class Note(forms.Form):
    """An act that takes a word of explanation."""

    note = forms.CharField(required=False, max_length=2000, widget=forms.Textarea, help_text="The person will read it.")


@dataclass(frozen=True, slots=True)
class Act:
    """One button. `run(request, row, values)` calls the service and returns the sentence to tell; row is None on lists.

    A returned redirect is followed instead. `form` may be a form class or a function of (model_admin, request, row).
    """

    name: str
    label: str
    icon: str
    question: str
    action: str
    run: Run
    form: Any = Nothing
    offered: Callable[[Any], bool] = lambda row: True
    is_dangerous: bool = False
    is_bulk: bool = False
    #: It stands by the panel it is about, not on top of the page.
    is_by_panel: bool = False
    resource: str = ""


def decisions(
    approve: Run, reject: Run, *, offered: Callable[[Any], bool], asks: str, asks_no: str, form: Any = Note
) -> tuple[Act, Act]:
    """The two acts of who decides, one at a time or in bulk, each with a word of explanation.

    `asks` and `asks_no` are the questions before each; `form` replaces what approving asks for.
    """
    return (
        Act("approve", "Approve", "check_circle", asks, "decide", approve, form, offered, is_bulk=True),
        Act("reject", "Reject", "cancel", asks_no, "decide", reject, Note, offered, is_dangerous=True, is_bulk=True),
    )


def may(model_admin: Any, request: HttpRequest, act: Act, row: Any = None) -> bool:
    """Whether the signed-in user may take this act on the row; without one, on any."""
    if hasattr(model_admin, "may_act"):  # a page whose rights depend on what each row is about
        return row is None or bool(model_admin.may_act(request, act, row))
    if act.resource and act.resource != model_admin.resource:
        return rights.reach_of(request, act.resource, act.action) is Scope.ALL
    reach = rights.reach_of(request, model_admin.resource, act.action)
    if reach is Scope.ALL or row is None:
        return reach is Scope.ALL or (reach is Scope.DEPARTMENT and act.is_bulk)
    return bool(model_admin.rows(request, act.action).filter(pk=row.pk).exists())


def buttons(model_admin: Any, request: HttpRequest, row: Any, *, by_panel: bool = False) -> list[dict[str, Any]]:
    """The acts offered on top of a row's page, or by its panels: allowed to this reader and possible in its present state."""
    base = f"admin:{model_admin.opts.app_label}_{model_admin.opts.model_name}"
    return [
        {"act": act, "link": reverse(f"{base}_act_{act.name}", args=[row.pk])}
        for act in model_admin.acts
        if act.is_by_panel is by_panel and act.offered(row) and may(model_admin, request, act, row)
    ]


def list_buttons(model_admin: Any, request: HttpRequest) -> list[dict[str, Any]]:
    """The acts offered on the list."""
    base = f"admin:{model_admin.opts.app_label}_{model_admin.opts.model_name}"
    return [
        {"act": act, "link": reverse(f"{base}_act_{act.name}")}
        for act in model_admin.list_acts
        if may(model_admin, request, act)
    ]


def routes(model_admin: Any) -> Iterator[tuple[str, Callable[..., HttpResponse], str]]:
    """(path, view, route name) of every act."""
    base = f"{model_admin.opts.app_label}_{model_admin.opts.model_name}"
    for act in model_admin.list_acts:
        yield f"act/{act.name}/", _list_view(model_admin, act), f"{base}_act_{act.name}"
    for act in model_admin.acts:
        yield f"<path:object_id>/act/{act.name}/", _row_view(model_admin, act), f"{base}_act_{act.name}"


def _row_view(model_admin: Any, act: Act) -> Callable[..., HttpResponse]:
    def view(request: HttpRequest, object_id: str) -> HttpResponse:
        row = model_admin.get_object(request, unquote(object_id))
        if row is None or not model_admin.has_view_permission(request):
            raise Http404
        if not may(model_admin, request, act, row):
            raise PermissionDenied
        if not act.offered(row):
            raise Conflict(f"“{act.label}” is not possible in the present state. Look at it again.", code="not_now")
        base = f"admin:{model_admin.opts.app_label}_{model_admin.opts.model_name}"
        is_from_list = BACK_TO_LIST in request.POST
        back = reverse(f"{base}_changelist") if is_from_list else reverse(f"{base}_change", args=[row.pk])
        if is_from_list and request.POST[BACK_TO_LIST]:
            back += f"?{request.POST[BACK_TO_LIST]}"
        return _answer(model_admin, request, act, row, back)

    return view


def _list_view(model_admin: Any, act: Act) -> Callable[..., HttpResponse]:
    def view(request: HttpRequest) -> HttpResponse:
        if not may(model_admin, request, act):
            raise PermissionDenied
        back = reverse(f"admin:{model_admin.opts.app_label}_{model_admin.opts.model_name}_changelist")
        return _answer(model_admin, request, act, None, back)

    return view


def _answer(model_admin: Any, request: HttpRequest, act: Act, row: Any, back: str) -> HttpResponse:
    """The page that asks, and on POST the act itself."""
    form = _form(model_admin, request, act, row)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            told = act.run(request, row, dict(form.cleaned_data))
        except REFUSALS as error:
            refusal = refusals.understood(request, error, resource=act.resource or model_admin.resource, row=row)
            if refusal is None:
                raise
            status = refusal.kind.status
            _tell_refusal(form, refusal)
        else:
            if isinstance(told, HttpResponse):
                return told
            messages.success(request, told)
            return HttpResponseRedirect(back)
    return _asking(model_admin, request, act, row, form, back, status)


def _form(model_admin: Any, request: HttpRequest, act: Act, row: Any) -> Any:
    made = act.form if isinstance(act.form, type) else act.form(model_admin, request, row)
    bound = (request.POST, request.FILES) if request.method == "POST" else ()
    return dressed(made(*bound))


def _tell_refusal(form: Any, refusal: PeopleSyncError) -> None:
    if not refusal.errors:
        form.add_error(None, refusal.message)
    for field, sentences in refusal.errors.items():
        for sentence in sentences:
            form.add_error(field if field in form.fields else None, sentence)


def _asking(
    model_admin: Any, request: HttpRequest, act: Act, row: Any, form: Any, back: str, status: int
) -> HttpResponse:
    context = {
        **model_admin.admin_site.each_context(request),
        "title": act.label,
        "subtitle": model_admin.named(request, [row])[0] if row is not None else None,
        "opts": model_admin.opts,
        "act": act,
        "row": row,
        "summary": model_admin.summary(request, row) if row is not None else [],
        "adminform": ThemedAdminForm(form, [(None, {"fields": list(form.fields)})], {}, model_admin=model_admin),
        "media": model_admin.media + form.media,
        "back": back,
        "errors": form.errors,
    }
    return TemplateResponse(request, "admin/act.html", context, status=status)


def bulk_actions(model_admin: Any, request: HttpRequest) -> dict[str, Any]:
    """Django's list actions for the acts that may be taken on many rows."""
    return {
        act.name: (_bulk(act), act.name, act.label)
        for act in model_admin.acts
        if act.is_bulk and may(model_admin, request, act)
    }


def _bulk(act: Act) -> Callable[..., HttpResponse | None]:
    def action(model_admin: Any, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        reached = model_admin.rows(request, act.action).filter(pk__in=queryset.values("pk"))
        rows = [row for row in reached.select_related()[: MOST + 1] if act.offered(row)]
        if len(rows) > MOST:
            messages.error(request, f"Choose at most {MOST} rows at a time. Nothing was changed.")
            return None
        if not rows:
            messages.warning(request, f"“{act.label}” is possible for none of the chosen rows.")
            return None
        form = _form(model_admin, request, act, None) if "confirmed" in request.POST else dressed(_unbound(act))
        if "confirmed" in request.POST and form.is_valid():
            _run_all(model_admin, request, act, rows, dict(form.cleaned_data))
            return None
        return _asking_many(model_admin, request, act, rows, form)

    return action


def _unbound(act: Act) -> forms.Form:
    return act.form()


def _run_all(model_admin: Any, request: HttpRequest, act: Act, rows: list[Any], values: dict[str, Any]) -> None:
    """Each row by itself: one refusal stops nobody else, and says whose row it was."""
    done, refused = 0, []
    for row in rows:
        try:
            with transaction.atomic():
                act.run(request, row, values)
        except REFUSALS as error:
            refusal = refusals.understood(request, error, resource=act.resource or model_admin.resource, row=row)
            if refusal is None:
                raise
            said = next((text for field in refusal.errors.values() for text in field), refusal.message)
            refused.append((row, said))
        else:
            done += 1
    names = model_admin.named(request, [row for row, _ in refused]) if refused else []
    for name, (_, said) in zip(names, refused, strict=True):
        messages.error(request, f"{name}: {said}")
    if done:
        messages.success(request, f"{act.label}: done for {done}.")


def _asking_many(model_admin: Any, request: HttpRequest, act: Act, rows: list[Any], form: Any) -> HttpResponse:
    response = _asking(model_admin, request, act, None, form, request.get_full_path(), 200)
    named = list(zip(model_admin.named(request, rows), (row.pk for row in rows), strict=True))
    chosen = {"chosen": named, "checkbox": helpers.ACTION_CHECKBOX_NAME}
    response.context_data = {**response.context_data, **chosen}  # type: ignore[attr-defined]  # a TemplateResponse
    return response
