"""A staff page of a model: rights and rows from the matrix, writes through services, history, acts, panels.

Apps import `ModelAdmin`, `TabularInline` and `register` from here. An admin that may write names its services in
`create` and `change`; what they refuse appears beside the field they refuse it for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django.contrib import admin
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.text import capfirst

from peoplesync.core.staff import acts, history, refusals, rights
from peoplesync.core.staff.acts import Act
from peoplesync.core.staff.lists import BoundedPaginator, ChangeList
from peoplesync.core.staff.naming import Link, link_to
from peoplesync.core.staff.panels import Panel
from peoplesync.core.staff.theme import Choosing, StaffForm, ThemedModelAdmin, ThemedTabularInline, with_currency
from peoplesync.kernel.errors import PeopleSyncError
from peoplesync.kernel.roles import Scope

__all__ = ["BoundedPaginator", "ChangeList", "Link", "ModelAdmin", "Panel", "TabularInline", "link_to", "register"]

register = admin.register


class ModelAdmin(rights.MatrixRights, Choosing, ThemedModelAdmin):
    """A themed page that lists fifty rows, counts no big table whole, and never saves past a service."""

    form = StaffForm
    list_per_page = 50
    list_max_show_all = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # counting what each filter would find reads the whole table
    list_fullwidth = True
    list_filter_submit = True  # the theme's drop-downs are a form: without its button they would do nothing
    warn_unsaved_form = True
    paginator = BoundedPaginator
    history_list_per_page = 50
    actions = None

    #: Where it stands in the navigation; empty keeps it out (it is reached from elsewhere).
    section: ClassVar[str] = ""
    icon: ClassVar[str] = "table_rows"
    #: What the navigation calls it, where the model's own plural does not read well.
    called: ClassVar[str] = ""
    position: ClassVar[int] = 50
    #: Buttons on one row's page, and on the list.
    acts: ClassVar[tuple[Act, ...]] = ()
    list_acts: ClassVar[tuple[Act, ...]] = ()
    #: What staff call a field, and what they must know about it, where the model's own name says too little.
    labels: ClassVar[Mapping[str, str]] = {}
    helps: ClassVar[Mapping[str, str]] = {}
    #: Fields only some readers may know: field -> the matrix action on `resource` that opens it.
    private: ClassVar[Mapping[str, str]] = {}

    @property
    def title(self) -> str:
        """What the navigation and the list call it."""
        return self.called or capfirst(str(self.opts.verbose_name_plural))

    # --- reading ----------------------------------------------------------------------------------------------------
    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return ChangeList

    def get_queryset(self, request: HttpRequest) -> Any:
        return self.rows(request).order_by(*(self.get_ordering(request) or self.model._meta.ordering))

    def knows(self, request: HttpRequest, field: str, row: Any = None) -> bool:
        """Whether this reader may know a private field: of every row, or of this one."""
        action = self.private.get(field)
        if action is None:
            return True
        reach = rights.reach_of(request, self.resource, action)
        return reach is Scope.ALL or (reach is not Scope.NONE and row is not None and self.is_own(request, row))

    def is_own(self, request: HttpRequest, row: Any) -> bool:
        """Whether the row is about the reader herself."""
        employee_id = getattr(request.user, "employee_id", None)
        return employee_id is not None and employee_id in (row.pk, getattr(row, "employee_id", None))

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return [name for name in super().get_list_display(request) if self.knows(request, name)]

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> list[str]:
        hidden = [name for name in self.private if not self.knows(request, name, obj)]
        return [*(super().get_exclude(request, obj) or ()), *hidden]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The page's groups of fields without those this reader may not know."""
        return [
            (title, {**options, "fields": [name for name in options["fields"] if self.knows(request, name, obj)]})
            for title, options in super().get_fieldsets(request, obj)
        ]

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Only the filters on the page: a lookup typed into the address would answer questions about hidden fields."""
        filters = self.get_list_filter(request)
        if lookup in {each.parameter_name for each in filters if hasattr(each, "parameter_name")}:
            return True
        named = [item[0] if isinstance(item, tuple | list) else item for item in filters]
        allowed = {name for name in named if isinstance(name, str)} | {self.model._meta.pk.name}
        return any(lookup == name or lookup.startswith(f"{name}__") for name in allowed)

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponse:
        raise Http404

    # --- writing ----------------------------------------------------------------------------------------------------
    def create(self, request: HttpRequest, values: dict[str, Any]) -> Any:
        """Make the row through its service and return it."""
        raise NotImplementedError(f"{type(self).__name__} must name the service that creates")

    def change(self, request: HttpRequest, row: Any, values: dict[str, Any]) -> Any:
        """Change the row through its service; `values` holds what differs."""
        raise NotImplementedError(f"{type(self).__name__} must name the service that changes")

    def change_lines(self, request: HttpRequest, row: Any, formset: Any) -> None:
        """Write what was edited in an inline, through services."""
        raise NotImplementedError(f"{type(self).__name__} must name the service behind {formset.prefix}")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            made = self.create(request, dict(form.cleaned_data))
        else:
            values = {name: form.cleaned_data[name] for name in form.changed_data if name in form.cleaned_data}
            before = self.rows(request).get(pk=obj.pk)  # the form has written into its own copy already
            made = self.change(request, before, values) if values else before
        obj.pk = made.pk
        obj._state.adding = False

    def save_related(self, request: HttpRequest, form: Any, formsets: Iterable[Any], change: bool) -> None:
        """Lists of choices belong to the service above; inlines to `change_lines`."""
        for formset in formsets:
            if formset.has_changed() or formset.deleted_forms:
                self.change_lines(request, form.instance, formset)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        context = {**self._page_context(request, object_id), **(extra_context or {})}
        try:
            return super().changeform_view(request, object_id, form_url, context)
        except acts.REFUSALS as error:
            if request.method != "POST":
                raise
            known = refusals.understood(request, error, resource=self.resource)
            if known is None:
                raise
            request.refusal = known  # type: ignore[attr-defined]  # the form below says it where it belongs
            return super().changeform_view(request, object_id, form_url, context)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        said = {"labels": dict(self.labels), "help_texts": dict(self.helps)}
        form = super().get_form(request, obj, change=change, **{**said, **kwargs})
        refusal = getattr(request, "refusal", None)
        return form if refusal is None else _refused(form, refusal)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return with_currency(db_field.name, super().formfield_for_dbfield(db_field, request, **kwargs))

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """The service has written the activity log; a second log would only disagree with it."""

    log_change = log_deletion = log_deletions = log_addition

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> list[Any]:
        return []

    @staticmethod
    def now() -> Any:
        """The door's reading of the clock; services get it as an argument."""
        return timezone.now()

    # --- beside the form --------------------------------------------------------------------------------------------
    def panels(self, request: HttpRequest, row: Any) -> list[Panel]:
        """Read-only tables below the form of one row."""
        return []

    def shown_to(self, request: HttpRequest, rows: list[Any]) -> None:
        """Called with the rows a page has shown, where reading itself is logged."""

    def named(self, request: HttpRequest, rows: list[Any]) -> list[str]:
        """What the pages that ask call these rows."""
        return [str(row) for row in rows]

    def summary(self, request: HttpRequest, row: Any) -> list[tuple[str, str]]:
        """What somebody must know before she takes an act on the row: (label, text)."""
        return []

    def _page_context(self, request: HttpRequest, object_id: str | None) -> dict[str, Any]:
        row = self.get_object(request, object_id) if object_id else None
        if row is None or not self.has_view_permission(request, row):
            return {}
        self.shown_to(request, [row])
        return {
            "listed_as": self.title,
            "show_history": history.is_kept(self.model),
            "act_buttons": acts.buttons(self, request, row),
            "panels": self.panels(request, row),
            "show_save_and_add_another": False,
        }

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        buttons = acts.list_buttons(self, request)
        context = {"act_buttons": buttons, "title": self.title, **(extra_context or {})}
        response = super().changelist_view(request, context)
        shown = getattr(response, "context_data", None) or {}
        if "cl" in shown:
            self.shown_to(request, list(shown["cl"].result_list))
        return response

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Acts that may be taken on many rows at once, always after a page that asks."""
        return {} if "_popup" in request.GET else acts.bulk_actions(self, request)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        return history.page(self, request, row)

    def get_urls(self) -> list[URLPattern]:
        return [
            path(pattern, self.admin_site.admin_view(view), name=name) for pattern, view, name in acts.routes(self)
        ] + super().get_urls()


def _refused(form: Any, refusal: PeopleSyncError) -> Any:
    class Refused(form):  # type: ignore[misc, valid-type]  # the form's class is made by Django at run time
        """The same form, saying what the service refused."""

        def clean(self) -> Any:
            cleaned = super().clean()
            told = False
            for field, sentences in refusal.errors.items():
                for sentence in sentences:
                    self.add_error(field if field in self.fields else None, sentence)
                    told = True
            if not told:
                self.add_error(None, refusal.message)
            return cleaned

    return Refused


class TabularInline(rights.MatrixRights, Choosing, ThemedTabularInline):
    """Lines of a parent, with the parent's rights. `may_delete_lines` lets a line be taken away."""

    extra = 0
    hide_title = True  # a line is its own cells; above them its name would only repeat them, or say ids
    form = StaffForm
    may_delete_lines: ClassVar[bool] = False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self.may_delete_lines and self._may_write(request)
