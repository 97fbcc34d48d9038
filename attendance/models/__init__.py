"""Shape and constraints of presence, one file per noun. Django finds its models through these names."""

from attendance.models.attendance import Attendance, SyncStatus
from attendance.models.correction import Correction, CorrectionStatus
from attendance.models.day_exception import DayException
from attendance.models.day_summary import DaySummary
from attendance.models.evidence import PunchEvidence
from attendance.models.pause import Break, BreakKind
from attendance.models.punch import Door, Punch, PunchKind, Source, Verdict
from attendance.models.standalone_break import StandaloneBreak
from attendance.models.sync_record import SyncRecord, SyncState
from attendance.models.time_clock import TimeClock, TimeClockEmployee, TimeClockJob
from attendance.models.vendor_id import IdKind, VendorId
from attendance.models.vendor_key import Vendor, VendorKey, VendorToken
from attendance.models.work_job import WorkJob

__all__ = [
    "Attendance",
    "Break",
    "BreakKind",
    "Correction",
    "CorrectionStatus",
    "DayException",
    "DaySummary",
    "Door",
    "IdKind",
    "Punch",
    "PunchEvidence",
    "PunchKind",
    "Source",
    "StandaloneBreak",
    "SyncRecord",
    "SyncState",
    "SyncStatus",
    "TimeClock",
    "TimeClockEmployee",
    "TimeClockJob",
    "Vendor",
    "VendorId",
    "VendorKey",
    "VendorToken",
    "Verdict",
    "WorkJob",
]
