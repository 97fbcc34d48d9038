"""What an id in a path may look like: routes write `<id:id>`."""

from __future__ import annotations

from django.urls.converters import UUIDConverter

_HEX = "[0-9A-Fa-f]"


class IdConverter(UUIDConverter):
    """A UUID in its usual 36 characters, its letters in any case, as in bodies."""

    regex = f"{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}"
