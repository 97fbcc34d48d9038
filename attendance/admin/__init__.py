"""Staff pages of presence, one file per noun. Django's admin finds them through these names."""

from attendance.admin import board, correction, day, exception, month, site_map, stay, time_clock, vendor_id, vendor_key

__all__ = [
    "board",
    "correction",
    "day",
    "exception",
    "month",
    "site_map",
    "stay",
    "time_clock",
    "vendor_id",
    "vendor_key",
]
