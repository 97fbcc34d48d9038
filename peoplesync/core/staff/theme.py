"""The one module that knows the admin theme: swap the theme here, and nowhere else.

Templates in `templates/admin/` build on the theme's pages; what they add is styled by our own `core/admin.css`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import time
from typing import Any

from django import forms
from django.contrib.admin.widgets import AutocompleteMixin, AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import TimeField
from django.forms.utils import pretty_name
from django.utils.text import capfirst
from unfold import widgets
from unfold.admin import ModelAdmin as ThemedModelAdmin
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import (
    AutocompleteSelectFilter,
    BooleanRadioFilter,
    ChoicesDropdownFilter,
    DropdownFilter,
    RelatedDropdownFilter,
)
from unfold.decorators import display
from unfold.forms import AdminForm as ThemedAdminForm
from unfold.forms import AdminOwnPasswordChangeForm as ThemedPasswordForm
from unfold.forms import AuthenticationForm as ThemedSignInForm
from unfold.sites import UnfoldAdminSite as ThemedSite
from unfold.views import ChangeList as ThemedChangeList

from peoplesync.core.errors import of_constraint
from peoplesync.core.staff import show

__all__ = [
    "SCRIPTS_NEED",
    "AutocompleteSelectFilter",
    "BooleanRadioFilter",
    "ChoicesDropdownFilter",
    "Choosing",
    "DropdownFilter",
    "RelatedDropdownFilter",
    "StaffForm",
    "ThemedAdminForm",
    "ThemedChangeList",
    "ThemedModelAdmin",
    "ThemedPasswordForm",
    "ThemedSignInForm",
    "ThemedSite",
    "ThemedTabularInline",
    "choose",
    "choose_many",
    "display",
    "dressed",
    "one_of",
    "with_currency",
]


class _Clock(widgets.UnfoldAdminTimeWidget):
    """A time of day, with seconds only where there are some."""

    def format_value(self, value: Any) -> Any:
        return f"{value:%H:%M}" if isinstance(value, time) and not value.second else super().format_value(value)


class _Moment(widgets.UnfoldAdminSplitDateTimeWidget):
    """A day and a time of day."""

    def __init__(self, attrs: Any = None) -> None:
        super().__init__(attrs)
        self.widgets[1] = _Clock(attrs={"placeholder": "Time"})


class ThemedTabularInline(TabularInline):
    """Lines in a table: each field says what it is, since a screen reader does not take a column's head for a label."""

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(db_field, TimeField):
            field.widget = _Clock()
        if field is not None:
            field.widget.attrs.setdefault("aria-label", capfirst(str(field.label or db_field.verbose_name)))
        return field


#: What the theme's own scripts ask of the content security policy, beyond 'self': its Alpine build evaluates strings.
SCRIPTS_NEED = "'unsafe-eval'"

#: The first match dresses a plain form's widget like the theme's.
_DRESS: tuple[tuple[type[forms.Field], type[forms.Widget]], ...] = (
    (forms.SplitDateTimeField, _Moment),
    (forms.DateField, widgets.UnfoldAdminDateWidget),
    (forms.TimeField, _Clock),
    (forms.BooleanField, widgets.UnfoldBooleanSwitchWidget),
    (forms.DecimalField, widgets.UnfoldAdminDecimalFieldWidget),
    (forms.IntegerField, widgets.UnfoldAdminIntegerFieldWidget),
    (forms.FileField, widgets.UnfoldAdminFileFieldWidget),
)


_VIOLATED = re.compile("Constraint “(.+)” is violated.")


class StaffForm(forms.ModelForm):
    """A model's form with fields of its own: those are dressed here, the model's by the theme."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        dressed(self, only=set(self.declared_fields))

    def _update_errors(self, errors: ValidationError) -> None:
        """A model's constraint says what it means to a person, as a service's refusal does."""
        for found in getattr(errors, "error_dict", {}).get(NON_FIELD_ERRORS, ()):
            found.message = _in_words(str(found.message))
        super()._update_errors(errors)  # type: ignore[misc]  # Django's own hook, which its types leave out


def _in_words(message: str) -> str:
    name = _VIOLATED.fullmatch(message)
    if name is None:
        return message
    known = of_constraint(name[1])
    said = [sentence for sentences in known.errors.values() for sentence in sentences] if known else []
    return said[0] if said else known.message if known else "These values do not go together. Check them."


def one_of(field: str, kinds: Iterable[Any]) -> type[DropdownFilter]:
    """A filter over what a text field may hold, an enumeration; asking the table for its values would read all of it."""
    known = [str(kind.value) for kind in kinds]

    class OneOf(DropdownFilter):
        """One of the known values, in words."""

        title = field.replace("_", " ")
        parameter_name = field

        def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
            return [(value, value.replace("_", " ").capitalize()) for value in known]

        def queryset(self, request: Any, queryset: Any) -> Any:
            chosen = self.value()
            if not chosen:
                return queryset
            return queryset.filter(**{field: chosen}) if chosen in known else queryset.none()

    return OneOf


def with_currency(name: str, field: Any) -> Any:
    """The same form field; one for an amount says in which currency."""
    if isinstance(field, forms.DecimalField):
        field.label = show.in_currency(str(field.label or pretty_name(name)), field.max_digits)
    return field


def dressed(form: Any, only: set[str] | None = None) -> Any:
    """The same form in the theme's clothes; widgets that were chosen on purpose stay."""
    form.use_required_attribute = False  # an empty field is no mistake before it is sent
    form.label_suffix = ""
    for name, field in form.fields.items():
        if only is not None and name not in only:
            continue
        widget = _widget_for(field)
        if widget is not None:
            widget.is_required = field.required
            field.widget = widget
        with_currency(name, field)
    return form


def _widget_for(field: forms.Field) -> Any:
    if isinstance(field.widget, AutocompleteMixin | forms.HiddenInput):
        return None
    if isinstance(field.widget, forms.PasswordInput):
        return widgets.UnfoldAdminPasswordWidget()
    if isinstance(field.widget, forms.Textarea):
        return widgets.UnfoldAdminTextareaWidget(attrs={"rows": 3})
    if isinstance(field.widget, forms.CheckboxSelectMultiple):
        return _with_choices(field, widgets.UnfoldAdminCheckboxSelectMultipleWidget())
    if isinstance(field, forms.MultipleChoiceField | forms.ModelMultipleChoiceField):
        return _with_choices(field, widgets.UnfoldAdminSelectMultipleWidget())
    if isinstance(field, forms.ChoiceField | forms.ModelChoiceField):
        return _with_choices(field, widgets.UnfoldAdminSelectWidget())
    for kind, widget in _DRESS:
        if isinstance(field, kind):
            return widget()
    return widgets.UnfoldAdminTextInputWidget() if isinstance(field, forms.CharField) else None


def _with_choices(field: Any, widget: Any) -> Any:
    widget.choices = field.widget.choices
    return widget


class _Known:
    """A chooser that takes what is no id for nothing chosen: the field says so, and the page is shown all the same.

    An empty one says what to do, which is also its name to a screen reader.
    """

    def build_attrs(self, base_attrs: Any, extra_attrs: Any = None) -> Any:
        attrs = super().build_attrs(base_attrs, extra_attrs)  # type: ignore[misc]
        return {**attrs, "data-placeholder": "Type to find"}

    def optgroups(self, name: str, value: Any, attrs: Any = None) -> Any:
        try:
            return super().optgroups(name, value, attrs)  # type: ignore[misc]
        except ValidationError:
            return super().optgroups(name, [], attrs)  # type: ignore[misc]


class _One(_Known, AutocompleteSelect):
    """One row."""


class _Several(_Known, AutocompleteSelectMultiple):
    """Any number of rows."""


class Choosing:
    """A page or its lines whose `autocomplete_fields` are choosers as below."""

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **options: Any) -> Any:
        page: Any = self
        if db_field.name in page.get_autocomplete_fields(request):
            options.setdefault("widget", choose(db_field, page.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **options)  # type: ignore[misc]


def choose(foreign_key: Any, site: Any) -> forms.Widget:
    """A search-as-you-type chooser over what this foreign key may point at; it shows only what the reader may see."""
    return _One(foreign_key, site)


def choose_many(foreign_key: Any, site: Any) -> forms.Widget:
    """As `choose`, for several."""
    return _Several(foreign_key, site)
