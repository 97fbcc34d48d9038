"""PURE. Reading bodies, forms and query strings of this door, with the vendor's fault codes.

Faults are collected and raised together. An absent, null or blank value is the same thing: not sent. A value returned
for a faulty field is a placeholder that `raise_any` keeps from being used.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from attendance.adapters import scalars
from attendance.adapters.text import is_storable, is_workable, read_clock, read_day
from attendance.adapters.workly.errors import Fault, ValidationFailed, malformed_body
from attendance.adapters.workly.messages import Code
from peoplesync.kernel.dates import at_local

PLACEHOLDER_DAY = date(1970, 1, 1)


class Fields:
    """One object of names and values; optional readers answer None for what was not sent."""

    def __init__(self, source: Mapping[str, object]) -> None:
        self._source = source
        self.faults: list[Fault] = []

    @classmethod
    def of_body(cls, body: object) -> Fields:
        """A JSON body. Raises Refused (400, 4001) when it is not an object; an empty body is an empty object."""
        if body is None:
            return cls({})
        if not isinstance(body, Mapping):
            raise malformed_body()
        return cls(body)

    @property
    def sent(self) -> frozenset[str]:
        """Every name in the request, so that an update knows what to leave alone."""
        return frozenset(key for key in self._source if isinstance(key, str))

    def add(self, key: str, code: Code) -> None:
        self.faults.append(Fault(key, code))

    def raise_any(self) -> None:
        """Raise ValidationFailed (422, 8001) when anything was wrong."""
        if self.faults:
            raise ValidationFailed(self.faults)

    def value(self, key: str, *, required: bool = False) -> object | None:
        """The value sent, or None; a required one that was not sent is a fault (8002)."""
        found = self._source.get(key)
        if isinstance(found, str) and not found.strip():
            found = None
        if found is None and required:
            self.add(key, Code.REQUIRED)
        return found

    def integer(self, key: str, *, at_least: int | None = None) -> int | None:
        value = self.value(key)
        if value is None:
            return None
        found = scalars.whole(value)
        if found is None or (at_least is not None and found < at_least):
            self.add(key, Code.INVALID)
        return found

    def require_integer(self, key: str, *, at_least: int | None = None) -> int:
        self.value(key, required=True)
        return self.integer(key, at_least=at_least) or 0

    def degrees(self, key: str, limit: int) -> Decimal | None:
        """A coordinate, as a number or as a string of one: the vendor's table and sample disagree, both are sent."""
        value = self.value(key)
        if value is None:
            return None
        found = scalars.exact(value)
        if found is None or abs(found) > limit:
            self.add(key, Code.INVALID)
        return found

    def position(self, latitude: str, longitude: str) -> tuple[Decimal | None, Decimal | None]:
        """Both coordinates or none: half a position is a fault of the missing half (8002)."""
        found = self.degrees(latitude, 90), self.degrees(longitude, 180)
        for key, other in ((latitude, longitude), (longitude, latitude)):
            if self.value(key) is None and self.value(other) is not None:
                self.add(key, Code.REQUIRED)
        return found

    def text(self, key: str, *, at_least: int = 0, at_most: int | None = None) -> str | None:
        value = self.value(key)
        if value is None:
            return None
        if not isinstance(value, str) and scalars.exact(value) is not None:
            value = str(value)
        is_readable = isinstance(value, str) and is_storable(value)
        if not isinstance(value, str) or not is_readable or not at_least <= len(value) <= (at_most or len(value)):
            self.add(key, Code.INVALID)
            return None
        return value

    def require_text(self, key: str, *, at_least: int = 0, at_most: int | None = None) -> str:
        self.value(key, required=True)
        return self.text(key, at_least=at_least, at_most=at_most) or ""

    def choice(self, key: str, permitted: Sequence[str]) -> str | None:
        value = self.value(key)
        if value is None:
            return None
        if not isinstance(value, str) or value not in permitted:
            self.add(key, Code.INVALID)
            return None
        return value

    def day(self, key: str) -> date | None:
        """`YYYY-MM-DD`; anything else is 8009."""
        value = self.value(key)
        if value is None:
            return None
        found = scalars.day(value)
        if found is None:
            self.add(key, Code.DATE_FORMAT)
        return found

    def require_day(self, key: str) -> date:
        self.value(key, required=True)
        return self.day(key) or PLACEHOLDER_DAY

    def moment(self, key: str, zone_name: str) -> datetime | None:
        """`YYYY-MM-DD HH:MM:SS` read in a zone, as a UTC instant; a `T`, an offset or a bad date is 8009."""
        value = self.value(key)
        if value is None:
            return None
        day_text, _, clock_text = value.partition(" ") if isinstance(value, str) else ("", "", "")
        day, clock = read_day(day_text), read_clock(clock_text)
        if day is None or clock is None or not is_workable(day):
            self.add(key, Code.DATE_FORMAT)
            return None
        return at_local(day, clock, zone_name)

    def ids(self, key: str) -> tuple[int, ...] | None:
        """Numbers as a comma-separated string or as a JSON list; an empty member is passed over."""
        value = self.value(key)
        if value is None:
            return None
        members = value if isinstance(value, list | tuple) else str(value).split(",") if _is_flat(value) else [None]
        found = [scalars.whole(member) for member in members if member != ""]
        if any(number is None for number in found):
            self.add(key, Code.INVALID)
        return tuple(number for number in found if number is not None)

    def words(self, key: str) -> tuple[str, ...] | None:
        """Texts as a comma-separated string."""
        value = self.text(key)
        if value is None:
            return None
        return tuple(word.strip() for word in value.split(",") if word.strip())


def _is_flat(value: object) -> bool:
    return isinstance(value, str) or scalars.exact(value) is not None
