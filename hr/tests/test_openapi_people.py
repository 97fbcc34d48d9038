"""The OpenAPI document names people's operations and schemas as the contract does, field for field."""

import pytest
from drf_spectacular.generators import SchemaGenerator

TITLES = {
    ("post", "/auth/login"): ("Authenticate user", "200"),
    ("get", "/auth/me"): ("Get current user", "200"),
    ("get", "/roles"): ("List all roles", "200"),
    ("post", "/roles"): ("Create a new role", "201"),
    ("get", "/roles/{id}"): ("Get role details", "200"),
    ("put", "/roles/{id}"): ("Update role", "200"),
    ("get", "/departments"): ("List all departments", "200"),
    ("post", "/departments"): ("Create a new department", "201"),
    ("get", "/departments/{id}"): ("Get department details", "200"),
    ("put", "/departments/{id}"): ("Update department", "200"),
    ("get", "/employees"): ("List employees", "200"),
    ("post", "/employees"): ("Create employee", "201"),
    ("get", "/employees/{id}"): ("Get employee details", "200"),
    ("put", "/employees/{id}"): ("Update employee", "200"),
    ("get", "/jobs/{job_id}"): ("Check job status", "200"),
    ("get", "/settings"): ("Get organization settings", "200"),
    ("put", "/settings"): ("Update settings", "200"),
    ("get", "/activity_logs"): ("List activity logs", "200"),
    ("get", "/notifications"): ("List notifications", "200"),
    ("get", "/health"): ("Health check", "200"),
}
#: Schema -> its fields; a name ending in ? is nullable. Included keys are those the contract has.
FIELDS = {
    "AuthLoginRequest": "email password",
    "User": "id email employee_id? is_active roles created_at updated_at",
    "Role": "id name description? created_at",
    "DepartmentCreate": "name code? parent_id?",
    "DepartmentUpdate": "name code? parent_id?",
    "Employee": "id employee_number first_name last_name? email? phone? department_id? department? hired_at? status"
    " current_salary? latest_payroll_id? latest_payroll? created_at updated_at",
    "EmployeeCreate": "employee_number first_name last_name? email? phone? department_id? hired_at? status",
    "EmployeeUpdate": "first_name last_name? email? phone? department_id? status current_salary",
    "ActivityLog": "id user_id? action resource_type resource_id? meta? created_at",
    "Notification": "id user_id title message is_read sent_at? created_at",
    "Setting": "id org_name payroll_cutoff_day timezone created_at updated_at",
    "SettingUpdate": "org_name payroll_cutoff_day timezone",
    "JobStatus": "job_id status progress result? error? created_at updated_at",
    "MetaPagination": "current_page per_page total last_page from? to?",
}
REQUIRED = {
    "AuthLoginRequest": {"email", "password"},
    "DepartmentCreate": {"name"},
    "EmployeeCreate": {"employee_number", "first_name"},
    "DepartmentUpdate": set(),
    "EmployeeUpdate": set(),
    "SettingUpdate": set(),
    "ErrorResponse": {"message", "status"},
}


@pytest.fixture(scope="module")
def document():
    return SchemaGenerator().get_schema(request=None, public=True)


@pytest.mark.parametrize(("operation", "expected"), TITLES.items(), ids=lambda value: " ".join(value))
def test_titles_and_successes_are_the_contracts(document, operation, expected):
    method, path = operation
    found = document["paths"][f"/api/v1{path}"][method]
    assert (found["summary"], expected[1] in found["responses"]) == (expected[0], True)


@pytest.mark.parametrize("name", FIELDS)
def test_schemas_have_the_contracts_fields_and_nullable_marks(document, name):
    properties = document["components"]["schemas"][name]["properties"]
    found = {key + ("?" if shape.get("nullable") else "") for key, shape in properties.items()}
    assert found == set(FIELDS[name].split())


@pytest.mark.parametrize("name", REQUIRED)
def test_bodies_require_what_the_contract_requires(document, name):
    assert set(document["components"]["schemas"][name].get("required", [])) == REQUIRED[name]


def test_enums_stand_where_they_are_used(document):
    schemas = document["components"]["schemas"]
    assert schemas["Employee"]["properties"]["status"]["enum"] == ["active", "terminated", "on_leave"]
    assert schemas["JobStatus"]["properties"]["status"]["enum"] == ["queued", "processing", "completed", "failed"]
    assert "x-spec-enum-id" not in str(document)


def test_reads_that_are_open_to_everybody_document_no_403_and_others_do(document):
    def statuses(path):
        return set(document["paths"][f"/api/v1{path}"]["get"]["responses"])

    for path in ("/departments", "/employees", "/settings", "/auth/me", "/notifications"):
        assert "403" not in statuses(path)
        assert "401" in statuses(path)
    for path in ("/roles", "/users", "/activity_logs"):
        assert "403" in statuses(path)
    assert statuses("/health") == {"200", "400", "503"}
