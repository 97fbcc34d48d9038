"""A file of people beside other acts on them: whoever comes second waits, and nobody is thrown out."""

from __future__ import annotations

import io
import threading

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from hr.models import Employee
from hr.services import employee_batches, employee_csv, employee_import, employee_intake
from hr.tests import builders
from peoplesync.core.models import new_id
from peoplesync.tests.processes import until

_WAITS = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"


def is_somebody_waiting_for_us() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_WAITS)
        return cursor.fetchone()[0] > 0


@pytest.mark.django_db(transaction=True)
def test_a_file_in_any_order_and_a_payroll_over_the_same_people_wait_for_each_other(monkeypatch):
    pair = (builders.employee("Jane", employee_number="R-2"), builders.employee("John", employee_number="R-1"))
    low, high = sorted(pair, key=lambda person: person.pk)
    assert low.employee_number > high.employee_number  # people are written in the order of numbers: not that of ids
    rows = "".join(f"{person.employee_number},Renamed\n" for person in (high, low))
    for module in (employee_import, employee_intake):
        monkeypatch.setattr(module, "BATCH", 1)
    write, failures, payroll_id = employee_import.write, [], new_id()

    def pushed():
        people = {"employee_ids": [low.pk, high.pk], "payroll_ids": [payroll_id] * 2, "salaries": [None] * 2}
        try:
            employee_batches.set_latest_payroll(**people, at=timezone.now())
        except OperationalError as error:
            failures.append(error)
        finally:
            connection.close()

    payroll = threading.Thread(target=pushed)

    def written(**values):
        done = write(**values)
        if payroll.ident is None:
            payroll.start()
            until(lambda: not payroll.is_alive() or is_somebody_waiting_for_us())
        return done

    monkeypatch.setattr(employee_import, "write", written)
    sheet = employee_csv.read(io.BytesIO(f"employee_number,first_name\n{rows}".encode()), advance=lambda count: None)
    report = employee_intake.take_in(sheet=sheet, wish=employee_intake.Wish(), by=None, at=timezone.now())
    payroll.join()
    assert failures == [] and report.written.updated == 2
    assert set(Employee.objects.values_list("first_name", "latest_payroll_id")) == {("Renamed", payroll_id)}
