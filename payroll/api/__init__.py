"""The HTTP routes of payroll: translation only."""
