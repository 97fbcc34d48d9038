"""Employees, accounts and tokens."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.adapters.workly import wire_accounts, wire_employees, wire_tokens
from attendance.adapters.workly.errors import Refused, ValidationFailed
from attendance.adapters.workly.messages import Code
from attendance.adapters.workly.tests.test_punches import DOCUMENTED, faults, json_values
from attendance.adapters.workly.wire import Page
from attendance.adapters.workly.wire_employees import Employee, Login, Named, Photos, Schedule
from attendance.adapters.workly.wire_times import Actual, Scheduled
from peoplesync.kernel.errors import PeopleSyncError

EMPLOYEE_KEYS = {
    "id", "last_name", "first_name", "patronymic", "full_name", "gender", "photos", "start_date", "schedule_start_date",
    "pin_code", "tab_number", "birth_date", "home_address", "home_phone", "work_phone", "mobile_phone", "notes",
    "qrcode", "user", "department", "positions", "schedule", "locations",
}  # fmt: skip
HIRED = date(2015, 3, 14)


def test_an_employee_shows_every_key_and_no_pay() -> None:
    employee = Employee(
        7433, "Мурат", "Ишанов", "Ишанов Мурат", HIRED,
        photos=Photos("https://example.org/s.png"),
        user=Login(139, "m@example.org"),
        department=Named(582, "Отдел"),
        positions=(Named(1052, "Картограф"),),
        schedule=Schedule(10409, "9-18", 2),
        locations=(Named(368, "Второй этаж"),),
        birth_on=date(1977, 9, 10),
    )  # fmt: skip
    shown = wire_employees.employee_json(employee)
    assert set(shown) == EMPLOYEE_KEYS
    assert (shown["id"], shown["start_date"], shown["birth_date"]) == (7433, "2015-03-14", "1977-09-10")
    assert shown["photos"] == {"small": "https://example.org/s.png", "medium": None}
    assert shown["user"] == {"id": 139, "email": "m@example.org"}
    assert shown["positions"] == [{"id": 1052, "title": "Картограф"}]
    assert shown["schedule"] == {"id": 10409, "title": "9-18", "type": 2}


def test_a_bare_employee_shows_every_key_too() -> None:
    shown = wire_employees.employee_json(Employee(1, "A", "B", "B A", HIRED))
    assert set(shown) == EMPLOYEE_KEYS
    assert (shown["patronymic"], shown["notes"], shown["user"], shown["locations"]) == ("", None, None, [])


def test_employees_are_filtered_searched_and_ordered() -> None:
    query = {
        "page": "2",
        "f": "tab_number",
        "fv": "144",
        "ids": "4364, 7134,420",
        "full_name": "Ана",
        "sort": "-birth_date",
    }
    assert wire_employees.employees_query(query) == wire_employees.EmployeesQuery(
        Page(2), "tab_number", "144", (4364, 7134, 420), "Ана", "-birth_date"
    )
    assert wire_employees.employees_query({"f": "department"}).filter_value is None


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"page": "0"}, "page"),
        ({"f": "shoe_size"}, "f"),
        ({"sort": "salary"}, "sort"),
        ({"ids": "1,two"}, "ids"),
        ({"ids": "1;2"}, "ids"),
        ({"full_name": "\x00"}, "full_name"),
    ],
)
def test_a_bad_employees_query_is_8003(query: dict[str, object], field: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        wire_employees.employees_query(query)
    assert faults(refused) == [(field, 8003)]


NEW = {
    "first_name": "Анвар",
    "department_id": 582,
    "locations": ["368", 846],
    "schedule_id": "4507",
    "start_date": "2017-08-22",
    "schedule_start_date": "2017-08-22",
}


def test_an_employee_is_created_with_locations_by_list_text_or_star() -> None:
    read = wire_employees.employee_create(NEW | {"positions": [1049], "bank_book": "IaOb", "username": "a@example.org"})
    assert (read.location_ids, read.position_ids, read.schedule_id) == ((368, 846), (1049,), 4507)
    assert (read.username, read.is_all_locations) == ("a@example.org", False)
    assert wire_employees.employee_create(NEW | {"locations": "12, 31"}).location_ids == (12, 31)
    assert wire_employees.employee_create(NEW | {"locations": 12}).location_ids == (12,)
    everywhere = wire_employees.employee_create(NEW | {"locations": "*"})
    assert (everywhere.location_ids, everywhere.is_all_locations) == (None, True)


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        *(({key: None}, key, 8002) for key in NEW),
        ({"first_name": "Al"}, "first_name", 8003),
        ({"last_name": "x" * 71}, "last_name", 8003),
        ({"gender": "other"}, "gender", 8003),
        ({"birth_date": "06.04.1990"}, "birth_date", 8009),
        ({"start_date": "2017-02-30"}, "start_date", 8009),
        ({"schedule_start_date": "2017-08-21"}, "schedule_start_date", 8010),
        ({"username": "nobody"}, "username", 8007),
        ({"locations": {"id": 1}}, "locations", 8003),
        ({"positions": ["lead"]}, "positions", 8003),
        ({"department_id": "x"}, "department_id", 8003),
    ],
)
def test_a_bad_employee_names_the_field(change: dict[str, object], field: str, code: int) -> None:
    with pytest.raises(ValidationFailed) as refused:
        wire_employees.employee_create(NEW | change)
    assert faults(refused) == [(field, code)]


def test_an_update_needs_only_the_names() -> None:
    read = wire_employees.employee_update({"first_name": "Анвар", "last_name": "Каримов", "notes": ""})
    assert read.sent == {"first_name", "last_name", "notes"}
    with pytest.raises(ValidationFailed) as refused:
        wire_employees.employee_update({})
    assert faults(refused) == [("first_name", 8002), ("last_name", 8002)]


def test_a_dismissal_has_a_last_day() -> None:
    assert wire_employees.dismissal({"exp_date": "2017-08-14"}) == date(2017, 8, 14)
    for body, code in (({}, 8002), ({"exp_date": "14.08.2017"}, 8009)):
        with pytest.raises(ValidationFailed) as refused:
            wire_employees.dismissal(body)
        assert faults(refused) == [("exp_date", code)]


def test_the_counters_have_the_vendors_names() -> None:
    shown = wire_employees.counters_answer(wire_employees.Counters(98, 87, 10, 3, 1))
    documented = next(case for case in DOCUMENTED["requests"] if case["name"] == "heads today")
    assert list(shown) == documented["keys"]
    assert list(shown.values()) == [98, 87, 10, 3, 1]


employee_keys = st.sampled_from([*NEW, "gender", "positions", "username", "birth_date", "exp_date", "notes"])


@given(st.dictionaries(employee_keys, json_values))
def test_no_employee_body_brings_the_readers_down(body: dict[str, object]) -> None:
    for read in (wire_employees.employee_create, wire_employees.employee_update, wire_employees.dismissal):
        try:
            read(body)
        except PeopleSyncError as refused:
            assert isinstance(refused, ValidationFailed | Refused)


def test_an_account_shows_role_day_and_settings() -> None:
    start = datetime(2017, 9, 22, 4, 30, tzinfo=UTC)
    account = wire_accounts.Account(
        1687, "u@example.org", 75, "NEWMAX", wire_accounts.ADMINISTRATOR,
        wire_accounts.Settings(140, 139, "Asia/Tashkent"),
        Scheduled(date(2017, 9, 22), True, 480, start, start.replace(hour=13), None, None),
        Actual(start.replace(hour=10, minute=47), last_event="in"),
    )  # fmt: skip
    shown: Any = wire_accounts.account_answer(account)
    assert list(shown) == next(case["keys"] for case in DOCUMENTED["requests"] if case["name"] == "who am I")
    assert shown["role"] == {"id": 1, "name": "Администратор"}
    assert shown["employee"] is None
    assert (shown["scheduled"]["start_time"], shown["actual"]["late_in"]) == ("2017-09-22 09:30:00", "06:17")
    assert (shown["settings"]["time_zone"], shown["settings"]["lang"]) == ("Asia/Tashkent", "ru")


@pytest.mark.parametrize("language", ["ru", "en", "uz"])
@pytest.mark.parametrize("role", range(1, 6))
def test_every_role_has_a_name(language: str, role: int) -> None:
    settings = wire_accounts.Settings(1, 1, "UTC", language)
    day = Scheduled(date(2024, 1, 1), False)
    account = wire_accounts.Account(1, "u", 1, "C", role, settings, day, Actual(), Employee(1, "A", "B", "B A", HIRED))
    shown: Any = wire_accounts.account_answer(account)
    assert shown["role"]["name"]
    assert set(shown["employee"]) == EMPLOYEE_KEYS


PAIR = {"client_id": "c", "client_secret": "s"}
CLIENT = wire_tokens.Client("c", "s")


@pytest.mark.parametrize(
    ("form", "grant"),
    [
        (
            {"grant_type": "password", "username": "u@example.org", "password": " p "},
            wire_tokens.PasswordGrant(CLIENT, "u@example.org", " p "),
        ),
        ({"grant_type": "refresh_token", "refresh_token": "r"}, wire_tokens.RefreshGrant(CLIENT, "r")),
        ({"grant_type": "client_credentials"}, wire_tokens.ClientGrant(CLIENT)),
    ],
)
def test_three_grants_are_read(form: dict[str, str], grant: object) -> None:
    assert wire_tokens.token_request(PAIR | form) == grant


@pytest.mark.parametrize("name", ["log in", "renew"])
def test_the_documented_token_calls_are_read(name: str) -> None:
    form = next(case["form"] for case in DOCUMENTED["requests"] if case["name"] == name)
    assert wire_tokens.token_request(form).client == wire_tokens.Client("CLIENT", "SECRET")


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({}, 4000),
        (PAIR, 4000),
        ({"grant_type": "password"}, 4000),
        ({"grant_type": "password", "client_id": "c", "client_secret": ""}, 4000),
        (PAIR | {"grant_type": "implicit"}, 7005),
    ],
)
def test_a_bad_token_call_has_the_vendors_number(form: dict[str, str], code: int) -> None:
    with pytest.raises(Refused) as refused:
        wire_tokens.token_request(form)
    assert refused.value.vendor_code == code


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({"grant_type": "password"}, [("username", 8002), ("password", 8002)]),
        ({"grant_type": "password", "username": "u"}, [("password", 8002)]),
        ({"grant_type": "refresh_token"}, [("refresh_token", 8002)]),
    ],
)
def test_a_grant_without_its_fields_is_8002(form: dict[str, str], expected: list[tuple[str, int]]) -> None:
    with pytest.raises(ValidationFailed) as refused:
        wire_tokens.token_request(PAIR | form)
    assert faults(refused) == expected


def test_a_token_answer_has_the_documented_keys_and_spans() -> None:
    shown = wire_tokens.token_answer(access_token="a" * 40, refresh_token="b" * 40)
    assert list(shown) == next(case["keys"] for case in DOCUMENTED["requests"] if case["name"] == "log in")
    assert (shown["expires_in"], shown["token_type"]) == (2_592_000, "bearer")
    assert str(shown["scope"]).startswith("v1:list:employee,")
    assert wire_tokens.REFRESH_SECONDS == 2 * wire_tokens.ACCESS_SECONDS


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (None, Code.NOT_AUTHORISED),
        (" ", Code.NOT_AUTHORISED),
        ("Bearer", Code.INVALID_TOKEN),
        ("Basic abc", Code.INVALID_TOKEN),
        ("abc", Code.INVALID_TOKEN),
    ],
)
def test_only_a_bearer_token_is_read(header: str | None, code: Code) -> None:
    assert wire_tokens.bearer("bearer abc") == "abc"
    with pytest.raises(Refused) as refused:
        wire_tokens.bearer(header)
    assert refused.value.vendor_code is code
