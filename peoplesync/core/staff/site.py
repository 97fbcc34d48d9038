"""The staff site: who may enter, what stands in the navigation, pages that belong to no model, the dashboard.

Apps add to it from their `admin.py`: model pages by `register`, other pages by `site.page`, figures by `site.figure`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.auth.views import PasswordChangeView
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import dateformat, timezone

from peoplesync.core.staff import door, rights, show
from peoplesync.core.staff.door import House
from peoplesync.core.staff.naming import Link
from peoplesync.core.staff.theme import ThemedPasswordForm, ThemedSignInForm, ThemedSite
from peoplesync.kernel.roles import STAFF

#: Groups of the navigation, in their order.
SECTIONS = ("People", "Presence", "Leave", "Pay", "Organisation", "System")


@dataclass(frozen=True, slots=True)
class Page:
    """A staff page that belongs to no model. `resource` and `action` say in the matrix who may open it."""

    path: str
    name: str
    title: str
    section: str
    icon: str
    resource: str
    action: str
    view: Callable[..., HttpResponse]
    position: int = 50
    in_navigation: bool = True
    #: Only for those who reach every row.
    needs_all: bool = False

    def is_open_to(self, request: HttpRequest) -> bool:
        reach = rights.reach_of(request, self.resource, self.action)
        return reach is rights.Scope.ALL if self.needs_all else reach >= rights.Scope.DEPARTMENT


@dataclass(frozen=True, slots=True)
class Figure:
    """One number (or word) on the dashboard, with the page it leads to. `count` runs at most one statement.

    A figure that calls stands in front while it is not zero: somebody has to do something.
    """

    title: str
    icon: str
    resource: str
    action: str
    link: Callable[[], str]
    count: Callable[[HttpRequest], Any]
    note: str = ""
    position: int = 50
    #: It counts what is the reader's own, as far as the matrix gives her that.
    is_own: bool = False
    calls: Callable[[Any], bool] = lambda count: False


class SignInForm(ThemedSignInForm):
    """One sentence for a wrong password and for an account without a staff role: nobody learns which accounts there are."""

    error_messages: ClassVar[dict[str, str]] = {
        **ThemedSignInForm.error_messages,
        "invalid_login": "That did not work. Check the address and the password; these pages are for accounts with a staff "
        "role. Everybody else uses the app.",
    }


class StaffSite(ThemedSite):
    """Entered by live users with at least one staff role."""

    login_form = SignInForm
    index_template = "admin/dashboard.html"
    empty_value_display = show.EMPTY
    enable_nav_sidebar = True

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.pages: dict[str, Page] = {}
        self.figures: list[Figure] = []
        #: Apps add what the search box finds beside pages: (request, what was typed) -> (what it is, its page) pairs.
        self.finders: list[Callable[[HttpRequest, str], list[tuple[str, Link]]]] = []
        #: Name, zone and currency of the organisation; the app that knows it sets this.
        self.house_of: Callable[[], House] = House
        #: Told after each try to sign in at this site whether it went well: then `request.user` is who got in.
        self.sign_in_tried: Callable[[HttpRequest, bool], None] = lambda request, is_in: None
        #: Where staff change their own password; the app that knows users sets one that saves through its service.
        self.password_form: Callable[[HttpRequest], Callable[..., Any]] = lambda request: ThemedPasswordForm

    def has_permission(self, request: HttpRequest) -> bool:
        user: Any = request.user
        return bool(user.is_authenticated and user.is_active and STAFF.intersection(user.role_names))

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Take a model's page only if it asks the rights matrix: what libraries bring of their own stays outside."""
        if admin_class is not None and issubclass(admin_class, rights.MatrixRights):
            super().register(model_or_iterable, admin_class, **options)

    def page(self, page: Page) -> None:
        """Add a page that belongs to no model."""
        self.pages[page.name] = page

    def figure(self, figure: Figure) -> None:
        """Add a number to the dashboard."""
        self.figures.append(figure)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        return door.guarded(super().admin_view(view, cacheable), lambda: self.house_of())

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        answer = door.sparingly(door.themed(super().login))(request, extra_context)
        if request.method == "POST" and answer.status_code != 429:
            self.sign_in_tried(request, answer.status_code == 302)
        if "HX-Request" in request.headers:
            answer["HX-Refresh"] = "true"  # a part of a page was asked for after the session's end: load the whole page
        return answer

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        shown = {**self.each_context(request), **(extra_context or {})}
        done = reverse(f"{self.name}:password_change_done")
        view = PasswordChangeView.as_view(form_class=self.password_form(request), success_url=done, extra_context=shown)
        return door.sparingly(view)(request)

    def get_urls(self) -> list[URLPattern]:
        own = [path(f"{page.path}/", self.admin_view(_opened(page)), name=page.name) for page in self.pages.values()]
        # Not Django's way from a row to its page elsewhere: there are no such pages, and it asks no matrix.
        return own + [url for url in super().get_urls() if getattr(url, "name", None) != "view_on_site"]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Also what the reader is here, which stands below her address."""
        roles = sorted(getattr(request.user, "role_names", ()))
        return {**super().each_context(request), "roles": ", ".join(role.replace("_", " ") for role in roles)}

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Only an app's own page lists its models so; every other page has `sections`, and need not ask all of this."""
        return list(super().get_app_list(request, app_label)) if app_label else []

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """The dashboard: one statement for each figure the reader may see."""
        now = f"{dateformat.format(timezone.localtime(), 'l, j F Y, H:i T')}"
        shown = {"figures": self._figures(request), "title": "Today", "now": now, **(extra_context or {})}
        return super().index(request, shown)

    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """What the box above the navigation offers: pages the reader may open, then what the finders know."""
        term = " ".join(request.GET.get("s", "").split())[:100]
        if not term:
            return HttpResponse()
        pages = [
            (section.get("title", ""), Link(item["title"], item["link"]))
            for section in self.sections(request)
            for item in section["items"]
            if term.casefold() in item["title"].casefold()
        ]
        found = [*pages, *(one for finder in self.finders for one in finder(request, term))]
        return TemplateResponse(request, "admin/found.html", {"found": found})

    def _figures(self, request: HttpRequest) -> list[dict[str, Any]]:
        found = [
            (figure, figure.count(request))
            for figure in sorted(self.figures, key=lambda figure: figure.position)
            if rights.reach_of(request, figure.resource, figure.action)
            >= (rights.Scope.OWN if figure.is_own else rights.Scope.DEPARTMENT)
        ]
        return sorted(
            [
                {
                    "title": figure.title,
                    "icon": figure.icon,
                    "note": figure.note,
                    "link": figure.link(),
                    "count": f"{count:,}" if isinstance(count, int) else count,
                    "calls": figure.calls(count),
                }
                for figure, count in found
            ],
            key=lambda shown: not shown["calls"],
        )

    def sections(self, request: HttpRequest) -> list[dict[str, Any]]:
        """The navigation this reader gets: groups by noun, only what she may open."""
        found: dict[str, list[tuple[int, dict[str, Any]]]] = {section: [] for section in SECTIONS}
        for page in self.pages.values():
            if page.in_navigation and page.is_open_to(request):
                link = _address(f"admin:{page.name}")
                found[page.section].append((page.position, _item(page.title, page.icon, link)))
        for model, model_admin in self._registry.items():
            if model_admin.section and model_admin.has_view_permission(request):
                link = _address(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
                found[model_admin.section].append(
                    (model_admin.position, _item(model_admin.title, model_admin.icon, link))
                )
        home = {"items": [_item("Today", "home", _address("admin:index"))]}
        groups = [
            {"title": section, "items": [item for _, item in sorted(items, key=lambda pair: pair[0])]}
            for section, items in found.items()
            if items
        ]
        return [home, *groups]


@cache
def _address(name: str) -> str:
    """Where a page of the navigation is: the same on every page of the process."""
    return reverse(name)


def _item(title: str, icon: str, link: str) -> dict[str, Any]:
    return {"title": title, "icon": icon, "link": link}


def _opened(page: Page) -> Callable[..., HttpResponse]:
    def view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not page.is_open_to(request):
            raise PermissionDenied
        return page.view(request, *args, **kwargs)

    return view


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """What the theme asks for its sidebar (named in the settings)."""
    return admin.site.sections(request)


def whose(request: HttpRequest) -> str:
    """The line below the product's name: whose pages these are, and in which zone times are shown."""
    house: House = getattr(request, "house", None) or House()
    return f"{house.name} · {house.zone}" if house.name else ""


def shown_on(
    request: HttpRequest, title: str, template: str, values: dict[str, Any], status: int = 200
) -> HttpResponse:
    """A page of the site around our own template."""
    context = {**admin.site.each_context(request), "title": title, **values}
    return TemplateResponse(request, template, context, status=status)
