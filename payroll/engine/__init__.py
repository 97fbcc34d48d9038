"""PURE. From one employee's facts of one month to a payslip with reasons.

The standard library and `peoplesync.kernel` only: no database, settings, clock or locale. Facts come in as
`inputs.Inputs`, `compute.compute` answers a `result.Result`. Gathering facts and writing results belong to services;
a country's law belongs to `payroll/packs`.
"""
