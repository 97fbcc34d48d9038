"""What payroll adds to the API beside its routes: what `include` adds to rows, and what phones keep."""

from __future__ import annotations

from rest_framework import serializers

from payroll.api import changes, payrolls
from peoplesync.core.api import includes


def register() -> None:
    """Called with the routes: a process without them has no use for it."""
    changes.register_feeds()
    includes.register("employees", "latest_payroll", payrolls.expand_latest_payroll, shape=payrolls.PayrollSerializer)
    includes.register(
        payrolls.RESOURCE, "explanation", payrolls.expand_explanation, shape=serializers.CharField, is_list=True
    )
