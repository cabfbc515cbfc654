"""What is packed comes out as it was put in, and nothing else can be made to come out."""

from uuid import UUID

import pytest
from asyncpg.pgproto.pgproto import UUID as DRIVERS_UUID
from hypothesis import given
from hypothesis import strategies as st

from domain.kernel.identity import derived_id
from domain.kernel.specification import ComparisonOperator, where
from graphql_api.caching.claims import Window
from graphql_api.caching.codec import UnreadableValue
from graphql_api.caching.heard import Place
from graphql_api.caching.parcels import Parcel, Seals
from tests.support.worlds import comparisons

SEALS = Seals(b"secret")
SPECIFICATIONS = comparisons("Track", 1)
WINDOWS = st.builds(Window, st.none() | SPECIFICATIONS, st.none() | SPECIFICATIONS)
PLACES = st.builds(Place, st.integers(1, 2**63), st.uuids())
PARCELS = st.builds(Parcel, st.binary(max_size=50), PLACES, st.floats(0.001, 1e5), st.none() | WINDOWS)


@given(name=st.text(), parcel=PARCELS)
def test_a_parcel_comes_back_equal(name: str, parcel: Parcel) -> None:
    assert SEALS.unpack(name, SEALS.pack(name, parcel)) == parcel


@given(parcel=PARCELS, data=st.data())
def test_a_parcel_that_was_changed_or_made_by_others_is_refused(parcel: Parcel, data: st.DataObject) -> None:
    packed = bytearray(SEALS.pack("a", parcel))
    packed[data.draw(st.integers(0, len(packed) - 1))] ^= data.draw(st.integers(1, 255))
    shorter = packed[: data.draw(st.integers(0, len(packed) - 1))]
    for name, content in (
        *[("a", bytes(packed)), ("a", bytes(shorter)), ("b", SEALS.pack("a", parcel))],
        ("a", Seals(b"another").pack("a", parcel)),
    ):
        with pytest.raises(UnreadableValue):
            SEALS.unpack(name, content)


def test_identities_of_the_driver_are_identities() -> None:
    beyond = where("id", ComparisonOperator.GT, DRIVERS_UUID(str(derived_id(1, 1))))
    parcel = Parcel(b"{}", Place(1, UUID(int=1)), 1.0, Window(beyond))
    assert SEALS.unpack("a", SEALS.pack("a", parcel)) == parcel
