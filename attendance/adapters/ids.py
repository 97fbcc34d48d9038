"""PURE. The shapes of vendors' ids: making one from given random bytes, and telling whether a text is one.

A vendor's typed client breaks on a UUID, so every person, place and record it names gets an id in the vendor's own
shape, kept in a mapping table. Which record has which id does not belong here, nor does a source of randomness: the
caller brings the bytes, so the same bytes always make the same id, and tries again with fresh ones when it is taken.
"""

from __future__ import annotations

import re
from string import ascii_letters, ascii_uppercase, digits
from uuid import UUID

#: Random bytes that are enough for any id made here.
RANDOM_BYTES = 16
GOODDAY_LENGTH = 6
#: The whole of a record's UUID and one bit more, in digits and letters.
GOODDAY_EVENT_LENGTH = 22
#: Typed clients read these numbers into 32 bits; below the first one, room is left for numbers set by hand.
FIRST_NUMBER = 1_000_000
LAST_MADE_NUMBER = 2**31 - 1
#: The largest whole number that JavaScript keeps exactly.
LAST_NUMBER = 2**53 - 1

_ALPHANUMERIC = digits + ascii_letters
_GOODDAY = re.compile(r"[A-Za-z0-9]{4,24}")
_KENJO = re.compile(r"[0-9a-f]{24}")
_NUMBER = re.compile(r"[1-9][0-9]{0,15}")
_OPAQUE = re.compile(r"[A-Za-z0-9._~-]{1,64}")
# Words that stand where an event id stands in GoodDay's paths: an event so named could never be deleted.
_GOODDAY_WORDS = frozenset({"create"})


def _as_number(randomness: bytes) -> int:
    if len(randomness) < RANDOM_BYTES:
        raise ValueError(f"an id takes {RANDOM_BYTES} random bytes, not {len(randomness)}")
    return int.from_bytes(randomness[:RANDOM_BYTES], "big")


def make_goodday_id(randomness: bytes, length: int = GOODDAY_LENGTH) -> str:
    """A short alphanumeric id of a person or an office.

    The first is a capital letter, so that a spreadsheet never reads an id as a number (`012345`, `1E5`) and none is a
    word of the path. There are 2.4e10 ids of 6 characters.

    >>> make_goodday_id(bytes(range(16)))
    'DEzHMN'
    """
    number, first = divmod(_as_number(randomness), len(ascii_uppercase))
    letters = [ascii_uppercase[first]]
    for _ in range(length - 1):
        number, index = divmod(number, len(_ALPHANUMERIC))
        letters.append(_ALPHANUMERIC[index])
    return "".join(letters)


def is_goodday_id(text: str) -> bool:
    """Whether HR or an import may set this id: 4 to 24 ASCII letters and digits, and not a word of the path.

    >>> [is_goodday_id(text) for text in ("SPvGQx", "9NjgOq", "abc", "USER-ID", "create")]
    [True, True, False, False, False]
    """
    return bool(_GOODDAY.fullmatch(text)) and text not in _GOODDAY_WORDS


def goodday_event_id(stay: UUID, *, is_out: bool) -> str:
    """The id of one end of a stay: the stay's own id and the end, in 22 digits and letters, so no row keeps it.

    It stands on the stay, not on the punch: a stay keeps its id when a correction puts another punch in its place.

    >>> goodday_event_id(UUID("019a8d1e-5a3c-7000-8000-000000000001"), is_out=True)
    '063fblecWhqreiMv4Wi0nx'
    """
    number = stay.int << 1 | is_out
    letters = []
    for _ in range(GOODDAY_EVENT_LENGTH):
        number, index = divmod(number, len(_ALPHANUMERIC))
        letters.append(_ALPHANUMERIC[index])
    return "".join(reversed(letters))


def read_goodday_event_id(text: str) -> tuple[UUID, bool] | None:
    """The stay an event id names and whether it is the stay's end; None when it cannot be one.

    >>> read_goodday_event_id("063fblecWhqreiMv4Wi0nx"), read_goodday_event_id("SPvGQx")
    ((UUID('019a8d1e-5a3c-7000-8000-000000000001'), True), None)
    """
    if len(text) != GOODDAY_EVENT_LENGTH or not _GOODDAY.fullmatch(text):
        return None
    number = 0
    for letter in text:
        number = number * len(_ALPHANUMERIC) + _ALPHANUMERIC.index(letter)
    return (UUID(int=number >> 1), bool(number & 1)) if number >> 129 == 0 else None


def kenjo_record_id(record: UUID) -> str:
    """The first 96 bits of a record's UUID as 24 hexadecimal digits: no row keeps it, and they lie in order of age.

    >>> kenjo_record_id(UUID("019a8d1e-5a3c-7123-8456-0123456789ab"))
    '019a8d1e5a3c712384560123'
    """
    return record.hex[:24]


def kenjo_record_range(text: str) -> tuple[UUID, UUID]:
    """The first and the last UUID that begin with these 24 hexadecimal digits: a range of the primary key.

    >>> kenjo_record_range("019a8d1e5a3c712384560123")[1]
    UUID('019a8d1e-5a3c-7123-8456-0123ffffffff')
    """
    return UUID(hex=f"{text}00000000"), UUID(hex=f"{text}ffffffff")


def make_kenjo_id(randomness: bytes) -> str:
    """24 lower-case hexadecimal digits.

    >>> make_kenjo_id(bytes(range(16)))
    '0405060708090a0b0c0d0e0f'
    """
    return f"{_as_number(randomness) % 16**24:024x}"


def is_kenjo_id(text: str) -> bool:
    """Whether a text is 24 lower-case hexadecimal digits (readers lower the case first).

    >>> [is_kenjo_id(text) for text in ("60a2db290da29e126a18789a", "60A2DB290DA29E126A18789A", "60a2db29")]
    [True, False, False]
    """
    return bool(_KENJO.fullmatch(text))


def make_number_id(randomness: bytes) -> int:
    """A whole number of seven to ten digits that fits 32 bits.

    >>> make_number_id(bytes(range(16)))
    97703311
    """
    return FIRST_NUMBER + _as_number(randomness) % (LAST_MADE_NUMBER - FIRST_NUMBER + 1)


def is_number_id(number: int) -> bool:
    """Whether HR or an import may set this number: positive and exact in JavaScript; true and false are no numbers.

    >>> [is_number_id(number) for number in (5554, 0, -1, 2**53, True)]
    [True, False, False, False, False]
    """
    return not isinstance(number, bool) and 1 <= number <= LAST_NUMBER


def read_number_id(text: str) -> int | None:
    """The number a path or query names, or None when it cannot be an id: signs, zeros in front, other digits.

    >>> [read_number_id(text) for text in ("12345", "012", "+5", "１２", "9" * 17)]
    [12345, None, None, None, None]
    """
    if not _NUMBER.fullmatch(text):
        return None
    number = int(text)
    return number if is_number_id(number) else None


def is_opaque_id(text: str) -> bool:
    """Whether a text can be an id that stands in a path unescaped, such as `job-123`: 1 to 64 unreserved characters.

    >>> [is_opaque_id(text) for text in ("job-123", "sched-shift-789", "a/b", "", "..")]
    [True, True, False, False, False]
    """
    return bool(_OPAQUE.fullmatch(text)) and text.strip(".") != ""
