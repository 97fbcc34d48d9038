"""HR's app: registers its approvals, checks and constraint messages once Django is ready."""

from django.apps import AppConfig


class HrConfig(AppConfig):
    name = "hr"
    label = "hr"
    verbose_name = "People and organisation"

    def ready(self) -> None:
        from hr.api import constraints
        from hr.models import ApprovalDecision, LeaveLedgerEntry
        from hr.selectors import leave_invariants, people_invariants
        from hr.services import approvals, leave_grants, leaves
        from peoplesync.core import append_only
        from peoplesync.core.services import jobs

        append_only.register(LeaveLedgerEntry, ApprovalDecision)
        approvals.register(leaves.SUBJECT)
        jobs.register(leave_grants.KIND, leave_grants.run)
        constraints.translate()
        leave_invariants.register()
        people_invariants.register()
