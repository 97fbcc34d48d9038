"""Whether everything posted is still as it was sealed: every payslip, every manifest, and the chain between them.

The seal is worked out in the database, in one statement for a whole run, and compared in the same words.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import connection

#: One payslip with its lines and snapshot as one text without ambiguity; amounts with their two decimals.
SEAL = """
    encode(sha256(convert_to(jsonb_build_array(
        payroll.id, payroll.run_id, payroll.employee_id, payroll.period_year, payroll.period_month, payroll.kind,
        payroll.sequence, payroll.gross_amount, payroll.deduction_amount, payroll.net_amount, payroll.employer_amount,
        extract(epoch FROM payroll.generated_at), payroll.warnings,
        snapshot.id, snapshot.employee_id, snapshot.gross_amount, snapshot.net_amount, snapshot.inputs_fingerprint,
        snapshot.result_hash, snapshot.rule_version, snapshot.pack, snapshot.pack_version,
        encode(sha256(convert_to(snapshot.inputs, 'UTF8')), 'hex'),
        (SELECT jsonb_agg(jsonb_build_array(item.id, item.position, item.component_id, item.component_name, item.kind,
            item.amount, item.note, item.reason) ORDER BY item.position)
         FROM payroll_payrollitem item WHERE item.payroll_id = payroll.id)
    )::text, 'UTF8')), 'hex')
"""

#: A manifest's hash over its place in the chain and its entries in their order.
MANIFEST_SEAL = """
    encode(sha256(convert_to(concat_ws('|', {number}, {previous}, {run}, count(entry.hash),
        string_agg(entry.hash, ',' ORDER BY entry.position)), 'UTF8')), 'hex')
"""

_ENTRIES = f"""
    SELECT manifest.number, entry.position, entry.payroll_id, payroll.id IS NOT NULL AND payroll.status = 'posted'
    FROM payroll_manifestentry entry
    JOIN payroll_manifest manifest ON manifest.id = entry.manifest_id
    LEFT JOIN payroll_payroll payroll ON payroll.id = entry.payroll_id
    LEFT JOIN payroll_payrollsnapshot snapshot ON snapshot.payroll_id = payroll.id
    WHERE payroll.id IS NULL OR payroll.status <> 'posted' OR payroll.run_id <> manifest.run_id
        OR entry.hash IS DISTINCT FROM {SEAL}
    ORDER BY manifest.number, entry.position LIMIT 100
"""  # noqa: S608 our own constants, no values

_MANIFESTS = f"""
    SELECT number, run_id, is_sealed, lag(hash, 1, '') OVER (ORDER BY number) = previous_hash, number = place
    FROM (
        SELECT manifest.number, manifest.run_id, manifest.hash, manifest.previous_hash,
            row_number() OVER (ORDER BY manifest.number) AS place,
            manifest.entry_count = count(entry.hash) AND coalesce(max(entry.position), 0) = count(entry.hash)
                AND manifest.hash = {
    MANIFEST_SEAL.format(number="manifest.number", previous="manifest.previous_hash", run="manifest.run_id")
} AS is_sealed
        FROM payroll_manifest manifest LEFT JOIN payroll_manifestentry entry ON entry.manifest_id = manifest.id
        GROUP BY manifest.id
    ) checked
    ORDER BY number
"""  # noqa: S608 our own constants, no values

_UNSEALED = """
    SELECT payroll.id FROM payroll_payroll payroll
    WHERE payroll.status = 'posted'
        AND NOT EXISTS (SELECT FROM payroll_manifestentry entry WHERE entry.payroll_id = payroll.id)
    ORDER BY payroll.period_year, payroll.period_month, payroll.employee_id LIMIT 100
"""

# What was said when a run was posted outlives the rows: a manifest cut from the end of the chain is missed here.
_MISSING = """
    SELECT posted.resource_id FROM core_activitylog posted
    WHERE posted.action = 'payroll_run.posted'
        AND NOT EXISTS (SELECT FROM payroll_manifest manifest
            WHERE manifest.run_id = posted.resource_id AND manifest.hash = posted.meta ->> 'manifest')
    ORDER BY posted.created_at LIMIT 100
"""


@dataclass(frozen=True, slots=True)
class Break:
    """Something posted that is not as it was sealed. `subject` is the id of the payslip or run."""

    subject: UUID
    what: str


def breaks() -> list[Break]:
    """Everything that does not fit, in the order of the chain, at most a hundred of each kind; four statements."""
    return [*_broken_entries(), *_broken_manifests(), *_unsealed(), *_missing()]


def _rows(statement: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def _broken_entries() -> list[Break]:
    return [
        Break(
            payroll_id,
            f"Payroll {payroll_id} (manifest {number}, place {position}) "
            + ("is not as it was posted." if is_there else "is missing or no longer posted."),
        )
        for number, position, payroll_id, is_there in _rows(_ENTRIES)
    ]


def _broken_manifests() -> list[Break]:
    found = []
    for number, run_id, is_sealed, is_linked, is_in_place in _rows(_MANIFESTS):
        if not is_sealed:
            found.append(Break(run_id, f"Manifest {number}: its entries are not those it was sealed with."))
        if not is_linked or not is_in_place:
            found.append(Break(run_id, f"Manifest {number} does not follow the one before it."))
    return found


def _unsealed() -> list[Break]:
    return [Break(row[0], f"Payroll {row[0]} is posted, but no manifest holds it.") for row in _rows(_UNSEALED)]


def _missing() -> list[Break]:
    return [Break(row[0], f"Run {row[0]} was posted, but its manifest is gone or another.") for row in _rows(_MISSING)]
