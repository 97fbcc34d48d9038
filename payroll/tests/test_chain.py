"""The chain over what is posted: a change that got past every guard is found and named."""

from __future__ import annotations

import re

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from payroll.models import ManifestEntry, Payroll
from payroll.selectors import chain
from payroll.tests import builders

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def months(kept_cast):
    """Two posted months of four people; their payslips by place in the first manifest."""
    cast = kept_cast
    for person in (cast.employee, cast.colleague, cast.outsider, cast.manager):
        builders.rate(person.employee)
    for month in (10, 11):
        builders.posted(builders.computed(by=cast.hr, month=month), by=cast.payroll)
    entries = ManifestEntry.objects.filter(manifest__number=1).order_by("position")
    connection.check_constraints()  # what is still to be checked would look for rows that tests take away
    return list(entries.values_list("payroll_id", flat=True))


@pytest.fixture
def posted(months, db):
    return months


def behind_every_guard(*statements: str) -> None:
    """As a superuser with triggers and foreign keys switched off."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        try:
            for statement in statements:
                cursor.execute(statement)
        finally:
            cursor.execute("SET session_replication_role = DEFAULT")


def test_an_untouched_chain_verifies(posted, capsys):
    assert chain.breaks() == []
    call_command("verify_payroll", "--recompute")
    assert "2 manifests" in capsys.readouterr().out


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE payroll_payroll SET net_amount = net_amount - 1, gross_amount = gross_amount - 1 WHERE id = '{second}'",
        "UPDATE payroll_payrollitem SET amount = amount + 0.01 WHERE payroll_id = '{second}'",
        "UPDATE payroll_payrollitem SET note = 'other' WHERE payroll_id = '{second}'",
        "UPDATE payroll_payrollitem SET reason = '{{}}' WHERE payroll_id = '{second}'",
        "UPDATE payroll_payrollsnapshot SET inputs = replace(inputs, '2025', '2024') WHERE payroll_id = '{second}'",
        "UPDATE payroll_payroll SET status = 'computed' WHERE id = '{second}'",
        "DELETE FROM payroll_payroll WHERE id = '{second}'",
        "DELETE FROM payroll_payrollsnapshot WHERE payroll_id = '{second}'",
        "UPDATE payroll_manifestentry SET hash = repeat('0', 64) WHERE payroll_id = '{second}'",
    ],
)
def test_a_changed_payslip_is_named_and_the_command_fails(posted, change):
    behind_every_guard(change.format(second=posted[1]))
    assert chain.breaks()[0].subject == posted[1]
    with pytest.raises(CommandError, match=str(posted[1])):
        call_command("verify_payroll")


def test_two_swapped_entries_are_found(posted):
    behind_every_guard(
        f"UPDATE payroll_manifestentry SET position = 100 WHERE payroll_id = '{posted[0]}'",
        f"UPDATE payroll_manifestentry SET position = 1 WHERE payroll_id = '{posted[1]}'",
        f"UPDATE payroll_manifestentry SET position = 2 WHERE payroll_id = '{posted[0]}'",
    )
    assert re.search("Manifest 1", chain.breaks()[0].what)


def test_a_removed_entry_and_its_payslip_are_found(posted):
    behind_every_guard(
        f"DELETE FROM payroll_manifestentry WHERE payroll_id = '{posted[2]}'",
        f"DELETE FROM payroll_payroll WHERE id = '{posted[2]}'",
    )
    assert "Manifest 1" in chain.breaks()[0].what


def test_a_manifest_cut_from_the_end_is_missed(posted):
    last = "(SELECT id FROM payroll_manifest WHERE number = 2)"
    behind_every_guard(
        f"DELETE FROM payroll_payroll WHERE id IN (SELECT payroll_id FROM payroll_manifestentry WHERE manifest_id = {last})",
        f"DELETE FROM payroll_manifestentry WHERE manifest_id = {last}",
        "DELETE FROM payroll_manifest WHERE number = 2",
    )
    assert "its manifest is gone" in chain.breaks()[0].what


def test_a_manifest_taken_out_of_the_middle_is_missed(posted):
    first = "(SELECT id FROM payroll_manifest WHERE number = 1)"
    behind_every_guard(
        f"DELETE FROM payroll_manifestentry WHERE manifest_id = {first}",
        "DELETE FROM payroll_manifest WHERE number = 1",
    )
    assert any("does not follow" in found.what for found in chain.breaks())


def test_a_payslip_posted_past_the_manifest_is_found(posted, kept_cast):
    builders.computed(by=kept_cast.hr, month=12)
    behind_every_guard("UPDATE payroll_payroll SET status = 'posted' WHERE period_month = 12")
    assert {found.subject for found in chain.breaks()} == set(
        Payroll.objects.filter(period_month=12).values_list("pk", flat=True)
    )
