"""From components and days to payslips: components, pay rates, runs, payrolls, snapshots."""
