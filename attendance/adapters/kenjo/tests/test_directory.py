"""Kenjo's people, places, categories and expected hours."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from attendance.adapters.kenjo import directory

ID = "80a2db290da29e126a18789a"


def test_employees_leave_out_what_they_lack():
    john = directory.Employee(ID, "john@acme.io", True, "E-000001")
    assert directory.write_employee(john) == {
        "_id": ID,
        "email": "john@acme.io",
        "isActive": True,
        "externalId": "E-000001",
    }
    assert directory.write_employee(directory.Employee(ID, None, False)) == {"_id": ID, "isActive": False}


def test_accounts_offices_and_departments_leave_out_what_they_lack():
    account = directory.Account(ID, "a@b.c", True, "John", "Doo", "John Doo", "c" * 24, "d" * 24, "e" * 24)
    assert directory.write_account(account) == {
        "_id": ID,
        "email": "a@b.c",
        "isActive": True,
        "firstName": "John",
        "lastName": "Doo",
        "displayName": "John Doo",
        "companyId": "c" * 24,
        "officeId": "d" * 24,
        "departmentId": "e" * 24,
    }
    assert directory.write_office(directory.Office(ID, "Berlin", street="Unter den Linden 1")) == {
        "_id": ID,
        "name": "Berlin",
        "street": "Unter den Linden 1",
    }
    assert directory.write_department(directory.Department(ID, "Sales")) == {"_id": ID, "name": "Sales"}


def test_only_child_categories_name_a_parent():
    project = directory.Category(ID, "Project", True)
    absence = directory.Category("b" * 24, "Absence", False, parent_id=ID)
    assert directory.write_category(project) == {"_id": ID, "name": "Project", "isActive": True}
    assert directory.write_category(absence) == {
        "_id": "b" * 24,
        "name": "Absence",
        "parentCategoryId": ID,
        "isActive": False,
    }


def test_expected_hours_say_the_same_time_in_hours_and_in_minutes():
    row = directory.Expected(ID, ((date(2020, 1, 1), 480), (date(2020, 1, 2), 456), (date(2020, 1, 3), 0)))
    assert directory.write_expected([row], page=1, limit=50, total=1) == {
        "data": [
            {
                "userId": ID,
                "days": [
                    {"date": "2020-01-01", "expectedHours": 8, "expectedMinutes": 480},
                    {"date": "2020-01-02", "expectedHours": Decimal("7.6"), "expectedMinutes": 456},
                    {"date": "2020-01-03", "expectedHours": 0, "expectedMinutes": 0},
                ],
                "totalExpectedHours": Decimal("15.6"),
                "totalExpectedMinutes": 936,
            }
        ],
        "metadata": {"count": 1, "offset": 1, "limit": 50, "total": 1},
    }


@given(st.integers(0, 10**6))
def test_hours_are_within_half_a_hundredth_of_the_minutes(minutes):
    assert abs(Decimal(directory.hours(minutes)) * 60 - minutes) <= Decimal("0.3")
