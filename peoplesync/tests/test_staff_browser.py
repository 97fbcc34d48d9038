"""A real Chromium at a real server: sign in, decide, see it in the log; and what the browser's console says meanwhile."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connections
from django.urls import reverse

from hr.services import leaves
from hr.tests import timetable
from hr.tests.builders import PASSWORD

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine: install Debian's package chromium"),
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]


@pytest.fixture
def page(server: str) -> Iterator[Any]:
    """A page at the server; its console's complaints gather in `page.complaints`."""
    from playwright.sync_api import sync_playwright  # only machines with a browser have use for it

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        opened = browser.new_page(base_url=server)
        opened.complaints = []
        opened.on("console", lambda said: opened.complaints.append(said.text) if said.type == "error" else None)
        opened.on("pageerror", lambda error: opened.complaints.append(str(error)))
        yield opened
        browser.close()


def _sign_in(page: Any, email: str) -> None:
    page.goto("/admin/")
    page.fill("#id_username", email)
    page.fill("#id_password", PASSWORD)
    page.click("[type=submit]")
    page.wait_for_selector("text=Today")


def _in_a_thread(act: Any) -> Any:
    """Playwright runs a loop in this thread, where Django refuses to speak to the database."""
    from concurrent.futures import ThreadPoolExecutor

    def run() -> Any:
        try:
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


@pytest.fixture
def asked(transactional_db: None, cast: Any) -> Any:
    timetable.schedule(is_default=True)
    timetable.leave_type()
    return leaves.request(
        employee=cast.employee.employee,
        leave_type="annual",
        start_date=date(2026, 12, 1),
        end_date=date(2026, 12, 2),
        days=Decimal(2),
        reason="<img src=x onerror=alert(1)>",
        by=cast.employee,
        at=datetime(2026, 11, 1, 3, tzinfo=UTC),
    )


def test_hr_signs_in_approves_a_leave_and_sees_it_in_the_log(asked: Any, page: Any) -> None:
    _sign_in(page, "hana@example.com")
    page.goto("/admin/hr/leave/?status__exact=pending")
    page.click("text=Ema")
    page.click("a:has-text('Approve')")
    page.fill("#id_note", "Enjoy")
    page.click("button:has-text('Approve')")
    page.wait_for_selector("text=Approved: Ema")
    page.goto("/admin/core/activitylog/?q=leave.approved")
    assert page.locator("#result_list tbody tr").count() == 1
    assert "hana@example.com" in page.inner_text("#result_list")
    assert page.complaints == []
    assert _in_a_thread(lambda: type(asked).objects.get().status) == "approved"


def test_every_page_of_the_navigation_runs_under_its_policy(cast: Any, page: Any) -> None:
    _sign_in(page, "sara@example.com")
    links = page.eval_on_selector_all("#nav-sidebar-apps a", "all => all.map(one => one.getAttribute('href'))")
    assert len(links) > 15
    for link in [*links, reverse("admin:hr_employee_add"), reverse("admin:hr_periodlock_act_lock")]:
        page.goto(link)
        assert page.complaints == [], link


def test_a_list_is_filtered_by_what_is_chosen_in_its_filters(cast: Any, page: Any) -> None:
    _sign_in(page, "hana@example.com")
    page.goto(reverse("admin:hr_employee_changelist"))
    people = page.locator("#result_list tbody tr").count()
    page.click("text=Filters")
    page.locator("#changelist-filter .select2-selection").last.click()
    page.fill(".select2-search__field", "sal")
    page.click(".select2-results__option:has-text('Sales')")
    page.click("#changelist-filter button:has-text('Apply')")
    page.wait_for_url("**department__id__exact=*")
    assert 0 < page.locator("#result_list tbody tr").count() < people
    assert page.complaints == []


def test_choosing_a_person_by_typing_works(cast: Any, page: Any) -> None:
    _sign_in(page, "hana@example.com")
    page.goto(reverse("admin:hr_periodlock_act_lock"))
    page.click(".select2-selection")
    page.fill(".select2-search__field", "ema")
    page.click(".select2-results__option:has-text('Ema')")
    page.fill("#id_first_on", "2026-10-01")
    page.fill("#id_last_on", "2026-10-31")
    page.click("button:has-text('Lock a period')")
    page.wait_for_selector("text=is locked for")
    assert page.complaints == []


def test_the_api_documents_itself_without_the_internet(cast: Any, page: Any) -> None:
    page.goto("/api/docs")
    page.wait_for_selector(".opblock")
    assert page.complaints == []
    page.goto("/api/redoc")
    page.wait_for_selector("h2:has-text('List activity logs')")
    assert [said for said in page.complaints if "logo-mini.svg" not in said] == []
