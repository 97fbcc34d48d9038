"""PURE. `compute(inputs) -> Result`: one employee's pay of one month, the only way any figure of a payslip is made.

It never raises for what is wrong with one employee's facts: that becomes errors of her result, so that the others are
paid. The lines themselves are worked out on a `sheet`.
"""

from __future__ import annotations

from payroll.engine import checks, scope
from payroll.engine.arithmetic import exact
from payroll.engine.inputs import Inputs
from payroll.engine.pack import Pack
from payroll.engine.result import Finding, Line, LineKind, Result, total
from payroll.engine.sheet import Sheet
from payroll.packs import registry
from peoplesync.kernel.errors import PeopleSyncError


def compute(inputs: Inputs) -> Result:
    """One employee's pay with a reason for each line.

    Every amount is rounded half up to the policy's unit, once, per line; net = gross - deductions. What makes pay
    impossible is in `Result.errors` (nothing is to be written then), what needs a look in `Result.warnings`.
    """
    with exact():
        try:
            pack = registry.pack(inputs.pack)
        except PeopleSyncError as unknown:
            return _result(inputs, None, (), (), (Finding(code=unknown.code, message=unknown.message),))
        warnings = checks.notices(inputs) + pack.warnings(inputs)
        errors = checks.refusals(inputs) + pack.errors(inputs)
        if errors or scope.is_deferred(inputs):
            return _result(inputs, pack, (), warnings, errors)
        return _computed(inputs, pack, warnings)


def _computed(inputs: Inputs, pack: Pack, warnings: tuple[Finding, ...]) -> Result:
    sheet = Sheet(inputs)
    sheet.fill()
    found = sheet.in_order()
    if not sheet.errors:
        try:
            found += pack.lines(inputs, found, total(found, LineKind.EARNING))
        except PeopleSyncError as refused:
            sheet.errors.append(Finding(code=refused.code, message=refused.message))
    found = tuple(sorted(found, key=lambda line: list(LineKind).index(line.kind)))
    gross, deductions = total(found, LineKind.EARNING), total(found, LineKind.DEDUCTION)
    warnings += tuple(sheet.warnings) + checks.outcome_notices(inputs, found, gross, deductions)
    return _result(inputs, pack, found, warnings, tuple(sheet.errors) + checks.outcome(found, gross, deductions))


def _result(
    inputs: Inputs,
    pack: Pack | None,
    found: tuple[Line, ...],
    warnings: tuple[Finding, ...],
    errors: tuple[Finding, ...],
) -> Result:
    gross, deductions = total(found, LineKind.EARNING), total(found, LineKind.DEDUCTION)
    return Result(
        employee_id=inputs.employee_id,
        year=inputs.year,
        month=inputs.month,
        kind=inputs.kind,
        lines=found,
        gross=gross,
        deductions=deductions,
        net=gross - deductions,
        employer_cost=total(found, LineKind.EMPLOYER),
        warnings=warnings,
        errors=errors,
        is_skipped=not errors and not found and not scope.pays_salary(inputs),
        inputs_fingerprint=inputs.fingerprint(),
        rule_version=inputs.rule_version,
        pack=inputs.pack,
        pack_version=pack.version if pack else "",
    )
