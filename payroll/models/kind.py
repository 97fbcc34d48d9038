"""What a payroll is for: the engine's kinds as a database choice."""

from __future__ import annotations

from django.db import models


class PayrollKind(models.TextChoices):
    REGULAR = "regular", "Regular month"
    THR = "thr", "Holiday allowance (THR)"
    BONUS = "bonus", "Bonus"
    OFF_CYCLE = "off_cycle", "Off cycle"
    CORRECTION = "correction", "Correction"
    FINAL = "final", "Final pay"
