"""Shape and constraints of pay, one file per noun. Django finds its models through these names."""

from payroll.models.assignment import SalaryAssignment
from payroll.models.component import BASIC_NAME, ComponentType, SalaryComponent
from payroll.models.kind import PayrollKind
from payroll.models.manifest import Manifest, ManifestEntry
from payroll.models.pay_rate import PayRate, RateSource
from payroll.models.payment import Payment
from payroll.models.payroll import LineKind, Payroll, PayrollItem, PayrollSnapshot, PayrollStatus
from payroll.models.run import FindingLevel, PayrollRun, RunFinding, RunStatus

__all__ = [
    "BASIC_NAME",
    "ComponentType",
    "FindingLevel",
    "LineKind",
    "Manifest",
    "ManifestEntry",
    "PayRate",
    "Payment",
    "Payroll",
    "PayrollItem",
    "PayrollKind",
    "PayrollRun",
    "PayrollSnapshot",
    "PayrollStatus",
    "RateSource",
    "RunFinding",
    "RunStatus",
    "SalaryAssignment",
    "SalaryComponent",
]
