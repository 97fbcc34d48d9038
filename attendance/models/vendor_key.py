"""Keys and tokens of the foreign clocking APIs: stored hashed, scoped, revocable."""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from hr.models import Employee
from peoplesync.core.models import Record, TouchedRecord


class Vendor(models.TextChoices):
    GOODDAY = "goodday", "GoodDay"
    KENJO = "kenjo", "Kenjo"
    WORKLY = "workly", "Workly"
    CONNECTEAM = "connecteam", "Connecteam"


def digest(secret: str) -> str:
    """What is kept of a secret. Secrets are made here with at least 128 random bits, so a plain hash cannot be guessed."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


class VendorKey(TouchedRecord):
    """A credential of one vendor's API. Without people, departments and sites named, it reaches the whole organisation."""

    vendor = models.CharField(max_length=12, choices=Vendor.choices)
    name = models.CharField(max_length=100)
    #: The public part, where the vendor has one (OAuth's client id).
    client_id = models.CharField(max_length=64, unique=True)
    secret_hash = models.CharField(max_length=64)
    #: The last four characters, so that people can tell keys apart.
    hint = models.CharField(max_length=4)
    #: Vendors that sign in by name and password (an address and a second secret).
    username = models.CharField(max_length=255, blank=True)
    password_hash = models.CharField(max_length=64, blank=True)
    #: In whose name punches are written.
    acts_as = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    #: Set: the key stands for this person alone and may punch for nobody else.
    employee = models.ForeignKey(Employee, null=True, blank=True, on_delete=models.CASCADE, related_name="vendor_keys")
    employee_ids = ArrayField(models.UUIDField(), default=list, blank=True)
    department_ids = ArrayField(models.UUIDField(), default=list, blank=True)
    site_ids = ArrayField(models.UUIDField(), default=list, blank=True)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["vendor", "-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["vendor", "secret_hash"], name="attendance_vendorkey_secret_unique"),
            models.UniqueConstraint(
                fields=["vendor", "username"],
                condition=~models.Q(username="") & models.Q(revoked_at__isnull=True),
                name="attendance_vendorkey_username_unique",
            ),
            models.CheckConstraint(
                condition=models.Q(vendor__in=Vendor.values), name="attendance_vendorkey_vendor_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_vendor_display()} {self.name} (…{self.hint})"

    @property
    def is_administrator(self) -> bool:
        """Whether it may act for other people than one."""
        return self.employee_id is None


class VendorToken(Record):
    """A short-lived token a key was exchanged for, kept as a hash."""

    key = models.ForeignKey(VendorKey, on_delete=models.CASCADE, related_name="tokens")
    token_hash = models.CharField(max_length=64, unique=True)
    is_refresh = models.BooleanField(default=False)
    scope = models.CharField(max_length=200, blank=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["expires_at"], name="attendance_vendortoken_expiry")]

    def __str__(self) -> str:
        return f"token of {self.key_id}"
