"""Users and roles: who may sign in, and as what. Locking somebody out ends her sessions at once, by the service."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from hr.authentication import TooManyGuesses, checked
from hr.models import Role, User
from hr.selectors import users as user_rows
from hr.services import passwords, roles, sessions, users
from peoplesync.core.staff import show
from peoplesync.core.staff.acts import Act
from peoplesync.core.staff.model_admin import ModelAdmin, register
from peoplesync.core.staff.theme import RelatedDropdownFilter, StaffForm, ThemedPasswordForm, display


class RolesField(forms.ModelMultipleChoiceField):
    """Roles to tick, each with what it may do."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name}: {obj.description}" if obj.description else str(obj.name)


class UserForm(StaffForm):
    roles = RolesField(queryset=Role.objects.alive(), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if "roles" in self.fields and self.instance.pk and not self.instance._state.adding:
            self.initial["roles"] = list(
                Role.objects.alive().filter(user_roles__user=self.instance, user_roles__deleted_at=None)
            )


class NewUserForm(UserForm):
    password = forms.CharField(widget=forms.PasswordInput, strip=False, help_text="At least ten characters.")


class PasswordForm(forms.Form):
    password = forms.CharField(widget=forms.PasswordInput, strip=False, help_text="At least ten characters.")


class OwnPasswordForm(ThemedPasswordForm):
    """One's own password through the service: every other session ends, the API's tokens included.

    Guesses at the old one are counted with those at the sign-in: whoever found a browser open learns no password.
    """

    def __init__(self, request: HttpRequest, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.request = request

    def clean_old_password(self) -> str:
        given = str(self.cleaned_data["old_password"])
        try:
            known = checked(self.request, email=self.user.email, password=given)
        except TooManyGuesses as locked:
            raise forms.ValidationError(locked.sentence) from None
        if known is None:
            raise forms.ValidationError(self.error_messages["password_incorrect"], code="password_incorrect")
        self.checked = known.password
        return given

    def save(self, commit: bool = True) -> User:
        given = self.cleaned_data["new_password1"]
        passwords.change(user=self.user, new_password=given, by=self.user, at=timezone.now(), instead_of=self.checked)
        self.user.refresh_from_db(fields=["token_version"])  # the view ties the session in use to the new state
        return self.user


def _sign_in_tried(request: HttpRequest, is_in: bool) -> None:
    if is_in and isinstance(request.user, User):
        sessions.entered(user=request.user, at=timezone.now())
    elif not is_in:
        typed = "".join(filter(str.isprintable, request.POST.get("username", "")[:255]))
        sessions.refused(email=typed, at=timezone.now())


admin.site.password_form = lambda request: partial(OwnPasswordForm, request)
admin.site.sign_in_tried = _sign_in_tried


def _lock_out(request: HttpRequest, row: User, values: dict[str, Any]) -> str:
    users.update(user=row, changes={"is_active": False}, by=request.user, at=timezone.now())
    return f"{row} is locked out everywhere."


def _let_in(request: HttpRequest, row: User, values: dict[str, Any]) -> str:
    users.update(user=row, changes={"is_active": True}, by=request.user, at=timezone.now())
    return f"{row} may sign in again."


def _set_password(request: HttpRequest, row: User, values: dict[str, Any]) -> str:
    users.update(user=row, changes={"password": values["password"]}, by=request.user, at=timezone.now())
    return f"{row} has a new password, and every session of hers has ended."


def _delete(request: HttpRequest, row: User, values: dict[str, Any]) -> str:
    users.delete(user=row, by=request.user, at=timezone.now())
    return f"{row} is gone from every list."


@register(User)
class UserAdmin(ModelAdmin):
    """Everybody who may sign in."""

    resource = "users"
    write_action = "write"
    section, icon, position = "People", "key", 30
    list_display = ("email", "employee", "held", "state", "entered")
    list_filter = ("is_active", ("roles", RelatedDropdownFilter))
    search_fields = ("email", "employee__first_name", "employee__last_name", "employee__employee_number")
    search_help_text = "An e-mail address, a name or an employee number"
    autocomplete_fields = ("employee",)
    readonly_fields = ("state", "entered")
    form = UserForm
    acts: ClassVar[tuple[Act, ...]] = (
        Act(
            name="lock_out",
            label="Lock out",
            icon="lock_person",
            question="Lock this user out? Every session ends at once, on every device.",
            action="write",
            run=_lock_out,
            offered=lambda row: row.is_active,
            is_dangerous=True,
        ),
        Act(
            name="let_in",
            label="Let in again",
            icon="lock_open_right",
            question="Let this user sign in again?",
            action="write",
            run=_let_in,
            offered=lambda row: not row.is_active,
        ),
        Act(
            name="password",
            label="Set password",
            icon="password",
            question="Set a new password? Every session of this user ends.",
            action="write",
            run=_set_password,
            form=PasswordForm,
        ),
        Act(
            name="delete",
            label="Delete",
            icon="delete",
            question="Take this user out of every list? What she did stays in the log.",
            action="write",
            run=_delete,
            is_dangerous=True,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        return user_rows.with_roles(super().get_queryset(request))

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if not self.has_change_permission(request):
            return super().get_form(request, obj, change=change, **{**kwargs, "form": forms.ModelForm})
        return super().get_form(request, obj, change=change, **{**kwargs, "form": UserForm if change else NewUserForm})

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if obj is None:
            return ("email", "password", "employee", "roles")
        if not self.has_change_permission(request):
            return ("email", "employee", "held", "state", "entered")
        return ("email", "employee", "roles", "state", "entered")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("held", "state", "entered")

    def create(self, request: HttpRequest, values: dict[str, Any]) -> User:
        return users.create(**_as_service(values), by=request.user, at=self.now())

    def change(self, request: HttpRequest, row: User, values: dict[str, Any]) -> User:
        return users.update(user=row, changes=_as_service(values), by=request.user, at=self.now())

    @display(description="Roles")
    def held(self, row: Any) -> str:
        return ", ".join(sorted(row.held_roles)) or "none"

    @display(description="State", label={"May sign in": "success", "Locked out": "danger"})
    def state(self, row: User) -> str:
        if not row.is_active:
            return "Locked out"
        return "May sign in" if row.has_usable_password() else "No password: a service"

    @display(description="Last signed in")
    def entered(self, row: User) -> str:
        return show.instant(row.last_login)


def _as_service(values: dict[str, Any]) -> Any:
    """Form values as the service takes them: ids and names instead of rows."""
    given = dict(values)
    if "employee" in given:
        employee = given.pop("employee")
        given["employee_id"] = employee and employee.pk
    if "roles" in given:
        given["roles"] = [role.name for role in given["roles"]]
    return given


@register(Role)
class RoleAdmin(ModelAdmin):
    """Roles. What each may do stands in the rights matrix."""

    resource = "roles"
    write_action = "write"
    section, icon, position = "People", "shield_person", 40
    list_display = ("name", "description")
    search_fields = ("name",)
    search_help_text = "A name"
    fields = ("name", "description")

    def create(self, request: HttpRequest, values: dict[str, Any]) -> Role:
        return roles.create(**values, by=request.user, at=self.now())

    def change(self, request: HttpRequest, row: Role, values: dict[str, Any]) -> Role:
        return roles.update(role=row, changes=values, by=request.user, at=self.now())  # type: ignore[arg-type]
