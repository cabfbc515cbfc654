"""Global identities: what is given out comes back, and nothing else is taken."""

from binascii import b2a_base64
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kernel.identity import KeyIdentity
from graphql_api.schema.identity import GlobalId, MalformedId, decode_id, decode_id_of, encode_id

HEX = "0123456789abcdef"


@given(st.uuids())
def test_what_is_given_out_comes_back(id: UUID) -> None:
    assert decode_id(encode_id("Track", id)) == GlobalId("Track", id)


@given(
    st.uuids().map(str) | st.text(HEX, min_size=30, max_size=40),
    st.text(f"{HEX.upper()}-+_{{ x", max_size=5),
    st.data(),
)
def test_one_thing_has_one_identity(spelling: str, more: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(spelling)))
    start, end = spelling[:place], spelling[place + data.draw(st.integers(0, len(more))) :]
    id = start + more + end
    text = b2a_base64(f"Track:{id}".encode(), newline=False).decode()
    try:
        is_one = str(UUID(id)) == id
    except ValueError:
        is_one = False
    if is_one:
        assert str(decode_id(text).id) == id
    else:
        with pytest.raises(MalformedId):
            decode_id(text)


@pytest.mark.parametrize("longer", ["0", "f", "00"])
def test_an_identity_of_more_bits_is_none(longer: str) -> None:
    with pytest.raises(MalformedId):
        decode_id(b2a_base64(f"Track:{UUID(int=2**128 - 1)}{longer}".encode(), newline=False).decode())


@given(st.uuids() | st.text().map(KeyIdentity), st.sampled_from(["Track", "Tracks", "T.*", ""]), st.text(max_size=3))
def test_the_identity_of_one_kind_of_thing_is_read_as_that_of_any(id: UUID, entity: str, more: str) -> None:
    text = encode_id(entity, id) + more
    try:
        expected = decode_id(text)
    except MalformedId:
        expected = None
    for wanted in ("Track", "T.*"):
        if expected is not None and expected.entity == wanted:
            assert decode_id_of(wanted, text) == expected.id
        else:
            with pytest.raises(MalformedId):
                decode_id_of(wanted, text)
