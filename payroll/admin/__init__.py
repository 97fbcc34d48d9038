"""Staff pages of pay, one file per noun. Django's admin finds them through these names."""

from payroll.admin import component, payslip, run, terms

__all__ = ["component", "payslip", "run", "terms"]
