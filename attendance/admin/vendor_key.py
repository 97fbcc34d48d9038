"""Keys of the foreign clocking APIs: issued (shown once), rotated, revoked. Secrets are stored hashed and never shown again."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from attendance.models.vendor_key import Vendor, VendorKey
from attendance.services import vendor_keys
from hr.admin.choices import DepartmentsField, EmployeeField, EmployeesField, WorkSitesField
from hr.models import Department, Employee, WorkSite
from peoplesync.core.staff import show
from peoplesync.core.staff.acts import Act
from peoplesync.core.staff.model_admin import ModelAdmin, Panel, register
from peoplesync.core.staff.site import shown_on
from peoplesync.core.staff.theme import ChoicesDropdownFilter, display


class ReachForm(forms.Form):
    departments = DepartmentsField(help_text="Whom it reaches; with the people below. Nothing named is everybody.")
    employees = EmployeesField(label="People")
    sites = WorkSitesField(label="Work sites", help_text="Which places it reaches. Nothing named is all of them.")


class IssueForm(ReachForm):
    field_order = ("vendor", "name", "employee")
    vendor = forms.ChoiceField(choices=Vendor.choices)
    name = forms.CharField(max_length=100, help_text="What the key is for: a terminal, an integration.")
    employee = EmployeeField(
        label="One person's key", required=False, help_text="It stands for her alone. Leave it empty for any other key."
    )


def _scope(values: dict[str, Any]) -> vendor_keys.Scope:
    chosen = {name: [each.pk for each in values.pop(f"{name}s")] for name in ("department", "employee", "site")}
    return vendor_keys.Scope(chosen["employee"], chosen["department"], chosen["site"])


def _issue(request: HttpRequest, row: Any, values: dict[str, Any]) -> HttpResponse:
    scope = _scope(values)
    return _once(request, vendor_keys.issue(**values, scope=scope, by=request.user, at=timezone.now()))


def _reach_form(model_admin: Any, request: HttpRequest, row: VendorKey) -> Any:
    held = {"departments": row.department_ids, "employees": row.employee_ids, "sites": row.site_ids}
    return partial(ReachForm, initial=held)


def _rescope(request: HttpRequest, row: VendorKey, values: dict[str, Any]) -> str:
    vendor_keys.rescope(key=row, scope=_scope(values), by=request.user, at=timezone.now())
    return f"{row} reaches whom you chose from its next call on."


def _rotate(request: HttpRequest, row: VendorKey, values: dict[str, Any]) -> HttpResponse:
    return _once(request, vendor_keys.rotate(key=row, by=request.user, at=timezone.now()))


def _once(request: HttpRequest, issued: vendor_keys.Issued) -> HttpResponse:
    """The only page that ever shows these secrets; no cache keeps it."""
    values = {"key": issued.key, "credentials": issued.credentials().items()}
    return shown_on(request, "Copy these now", "admin/presence/credentials.html", values)


def _revoke(request: HttpRequest, row: VendorKey, values: dict[str, Any]) -> str:
    vendor_keys.revoke(key=row, by=request.user, at=timezone.now())
    return f"{row} is revoked, with every token made from it."


def _is_live(row: VendorKey) -> bool:
    return row.revoked_at is None


@register(VendorKey)
class VendorKeyAdmin(ModelAdmin):
    """Who may clock through which foreign API."""

    resource = "vendor_keys"
    section, icon, position = "Presence", "vpn_key", 80
    list_display = ("vendor", "name", "hint", "reach", "used", "shown_state", "issued_by")
    list_filter = (("vendor", ChoicesDropdownFilter),)
    list_select_related = ("employee", "issued_by")
    search_fields = ("name", "client_id")
    search_help_text = "A name or a client id"
    fields = ("vendor", "name", "client_id", "hint", "reach", "used", "shown_state", "issued_by")
    list_acts: ClassVar[tuple[Act, ...]] = (
        Act(
            "issue",
            "Issue a key",
            "vpn_key",
            "Issue a key for which vendor? Its secret is shown once.",
            "write",
            _issue,
            form=IssueForm,
        ),
    )
    acts: ClassVar[tuple[Act, ...]] = (
        Act(
            "rotate",
            "Rotate",
            "autorenew",
            "Replace the secret? The old one stops working at once.",
            "write",
            _rotate,
            offered=_is_live,
        ),
        Act(
            "reach",
            "Change reach",
            "hub",
            "Whom and what shall this key reach? It keeps its secret.",
            "write",
            _rescope,
            form=_reach_form,
            offered=lambda row: _is_live(row) and row.employee_id is None,
        ),
        Act(
            "revoke", "Revoke", "block", "End this key at once?", "write", _revoke, offered=_is_live, is_dangerous=True
        ),
    )

    def panels(self, request: HttpRequest, row: VendorKey) -> list[Panel]:
        reached = [
            (word, str(one))
            for word, model, ids in (
                ("Department, with all below it", Department, row.department_ids),
                ("Person", Employee, row.employee_ids),
                ("Work site", WorkSite, row.site_ids),
            )
            if ids
            for one in model.objects.filter(pk__in=ids)
        ]
        tokens = [
            ("Refresh" if one.is_refresh else "Access", show.instant(one.created_at), show.instant(one.expires_at))
            for one in row.tokens.filter(revoked_at=None, expires_at__gt=timezone.now()).order_by("-created_at")[:20]
        ]
        return [
            Panel(
                "Reaches",
                ("What", "Which"),
                reached,
                str(row.employee) if row.employee_id else "Everybody, everywhere.",
            ),
            Panel("Live tokens, the newest 20", ("Kind", "Made", "Ends"), tokens, "None."),
        ]

    @display(description="Reaches")
    def reach(self, row: VendorKey) -> str:
        if row.employee_id:
            return str(row.employee)
        counts = (
            (len(row.department_ids), "department"),
            (len(row.employee_ids), "chosen employee"),
            (len(row.site_ids), "work site"),
        )
        return ", ".join(f"{count} {word}{'s' if count > 1 else ''}" for count, word in counts if count) or "Everybody"

    @display(description="Last used", ordering="last_used_at")
    def used(self, row: VendorKey) -> str:
        return show.instant(row.last_used_at)

    @display(description="State", label={"Live": "success", "Revoked": "danger"})
    def shown_state(self, row: VendorKey) -> str:
        return "Live" if row.revoked_at is None else f"Revoked {show.instant(row.revoked_at)}"
