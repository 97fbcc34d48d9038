"""Serializer fields the contract needs: exact numbers, strict instants, text without control characters.

Their refusals say what to send instead; that a field is missing, null or blank is said in the contract's words.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, NoReturn
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from peoplesync.core.api.json import plain

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
#: Control characters other than tab and line breaks, and halves of characters.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class FixedSerializer(serializers.Serializer):
    """For bodies that everybody sends: DRF copies every field for every request, these are made once.

    They belong to a serializer of their own, which knows neither a request nor `partial`: no field may ask for either.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        if options.get("partial"):
            raise TypeError(f"{type(self).__name__} checks whole bodies only.")
        super().__init__(*args, **options)

    @property
    def fields(self) -> Any:
        return _fields_of(type(self))


@lru_cache(maxsize=64)
def _fields_of(kind: type[FixedSerializer]) -> Any:
    return serializers.Serializer.fields.func(kind())  # type: ignore[attr-defined]  # Django's cached property


@extend_schema_field(OpenApiTypes.NUMBER)
class NumberField(serializers.DecimalField):
    """An exact JSON number. Only numbers are accepted: a string or a boolean is a 400, as the schema says."""

    default_error_messages = {
        "invalid": "Send a number, without quotes.",
        "max_value": "Give at most {max_value}.",
        "min_value": "Give at least {min_value}.",
        "max_digits": "Give at most {max_digits} digits in all.",
        "max_decimal_places": "Give at most {max_decimal_places} decimal places.",
        "max_whole_digits": "Give at most {max_whole_digits} digits before the decimal point.",
    }

    def to_internal_value(self, data: Any) -> Decimal:
        if isinstance(data, bool) or not isinstance(data, int | Decimal):
            self.fail("invalid")
        return super().to_internal_value(str(data))

    def to_representation(self, value: Any) -> Any:
        return None if value is None else plain(Decimal(value))


@extend_schema_field(OpenApiTypes.NUMBER)
class MeasureField(NumberField):
    """What a device measured, kept to `decimal_places`: digits beyond are rounded half to even, never refused.

    The range is that of the number as it was sent; it must fit the column.
    """

    def validate_precision(self, value: Decimal) -> Decimal:
        self.run_validators(value)
        return value

    def quantize(self, value: Decimal) -> Decimal:
        return round(value, self.decimal_places or 0)


def money(**options: Any) -> NumberField:
    """An amount as stored: numeric(38,2)."""
    return NumberField(max_digits=38, decimal_places=2, **options)


#: More than any integer column holds: such a Decimal is never written out in digits.
_BEYOND = Decimal(10) ** 10


class StrictIntegerField(serializers.IntegerField):
    """A JSON integer that its column can hold (32 bits), 25.0 as well as 25; strings, booleans and fractions are refused."""

    default_error_messages = {
        "invalid": "Send a whole number, without quotes.",
        "max_value": "Give at most {max_value}.",
        "min_value": "Give at least {min_value}.",
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"min_value": -(2**31), "max_value": 2**31 - 1, **options})

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, Decimal) and abs(data) < _BEYOND and data == data.to_integral_value():
            data = int(data)
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return super().to_internal_value(data)


class StrictBooleanField(serializers.BooleanField):
    """A JSON true or false, nothing that looks like one."""

    default_error_messages = {"invalid": "Send true or false, without quotes."}

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class TextField(serializers.CharField):
    """A JSON string without control characters other than tab and line breaks; numbers are not strings."""

    default_error_messages = {
        "invalid": "Send a text, in quotes.",
        "max_length": "Give at most {max_length} characters.",
        "control": "Control characters are not allowed here.",
    }

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        text = super().to_internal_value(data)
        if _CONTROL.search(text):
            self.fail("control")
        return text


@extend_schema_field({"type": "string", "format": "email", "maxLength": 255})
class EmailAddressField(TextField):
    """One e-mail address of at most 255 characters."""

    default_error_messages = {"address": "Give one valid e-mail address."}

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", 255)
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if not text and self.allow_blank:
            return text
        try:
            validate_email(text)
        except ValidationError:
            self.fail("address")
        return text


class WordField(serializers.ChoiceField):
    """One of a few words; another is a 400 that names them."""

    default_error_messages = {"invalid_choice": "Give one of: {choices}."}

    def fail(self, key: str, **about: Any) -> NoReturn:
        super().fail(key, choices=", ".join(map(str, self.choices)), **about)
        raise AssertionError("unreachable")


class ItemsField(serializers.ListField):
    """A JSON array."""

    default_error_messages = {
        "not_a_list": "Send a list.",
        "max_length": "Send at most {max_length} at once.",
        "min_length": "Send at least {min_length}.",
    }

    def to_internal_value(self, data: Any) -> Any:
        if self.max_length is not None and isinstance(data, list) and len(data) > self.max_length:
            self.fail("max_length", max_length=self.max_length)  # before each of very many is looked at
        return super().to_internal_value(data)


class IdField(serializers.UUIDField):
    """A UUID in its usual 36 characters; integers and other spellings of one are refused."""

    default_error_messages = {"invalid": "Send an id: a UUID of 36 characters, in quotes."}

    def to_internal_value(self, data: Any) -> UUID:
        if not isinstance(data, str) or len(data) != 36:
            self.fail("invalid")
        return super().to_internal_value(data)


class DayField(serializers.DateField):
    """A calendar day, `YYYY-MM-DD` and nothing else that ISO 8601 also calls a date."""

    default_error_messages = {"invalid": "Give a day of the calendar as YYYY-MM-DD."}

    def to_internal_value(self, value: Any) -> date:
        if not isinstance(value, str) or not _DAY.fullmatch(value):
            self.fail("invalid")
        return super().to_internal_value(value)


class InstantField(serializers.DateTimeField):
    """An instant: ISO 8601 with a zone in, UTC with Z out. A time without a zone is refused, never guessed."""

    default_error_messages = {
        "invalid": "Give a date and time as YYYY-MM-DDThh:mm:ss[.uuuuuu]Z.",
        "naive": "Give the time zone, for example 2025-11-16T08:00:00Z.",
    }

    def to_internal_value(self, value: Any) -> datetime:
        if not isinstance(value, str):
            self.fail("invalid")
        try:
            parsed = datetime.fromisoformat(value.upper())  # RFC 3339 also writes t and z
            if parsed.tzinfo is None:
                self.fail("naive")
            return parsed.astimezone(UTC)
        except (ValueError, OverflowError):
            self.fail("invalid")
        raise AssertionError("unreachable")

    def to_representation(self, value: Any) -> Any:
        return None if value is None else instant(value)


def instant(value: datetime) -> str:
    """An instant for the wire: UTC, `Z`, whole seconds. One format, for clients that read no other."""
    return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


@extend_schema_field({"type": "string", "format": "uri", "maxLength": 1024})
class WebAddressField(TextField):
    """An http or https address of at most 1024 characters. It is stored and shown as text, never fetched."""

    default_error_messages = {"address": "Give an http or https address."}

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", 1024)
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        scheme, separator, rest = text.partition("://")
        if scheme.lower() not in {"http", "https"} or not separator or not rest or any(c.isspace() for c in text):
            self.fail("address")
        return text
