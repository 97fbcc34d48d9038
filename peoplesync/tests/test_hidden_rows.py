"""What one may not see, what was deleted and what never was look the same, and neither is in any list."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db.models import Model
from django.utils import timezone

from peoplesync.core.models import new_id
from peoplesync.tests.routes import ROWS
from peoplesync.tests.test_permissions import filled, ids_of

pytestmark = pytest.mark.django_db
OWNED = sorted(path for path, row in ROWS.items() if row.make and not row.is_shared and path != "employees/<id:id>")
#: Resources whose rows can be deleted, and keep their facts.
DELETED = {
    "attendances", "departments", "employees", "leaves", "notifications", "roles", "salary_components", "schedules",
    "time_clocks", "users", "work_jobs", "work_sites",
}  # fmt: skip
DELETABLE = sorted(path for path, row in ROWS.items() if row.make and row.resource in DELETED and "_id>" not in path)


def told(client: Any, path: str, *ids: Any) -> tuple[int, dict[str, Any]]:
    method = next(iter(ROWS[path].actions))
    answer = client.generic(method, filled(path, *ids), "{}", content_type="application/json")
    return answer.status_code, answer.json()


@pytest.mark.parametrize("path", [path for path in OWNED if "users/" not in path])
def test_somebody_elses_row_is_told_of_in_the_words_of_one_that_never_was(cast, client_of, path):
    client = client_of(cast.employee)
    foreign = told(client, path, *ids_of(ROWS[path], cast, cast.outsider))
    assert foreign == told(client, path, new_id(), new_id())
    assert foreign[0] == 404


def deletable(pk: Any) -> list[tuple[type[Model], Any]]:
    return [
        (model, pk)
        for model in apps.get_models()
        if hasattr(model, "deleted_at") and not hasattr(model, "pgh_tracked_model")
        if model._default_manager.filter(pk=pk).exists()
    ]


@pytest.mark.parametrize("path", DELETABLE)
def test_a_deleted_row_is_gone_from_its_address_and_from_its_list(cast, client_of, path):
    """Its list is the same route without the id."""
    client = client_of(cast.superadmin)
    owner = cast.superadmin if ROWS[path].resource == "notifications" else cast.outsider
    (pk,) = ids_of(ROWS[path], cast, owner)
    found = deletable(pk)
    assert found
    listed = "/api/v1/" + path.split("/<")[0]
    before = client.get(f"{listed}?per_page=1")
    for model, key in found:
        model._default_manager.filter(pk=key).update(deleted_at=timezone.now())
    assert told(client, path, pk) == told(client, path, new_id())
    assert told(client, path, pk)[0] == 404
    if before.status_code == 200:
        assert client.get(f"{listed}?per_page=1").json()["meta"]["total"] == before.json()["meta"]["total"] - 1
