"""A cursor is read as the position that was written, whoever writes it, and nothing else is read at all."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kernel.records import Records, Slice
from domain.kernel.selection import Order, SortKey
from domain.kernel.specification.binding import UNORDERED_TYPES
from graphql_api.schema.cursors import CursorWriter, MalformedCursor, decode_cursor, encode_cursor
from tests.support.databases import store_tables
from tests.support.valid_entities import values

MODEL = store_tables().model
ENTITIES = st.sampled_from(["Track", "Album", "Invoice", "Customer"])
KEYS = st.binary(min_size=1, max_size=32)


@st.composite
def lists(draw: st.DrawFn, most: int) -> tuple[str, Order, list[Mapping[str, Any]]]:
    """Give an entity's name, an order of it and the values of some."""
    name = draw(ENTITIES)
    records: list[Mapping[str, Any]] = [
        {**draw(values(name)), "id": draw(st.uuids())} for _ in range(draw(st.integers(1, most)))
    ]
    fields = MODEL[name].fields
    sortable = [one for one in records[0] if one == "id" or not issubclass(fields[one].type, UNORDERED_TYPES)]
    keys = draw(st.lists(st.sampled_from(sortable), min_size=1, max_size=4, unique=True))
    return name, tuple(map(SortKey, keys)), records


@given(lists(most=1), KEYS)
def test_a_position_is_read_as_it_was_written(place: tuple[str, Order, list[Mapping[str, Any]]], key: bytes) -> None:
    name, order, (record,) = place
    entity, position = MODEL[name], tuple(record[str(one.field)] for one in order)
    cursor = encode_cursor(key, entity, order, position)

    assert decode_cursor(key, entity, order, cursor) == position
    with pytest.raises(MalformedCursor):
        decode_cursor(key + b"x" if len(key) < 32 else key[1:], entity, order, cursor)


@given(st.lists(st.tuples(lists(most=3), KEYS), min_size=1, max_size=4))
def test_a_writer_writes_what_would_be_written_of_each_alone(
    several: list[tuple[tuple[str, Order, list[Mapping[str, Any]]], bytes]],
) -> None:
    writers = {name: CursorWriter(MODEL[name]) for (name, _, _), _ in several}
    for (name, order, rows), key in several:
        part = Slice(Records(name, rows), order)
        alone = [encode_cursor(key, MODEL[name], order, part.place(row)) for row in rows]
        assert writers[name](part, rows, key) == alone
        assert writers[name](part, [], key) == []
