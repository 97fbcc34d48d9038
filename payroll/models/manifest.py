"""Manifests: what was posted, sealed. Each run's manifest holds a hash per payslip and the hash of the manifest before.

Append-only. A changed digit, a removed, swapped or added payslip no longer fits; see `payroll/selectors/chain.py`.
"""

from __future__ import annotations

from django.db import models

from payroll.models.payroll import Payroll
from payroll.models.run import PayrollRun
from peoplesync.core.models import Record


class Manifest(Record):
    """The seal of one posted run. `number` counts the posted runs of the organisation from 1 without a gap."""

    run = models.OneToOneField(PayrollRun, on_delete=models.PROTECT, related_name="manifest")
    number = models.PositiveIntegerField(unique=True)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)
    entry_count = models.PositiveIntegerField()

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number}: {self.hash[:12]}"


class ManifestEntry(models.Model):
    """The hash of one payslip with its lines and snapshot, at its place in the manifest (by employee id)."""

    manifest = models.ForeignKey(Manifest, on_delete=models.PROTECT, related_name="entries")
    position = models.PositiveIntegerField()
    payroll = models.OneToOneField(Payroll, on_delete=models.PROTECT, related_name="manifest_entry")
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["manifest", "position"]
        constraints = [
            models.UniqueConstraint(fields=["manifest", "position"], name="payroll_manifestentry_one_per_position")
        ]

    def __str__(self) -> str:
        return f"{self.position}: {self.hash[:12]}"
