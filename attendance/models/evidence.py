"""What speaks for a punch and against it. Personal, so in a table of its own that retention may empty."""

from __future__ import annotations

import pgtrigger
from django.db import models

from attendance.models.punch import Punch


class PunchEvidence(models.Model):
    """Position, photo, device and addresses of one punch. Written with it and never changed; retention deletes it."""

    punch = models.OneToOneField(Punch, primary_key=True, on_delete=models.CASCADE, related_name="evidence")
    lat = models.DecimalField(max_digits=10, decimal_places=7, null=True)
    lng = models.DecimalField(max_digits=10, decimal_places=7, null=True)
    location = models.CharField(max_length=255, null=True)  # noqa: DJ001 null on the wire when not given
    location_accuracy = models.DecimalField(max_digits=8, decimal_places=3, null=True)
    is_mock_location = models.BooleanField(null=True)
    #: Text as it was given; an address of somebody else's server is never fetched.
    photo_url = models.CharField(max_length=1024, null=True)  # noqa: DJ001
    device_id = models.CharField(max_length=255, null=True)  # noqa: DJ001
    observed_ip = models.GenericIPAddressField(null=True)
    #: What the client says its address is: kept apart from the one we saw.
    reported_ip = models.CharField(max_length=45, blank=True)

    class Meta:
        verbose_name_plural = "punch evidence"
        triggers = [pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update)]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(lat__isnull=True) | models.Q(lat__range=(-90, 90)),
                name="attendance_punchevidence_lat_on_earth",
            ),
            models.CheckConstraint(
                condition=models.Q(lng__isnull=True) | models.Q(lng__range=(-180, 180)),
                name="attendance_punchevidence_lng_on_earth",
            ),
        ]

    def __str__(self) -> str:
        return f"evidence of {self.punch_id}"
