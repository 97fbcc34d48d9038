"""The shapes of vendors' ids: whatever is made is accepted, the same bytes make the same id, strangers are refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.adapters import ids

enough = st.binary(min_size=ids.RANDOM_BYTES, max_size=ids.RANDOM_BYTES + 8)


@given(enough)
def test_a_made_goodday_id_is_a_goodday_id_of_six_letters(randomness):
    made = ids.make_goodday_id(randomness)
    assert ids.is_goodday_id(made)
    assert len(made) == ids.GOODDAY_LENGTH
    assert made == ids.make_goodday_id(randomness)
    assert made[0].isupper(), "a spreadsheet would read it as a number"


@given(st.uuids(), st.booleans())
def test_an_event_id_is_a_goodday_id_and_reads_back_as_the_stay_and_its_end(stay, is_out):
    made = ids.goodday_event_id(stay, is_out=is_out)
    assert ids.is_goodday_id(made)
    assert ids.read_goodday_event_id(made) == (stay, is_out)


@pytest.mark.parametrize("text", ["", "SPvGQx", "z" * 22, "é" * 22, "0" * 21, "0" * 23, "0" * 21 + "-"])
def test_what_cannot_be_an_event_id_names_none(text):
    assert ids.read_goodday_event_id(text) is None


@given(st.uuids())
def test_a_record_lies_in_the_range_its_kenjo_id_names(record):
    made = ids.kenjo_record_id(record)
    first, last = ids.kenjo_record_range(made)
    assert ids.is_kenjo_id(made)
    assert first <= record <= last


@given(enough)
def test_a_made_kenjo_id_is_a_kenjo_id(randomness):
    assert ids.is_kenjo_id(ids.make_kenjo_id(randomness))
    assert ids.make_kenjo_id(randomness) == ids.make_kenjo_id(randomness)


@given(enough)
def test_a_made_number_fits_32_bits_and_reads_back_from_its_text(randomness):
    number = ids.make_number_id(randomness)
    assert ids.FIRST_NUMBER <= number <= ids.LAST_MADE_NUMBER
    assert ids.read_number_id(str(number)) == number


@pytest.mark.parametrize("make", [ids.make_goodday_id, ids.make_kenjo_id, ids.make_number_id])
def test_too_few_random_bytes_are_refused_rather_than_padded(make):
    with pytest.raises(ValueError, match="16 random bytes, not 4"):
        make(b"four")


@given(enough, enough)
def test_different_bytes_make_different_kenjo_ids_unless_their_tails_agree(one, other):
    width = ids.RANDOM_BYTES
    assert (ids.make_kenjo_id(one) == ids.make_kenjo_id(other)) == (
        one[width - 12 : width] == other[width - 12 : width]
    )


@pytest.mark.parametrize(
    "text", ["", "abc", "USER-ID", "9NjgOq\n", "héllo1", "a" * 25, "create", "../..", "１２３４５６"]
)
def test_what_is_not_a_goodday_id_cannot_be_set(text):
    assert not ids.is_goodday_id(text)


@pytest.mark.parametrize("text", ["", "g" * 24, "a" * 23, "a" * 25, "A" * 24, "a" * 24 + "\n"])
def test_what_is_not_a_kenjo_id_cannot_be_set(text):
    assert not ids.is_kenjo_id(text)


@pytest.mark.parametrize("text", ["", "0", "-1", "+1", "1.0", "1e3", " 1", "1\n", "९", str(2**53), "9" * 400])
def test_what_is_not_a_number_id_reads_as_none(text):
    assert ids.read_number_id(text) is None


def test_the_largest_number_is_the_last_that_javascript_keeps():
    assert ids.read_number_id(str(2**53 - 1)) == 2**53 - 1


@pytest.mark.parametrize("text", ["", ".", "..", "a b", "a/b", "a?b", "a%2Fb", "ü", "a" * 65])
def test_what_would_need_escaping_in_a_path_is_not_an_opaque_id(text):
    assert not ids.is_opaque_id(text)
