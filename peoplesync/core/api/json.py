"""Exact numbers on the wire: JSON numbers are read as Decimal and written digit for digit; NaN and Infinity are refused.

simplejson does both ways natively; the standard library would pass every amount through a binary float.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import simplejson
from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.utils.encoders import JSONEncoder

from peoplesync.kernel.errors import TooLarge

_fallback = JSONEncoder()


def plain(number: Decimal) -> Decimal:
    """The same number without trailing zeros or exponent: 15000000.00 is written 15000000.

    >>> [str(plain(Decimal(n))) for n in ("15000000.00", "-6.2088000", "0.00", "1E+3")]
    ['15000000', '-6.2088', '0', '1000']
    >>> str(plain(Decimal("123456789012345678901234567890123456.70")))
    '123456789012345678901234567890123456.7'
    """
    if not number:
        return Decimal(0)
    text = format(number, "f")  # Decimal's own operations would round to the context's 28 digits; amounts have 38
    return Decimal(text.rstrip("0").rstrip(".") if "." in text else text)


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not a JSON number")


class OneFormat(DefaultContentNegotiation):
    """Answers are JSON whatever `Accept` asks for: an answer one did not ask for says more than a 406."""

    def select_renderer(self, request: Any, renderers: Any, format_suffix: str | None = None) -> tuple[Any, str]:
        return renderers[0], renderers[0].media_type


class ExactJSONParser(BaseParser):
    """Reads `application/json` with exact numbers. Malformed input is a 400 in the envelope, too much of it a 413."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        raw = stream.read(limit + 1)
        if len(raw) > limit:
            raise TooLarge(f"The body is larger than {limit:,} bytes. Send less at once.", code="too_large")
        try:
            return simplejson.loads(raw.decode("utf-8"), use_decimal=True, parse_constant=_refuse)
        except (ValueError, RecursionError, ArithmeticError) as error:
            raise ParseError("The body is not valid JSON. Send one JSON object in UTF-8.") from error


class ExactJSONRenderer(BaseRenderer):
    """Writes JSON with every digit of a Decimal; whole amounts without a fraction."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        if data is None:
            return b""
        return simplejson.dumps(
            data,
            use_decimal=True,
            default=_fallback.default,
            ensure_ascii=False,
            allow_nan=False,
            separators=(",", ":"),
        ).encode("utf-8", "replace")  # a lone surrogate of a refused body may be quoted in the refusal
