"""The OpenAPI document is the contract's: its 31 operations, 34 schemas and shared responses, name for name, in its order."""

from __future__ import annotations

from typing import Any

import pytest
import simplejson
from drf_spectacular.generators import SchemaGenerator

from peoplesync.tests import routes, shapes

#: Method and path -> title, the schema of the success, its status, and the refusals the contract lists.
OPERATIONS = {
    "post /auth/login": ("Authenticate user", "AuthLoginResponse", 200, "401"),
    "get /auth/me": ("Get current user", "User", 200, "401"),
    "get /roles": ("List all roles", "page of Role", 200, "401 403"),
    "post /roles": ("Create a new role", "Role", 201, "400 401 403"),
    "get /roles/{id}": ("Get role details", "Role", 200, "401 403 404"),
    "put /roles/{id}": ("Update role", "Role", 200, "400 401 403 404"),
    "get /departments": ("List all departments", "page of Department", 200, "401"),
    "post /departments": ("Create a new department", "Department", 201, "400 401 403"),
    "get /departments/{id}": ("Get department details", "Department", 200, "401 404"),
    "put /departments/{id}": ("Update department", "Department", 200, "400 401 403 404"),
    "get /employees": ("List employees", "page of Employee", 200, "401"),
    "post /employees": ("Create employee", "Employee", 201, "400 401 403"),
    "get /employees/{id}": ("Get employee details", "Employee", 200, "401 404"),
    "put /employees/{id}": ("Update employee", "Employee", 200, "400 401 403 404"),
    "post /attendances/clock-in": ("Record clock-in", "Attendance", 201, "400 401 409"),
    "post /attendances/sync": ("Sync offline attendances", "JobStatus", 202, "400 401 409"),
    "get /leaves": ("List leaves", "page of Leave", 200, "401"),
    "post /leaves": ("Create leave request", "Leave", 201, "400 401"),
    "patch /leaves/{id}/approve": ("Approve/reject leave", "Leave", 200, "400 401 403 404"),
    "get /salary_components": ("List all salary components", "page of SalaryComponent", 200, "401"),
    "post /salary_components": ("Create a new salary component", "SalaryComponent", 201, "400 401 403"),
    "get /salary_components/{id}": ("Get salary component details", "SalaryComponent", 200, "401 404"),
    "put /salary_components/{id}": ("Update salary component", "SalaryComponent", 200, "400 401 403 404"),
    "post /payrolls": ("Generate payroll", "JobStatus", 202, "400 401 403 409"),
    "get /jobs/{job_id}": ("Check job status", "JobStatus", 200, "401 404"),
    "post /uploads/presign": ("Get presigned upload URL", "PresignedUrl", 200, "400 401"),
    "get /settings": ("Get organization settings", "Setting", 200, "401 404"),
    "put /settings": ("Update settings", "Setting", 200, "400 401 403"),
    "get /activity_logs": ("List activity logs", "page of ActivityLog", 200, "401 403"),
    "get /notifications": ("List notifications", "page of Notification", 200, "401"),
    "get /health": ("Health check", "HealthCheck", 200, ""),
}
#: Schema -> its fields: `!` must be sent, `?` may be null. Keys that only `include` adds, and our additions, are below.
SCHEMAS = {
    "MetaPagination": "current_page per_page total last_page from? to?",
    "ErrorResponse": "message! status! errors",
    "UUID": "",
    "AuthLoginRequest": "email! password!",
    "User": "id email employee_id? is_active roles created_at updated_at",
    "AuthLoginResponse": "access_token token_type expires_in user",
    "Role": "id name! description? created_at",
    "Department": "id name code? parent_id? created_at",
    "DepartmentCreate": "name! code? parent_id?",
    "DepartmentUpdate": "name code? parent_id?",
    "Employee": "id employee_number first_name last_name? email? phone? department_id? department? hired_at? status"
    " current_salary? latest_payroll_id? latest_payroll? created_at updated_at",
    "EmployeeCreate": "employee_number! first_name! last_name? email? phone? department_id? hired_at? status",
    "EmployeeUpdate": "first_name last_name? email? phone? department_id? status current_salary",
    "Attendance": "id employee_id clock_in clock_out? lat? lng? location? location_accuracy? device_id? photo_url?"
    " source sync_status created_at",
    "AttendanceClockIn": "lat! lng! location! location_accuracy? photo_url?",
    "AttendanceSync": "id? employee_id! clock_in_client_ts! clock_out_client_ts? lat? lng? location?"
    " location_accuracy? device_id? photo_url? source! sync_status?",
    "Leave": "id employee_id leave_type start_date end_date days status approved_by? reason? created_at updated_at",
    "LeaveCreate": "leave_type! start_date! end_date! days! reason?",
    "LeaveApprove": "status! note",
    "SalaryComponent": "id name type default_amount created_at",
    "SalaryComponentCreate": "name! type! default_amount",
    "SalaryComponentUpdate": "name type default_amount",
    "Payroll": "id employee_id period_year period_month gross_amount net_amount status items generated_at? paid_at?"
    " created_at",
    "PayrollItem": "id component_id component_name amount note?",
    "PayrollGenerate": "period_year! period_month! department_id? employee_ids?",
    "PayrollSnapshot": "id employee_id period_year period_month gross_amount net_amount created_at",
    "ActivityLog": "id user_id? action resource_type resource_id? meta? created_at",
    "Notification": "id user_id title message is_read sent_at? created_at",
    "Setting": "id org_name payroll_cutoff_day timezone created_at updated_at",
    "SettingUpdate": "org_name payroll_cutoff_day timezone",
    "JobStatus": "job_id status progress result? error? created_at updated_at",
    "PresignedUrl": "upload_url! file_url! fields? expires_in",
    "PresignRequest": "file_name! file_type! path_prefix?",
    "HealthCheck": "status version timestamp services",
}
OURS = {
    "AuthLoginResponse": "refresh_token",
    "Department": "parent? children",
    "Leave": "employee? approver?",
    "Payroll": "explanation?",
}
#: What a client sends; of what it only reads, every key is always there.
SENT = {
    name for name in SCHEMAS if name.endswith(("Request", "Create", "Update", "ClockIn", "Sync", "Approve", "Generate"))
}
ENUMS = {
    "Employee.status": "active terminated on_leave",
    "EmployeeUpdate.status": "active terminated on_leave",
    "Attendance.source": "mobile web offline",
    "Attendance.sync_status": "pending synced failed",
    "AttendanceSync.source": "mobile web offline",
    "Leave.leave_type": "annual sick permission unpaid",
    "Leave.status": "pending approved rejected",
    "LeaveCreate.leave_type": "annual sick permission unpaid",
    "LeaveApprove.status": "approved rejected",
    "SalaryComponent.type": "fixed variable deduction",
    "SalaryComponentCreate.type": "fixed variable deduction",
    "Payroll.status": "draft generated posted",
    "JobStatus.status": "queued processing completed failed",
}
TYPES = {
    "MetaPagination.total": ("integer", None),
    "User.id": ("string", "uuid"),
    "User.email": ("string", "email"),
    "AuthLoginResponse.expires_in": ("integer", None),
    "Employee.current_salary": ("number", None),
    "Employee.hired_at": ("string", "date"),
    "Attendance.clock_in": ("string", "date-time"),
    "Attendance.lat": ("number", None),
    "Attendance.location_accuracy": ("number", None),
    "Attendance.photo_url": ("string", "uri"),
    "AttendanceClockIn.photo_url": ("string", "uri"),
    "AttendanceSync.id": ("string", None),
    "AttendanceSync.photo_url": ("string", "uri"),
    "Leave.days": ("number", None),
    "SalaryComponent.default_amount": ("number", None),
    "Payroll.gross_amount": ("number", None),
    "Payroll.items": ("array", None),
    "Payroll.explanation": ("array", None),
    "PayrollItem.component_id": ("string", "uuid"),
    "ActivityLog.meta": ("object", None),
    "Setting.payroll_cutoff_day": ("integer", None),
    "JobStatus.job_id": ("string", None),
    "PresignedUrl.upload_url": ("string", "uri"),
    "PresignedUrl.fields": ("object", None),
}
RESPONSES = ["Unauthorized", "Forbidden", "NotFound", "ValidationError", "Conflict"]


@pytest.fixture(scope="module")
def document() -> Any:
    return routes.document()


def operation(document: Any, key: str) -> Any:
    method, path = key.split()
    return document["paths"][f"/api/v1{path}"][method]


@pytest.mark.parametrize("key", OPERATIONS)
def test_an_operation_has_the_contracts_title_success_and_refusals(document, key):
    title, _, status, refusals = OPERATIONS[key]
    found = operation(document, key)
    responses = set(found["responses"])
    assert found["summary"] == title
    assert {code for code in responses if code.startswith("2")} == {str(status)}
    assert set(refusals.split()) <= responses
    for code in ("403", "404"):
        assert (code in responses) == (code in refusals.split()), code
    assert ("security" in found) == (key not in ("post /auth/login", "get /health"))


@pytest.mark.parametrize("key", [key for key in OPERATIONS if not key.endswith("/health")])
def test_an_answer_is_the_schema_and_its_example_is_one(document, key):
    _, schema, status, _ = OPERATIONS[key]
    content = operation(document, key)["responses"][str(status)]["content"]["application/json"]
    name = content["schema"]["$ref"].removeprefix("#/components/schemas/")
    assert name == (f"Paginated{schema.removeprefix('page of ')}List" if schema.startswith("page") else schema)
    (example,) = content["examples"].values()
    if not schema.startswith("page"):  # the library wraps a page's example in a way of its own
        shapes.check(simplejson.loads(simplejson.dumps(example["value"]), use_decimal=True), schema)


@pytest.mark.parametrize("key", [key for key in OPERATIONS if not key.startswith("get")])
def test_a_body_has_an_example_with_nothing_the_schema_does_not_know(document, key):
    body = operation(document, key)["requestBody"]["content"]["application/json"]
    schema = document["components"]["schemas"][body["schema"]["$ref"].rsplit("/", 1)[1]]
    (example,) = body["examples"].values()
    assert set(schema.get("required", ())) <= set(example["value"]) <= set(schema["properties"])


def marked(name: str, schema: Any) -> set[str]:
    required = schema.get("required", ()) if name in SENT or name in ("Role", "ErrorResponse") else ()
    if name == "PresignedUrl":
        required = ("upload_url", "file_url")
    return {
        key + ("!" if key in required else "") + ("?" if shape.get("nullable") else "")
        for key, shape in schema.get("properties", {}).items()
    }


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_has_the_contracts_fields(document, name):
    found = marked(name, document["components"]["schemas"][name])
    assert found == {*SCHEMAS[name].split(), *OURS.get(name, "").split()}


@pytest.mark.parametrize("place", ENUMS)
def test_an_enum_stands_where_it_is_used(document, place):
    name, field = place.split(".")
    assert document["components"]["schemas"][name]["properties"][field]["enum"] == ENUMS[place].split()


@pytest.mark.parametrize("place", TYPES)
def test_a_field_has_its_type(document, place):
    name, field = place.split(".")
    found = document["components"]["schemas"][name]["properties"][field]
    assert (found["type"], found.get("format")) == TYPES[place]


def test_our_own_schemas_have_names_of_the_house_and_not_of_a_class(document):
    schemas = set(document["components"]["schemas"])
    assert {"AttendanceDay", "AttendanceToday", "AttendanceException", "AttendanceSyncRecord"} <= schemas
    assert not schemas & {"Exception", "ExceptionResolve", "DaySummary", "Today", "SyncRecord"}


def test_schemas_responses_and_paths_come_in_the_contracts_order(document):
    components = document["components"]
    assert list(components["schemas"])[: len(SCHEMAS)] == list(SCHEMAS)
    assert list(components["responses"])[: len(RESPONSES)] == RESPONSES
    for name in RESPONSES:
        content = components["responses"][name]["content"]["application/json"]
        assert content["schema"] == {"$ref": "#/components/schemas/ErrorResponse"}
    parts = list(dict.fromkeys(key.split("/")[1] for key in OPERATIONS))
    assert [tag["name"] for tag in document["tags"]][: len(parts)] == parts
    assert "x-spec-enum-id" not in str(document)


@pytest.mark.parametrize(
    ("query", "accept", "kind"),
    [
        ("", "*/*", "application/json"),
        ("", "text/html", "application/json"),
        ("", "application/yaml", "application/yaml"),
        ("", "application/vnd.oai.openapi+json", "application/vnd.oai.openapi+json"),
        ("?format=json", "application/yaml", "application/json"),
        ("?format=yaml", "*/*", "application/yaml"),
    ],
)
def test_the_document_is_json_unless_yaml_is_asked_for(client, monkeypatch, query, accept, kind):
    monkeypatch.setattr(SchemaGenerator, "get_schema", lambda *_, **__: {"openapi": "3.0.3"})
    answer = client.get(f"/api/schema{query}", HTTP_ACCEPT=accept)
    assert (answer.status_code, answer["Content-Type"].split(";")[0]) == (200, kind)
    is_json = answer.content.lstrip().startswith(b"{")
    assert is_json == kind.endswith("json")


def test_a_format_the_document_does_not_have_is_refused(client):
    answer = client.get("/api/schema?format=xml")
    assert (answer.status_code, answer.json()["errors"]) == (400, {"format": ["Give json or yaml."]})


def test_headers_and_bounds_are_documented(document):
    for key in ("post /attendances/sync", "post /payrolls"):
        found = operation(document, key)
        (header,) = [each for each in found["parameters"] if each["name"] == "Idempotency-Key"]
        assert (header["in"], header["required"], header["schema"]["format"]) == ("header", True, "uuid")
        assert "Location" in found["responses"]["202"]["headers"]
    snapshot = operation(document, "get /payrolls/{id}/snapshot")
    assert "include" not in {each["name"] for each in snapshot["parameters"]}
    parameters = {each["name"]: each["schema"] for each in operation(document, "get /employees")["parameters"]}
    assert set(parameters) >= {"page", "per_page", "include", "department_id", "status", "search", "ordering"}
    assert parameters["per_page"] == {"type": "integer", "default": 25, "minimum": 1, "maximum": 100}
    assert (parameters["page"]["default"], parameters["page"]["minimum"]) == (1, 1)
    assert sorted(parameters["status"]["enum"]) == ["active", "on_leave", "terminated"]
