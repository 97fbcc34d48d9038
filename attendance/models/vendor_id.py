"""Which of our rows a vendor's client knows by which id. Punches and stays need no row: their ids are computed."""

from __future__ import annotations

from django.db import models

from attendance.models.vendor_key import Vendor
from peoplesync.core.models import TouchedRecord


class IdKind(models.TextChoices):
    PERSON = "person", "Person"
    USER = "user", "User"
    SITE = "site", "Site or office"
    DEPARTMENT = "department", "Department"
    CLOCK = "clock", "Time clock"
    JOB = "job", "Job"
    SCHEDULE = "schedule", "Schedule"
    BREAK = "break", "Kind of break"
    CATEGORY = "category", "Category"


#: What each vendor's clients name by an id that is kept here; their other ids are computed.
KINDS: dict[str, tuple[IdKind, ...]] = {
    Vendor.GOODDAY: (IdKind.PERSON, IdKind.USER, IdKind.SITE),
    Vendor.KENJO: (IdKind.PERSON, IdKind.SITE, IdKind.DEPARTMENT, IdKind.CATEGORY),
    Vendor.WORKLY: (IdKind.PERSON, IdKind.USER, IdKind.SITE, IdKind.DEPARTMENT, IdKind.SCHEDULE),
    Vendor.CONNECTEAM: (IdKind.PERSON, IdKind.CLOCK, IdKind.JOB, IdKind.BREAK),
}


class VendorId(TouchedRecord):
    """One id of one vendor for one of our rows; assigned by us, or set so that devices keep the ids they hold."""

    vendor = models.CharField(max_length=12, choices=Vendor.choices)
    kind = models.CharField(max_length=12, choices=IdKind.choices)
    external_id = models.CharField(max_length=64)
    object_id = models.UUIDField()
    is_set_by_hand = models.BooleanField(default=False)
    #: Kenjo's switch of an employee: whether its door records time for her.
    is_tracked = models.BooleanField(default=True)

    class Meta:
        ordering = ["vendor", "kind", "external_id"]
        verbose_name = "vendor id"
        constraints = [
            models.UniqueConstraint(
                fields=["vendor", "kind", "external_id"],
                name="attendance_vendorid_names_one_row",
                violation_error_message="This id belongs to something else already.",
            ),
            models.UniqueConstraint(fields=["vendor", "kind", "object_id"], name="attendance_vendorid_one_per_row"),
            models.CheckConstraint(
                condition=models.Q(vendor__in=Vendor.values), name="attendance_vendorid_vendor_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=IdKind.values), name="attendance_vendorid_kind_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(is_tracked=True) | models.Q(vendor=Vendor.KENJO, kind=IdKind.PERSON),
                name="attendance_vendorid_only_kenjo_switches_off",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.vendor} {self.kind} {self.external_id}"
