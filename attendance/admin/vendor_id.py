"""Ids under which vendors' clients know our rows: seen, set one by one or from a file, and Kenjo's switch of an employee."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from attendance.models.vendor_id import IdKind, VendorId
from attendance.models.vendor_key import Vendor
from attendance.selectors import vendor_rows
from attendance.services import vendor_id_import, vendor_ids
from hr.admin import employee_panels
from hr.models import Employee
from peoplesync.core.staff import exports, rights, show
from peoplesync.core.staff.acts import Act
from peoplesync.core.staff.model_admin import Link, ModelAdmin, Panel, link_to, register
from peoplesync.core.staff.theme import ChoicesDropdownFilter, display
from peoplesync.kernel.errors import Invalid, TooLarge

#: An import through the page; larger files are the command's.
BYTES = 2 * 1024 * 1024


class SetForm(forms.Form):
    vendor = forms.ChoiceField(choices=Vendor.choices)
    kind = forms.ChoiceField(choices=[choice for choice in IdKind.choices if choice[0] in vendor_rows.NAMEABLE])
    record = forms.CharField(
        max_length=255,
        help_text="An employee's number; the name of a place, department, clock or schedule; a job's code.",
    )
    external_id = forms.CharField(label="Id", max_length=64, help_text="As the devices and integrations hold it.")


class ChangeForm(forms.Form):
    external_id = forms.CharField(label="Id", max_length=64, help_text="The old one names nothing any more.")


class ImportForm(forms.Form):
    file = forms.FileField(
        label="CSV file",
        help_text=f"With the columns {', '.join(vendor_id_import.COLUMNS)}. All rows are set, or none if one is bad.",
    )
    is_dry_run = forms.BooleanField(required=False, label="Only say what would be set")


class ExportForm(forms.Form):
    kind = forms.ChoiceField(choices=exports.FORMATS, label="Format")


def _set(request: HttpRequest, row: Any, values: dict[str, Any]) -> str:
    named = {"vendor": values["vendor"], "kind": values["kind"], "external_id": values["external_id"]}
    try:
        object_id = vendor_rows.one(values["kind"], values["record"].strip())
    except Invalid as refusal:
        raise Invalid.field("record", refusal.message, code=refusal.code) from None
    made = vendor_ids.set_id(**named, object_id=object_id, by=request.user, at=timezone.now())
    return f"{values['record']} is {made.external_id} at {made.get_vendor_display()} now."


def _change(request: HttpRequest, row: VendorId, values: dict[str, Any]) -> str:
    named = {"vendor": row.vendor, "kind": row.kind, "object_id": row.object_id}
    made = vendor_ids.set_id(**named, **values, by=request.user, at=timezone.now())
    return f"{row.external_id} is {made.external_id} at {made.get_vendor_display()} now."


def _change_form(model_admin: Any, request: HttpRequest, row: VendorId) -> Any:
    return partial(ChangeForm, initial={"external_id": row.external_id})


def _switch(is_tracked: bool) -> Any:
    def run(request: HttpRequest, row: VendorId, values: dict[str, Any]) -> str:
        vendor_ids.switch(row=row, is_tracked=is_tracked, by=request.user, at=timezone.now())
        return f"Kenjo's door records time for {row.external_id}{' again' if is_tracked else ' no more'}."

    return run


def _is_switched(is_tracked: bool) -> Any:
    return lambda row: (row.vendor, row.kind, row.is_tracked) == (Vendor.KENJO, IdKind.PERSON, is_tracked)


def _import(request: HttpRequest, row: Any, values: dict[str, Any]) -> str:
    file, is_look = values["file"], values["is_dry_run"]
    if file.size > BYTES:
        raise TooLarge("Import at most 2 MB at a time, or use manage.py import_vendor_ids.", code="too_large")
    report = vendor_id_import.take_in(file=file, by=request.user, at=timezone.now(), is_dry_run=is_look)
    if report.bad_count:
        raise Invalid(
            "Nothing was set.",
            code="bad_rows",
            errors={"file": [f"Line {line}: {why}" for line, why in report.troubles]},
        )
    said = f"{report.changed_count} ids {'would be set' if is_look else 'set'}, {report.known_count} known."
    return f"{said} Nothing was written." if is_look else said


def _export(request: HttpRequest, row: Any, values: dict[str, Any]) -> HttpResponse:
    rows = vendor_rows.with_names(VendorId.objects.all(), is_for_people=False).order_by(
        "vendor", "kind", "called", "pk"
    )
    shown = rows.values_list("vendor", "kind", "called", "external_id").iterator(chunk_size=2000)
    return exports.file(f"vendor-ids-{timezone.localdate()}", values["kind"], vendor_id_import.COLUMNS, shown)


@register(VendorId)
class VendorIdAdmin(ModelAdmin):
    """Who and what is known under which id at which vendor's door."""

    resource = "vendor_keys"
    section, icon, position = "Presence", "tag", 85
    list_display = ("vendor", "kind", "stands_for", "external_id", "origin", "tracking")
    list_display_links = ("external_id",)
    list_filter = (("vendor", ChoicesDropdownFilter), ("kind", ChoicesDropdownFilter), "is_set_by_hand")
    search_fields = ("external_id",)
    search_help_text = "An id, or the name or number of what it stands for"
    fields = ("vendor", "kind", "stands_for", "external_id", "origin", "tracking", "updated")
    list_acts: ClassVar[tuple[Act, ...]] = (
        Act("set", "Set an id", "tag", "What shall be known under which id?", "write", _set, form=SetForm),
        Act("import", "Import", "upload", "Which file names the ids?", "write", _import, form=ImportForm),
        Act(
            "export", "Export", "download", "Download all ids? The file can be imported again.", "write", _export,
            form=ExportForm,
        ),
    )  # fmt: skip
    acts: ClassVar[tuple[Act, ...]] = (
        Act(
            "change", "Change the id", "edit", "Give another id? Devices that still send the old one are refused.",
            "write", _change, form=_change_form,
        ),
        Act(
            "switch_off", "Switch tracking off", "timer_off",
            "Record nothing more for this employee through Kenjo's door? What is there stays.",
            "write", _switch(False), offered=_is_switched(True), is_dangerous=True,
        ),
        Act(
            "switch_on", "Switch tracking on", "timer", "Record this employee's time through Kenjo's door again?",
            "write", _switch(True), offered=_is_switched(False),
        ),
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> Any:
        return vendor_rows.with_names(super().get_queryset(request))

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        for word in search_term.split()[:5]:
            queryset = queryset.filter(vendor_rows.mentioning(word))
        return queryset, False

    def summary(self, request: HttpRequest, row: VendorId) -> list[tuple[str, str]]:
        known_as = f"{row.get_vendor_display()} {row.get_kind_display().lower()} {row.external_id}"
        return [("Now", known_as), ("Stands for", self.stands_for(row))]

    @display(description="Stands for")
    def stands_for(self, row: Any) -> str:
        return row.called or show.EMPTY

    @display(description="Id came", label={"By hand or file": "info"})
    def origin(self, row: VendorId) -> str:
        return "By hand or file" if row.is_set_by_hand else "By itself"

    @display(description="Kenjo tracking", label={"Off": "danger"})
    def tracking(self, row: VendorId) -> str:
        if (row.vendor, row.kind) != (Vendor.KENJO, IdKind.PERSON):
            return show.EMPTY
        return "On" if row.is_tracked else "Off"

    @display(description="Last changed")
    def updated(self, row: VendorId) -> str:
        return show.instant(row.updated_at)


def _ids(request: HttpRequest, row: Employee) -> list[Panel]:
    """Under which ids an employee is known, on her page."""
    if not rights.may(request, "vendor_keys", "read"):
        return []
    ids = VendorId.objects.filter(kind=IdKind.PERSON, object_id=row.pk).order_by("vendor")
    cells = [(one.get_vendor_display(), Link(one.external_id, link_to(one))) for one in ids]
    return [
        Panel("Ids at vendors' doors", ("Vendor", "Id"), cells, "None yet: each is made when its door first sees her.")
    ]


employee_panels.sources.append(_ids)
