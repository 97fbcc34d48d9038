"""GET /jobs/{job_id}: one's own, or everybody's for those who oversee them; the same 404 for foreign and unknown."""

import pytest

from peoplesync.core.models import Job

URL = "/api/v1/jobs"


@pytest.fixture
def job(cast):
    return Job.objects.create(
        pk="job_payroll_nov2025", kind="test", user=cast.employee, status="processing", processed=15, total=100
    )


def test_the_answer_is_the_contracts_job_status(cast, job, client_of, django_assert_num_queries):
    client = client_of(cast.employee)
    with django_assert_num_queries(2):
        body = client.get(f"{URL}/{job.pk}").json()
    assert body == {
        "job_id": "job_payroll_nov2025",
        "status": "processing",
        "progress": {"processed": 15, "total": 100},
        "result": None,
        "error": None,
        "created_at": job.created_at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "updated_at": job.updated_at.isoformat(timespec="seconds").replace("+00:00", "Z"),
    }


@pytest.mark.parametrize("result", [None, "500 records: 499 new, 1 known", {"payroll_ids": ["a"]}])
def test_the_result_is_null_a_sentence_or_ids(cast, job, client_of, result):
    Job.objects.filter(pk=job.pk).update(result=result, status="completed")
    assert client_of(cast.employee).get(f"{URL}/{job.pk}").json()["result"] == result


def test_who_reads_whose(cast, job, client_of):
    for role, user in cast.by_role().items():
        expected = 200 if role in {"employee", "hr", "payroll_admin", "auditor", "superadmin"} else 404
        assert client_of(user).get(f"{URL}/{job.pk}").status_code == expected
    foreign = client_of(cast.outsider).get(f"{URL}/{job.pk}")
    unknown = client_of(cast.outsider).get(f"{URL}/job_unknown")
    assert (foreign.status_code, foreign.content) == (404, unknown.content)
    assert client_of(None).get(f"{URL}/{job.pk}").status_code == 401


@pytest.mark.parametrize("name", ["x" * 500, "a%00b", "..%2f", "é", "'--"])
def test_a_strange_id_is_404(cast, client_of, name):
    assert client_of(cast.superadmin).get(f"{URL}/{name}").status_code == 404
