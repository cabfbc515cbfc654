"""A list that is written part by part says what it says when it is written at once."""

from collections.abc import Sequence
from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from domain.kernel.selection import Record
from graphql_api.http.answer import encode
from graphql_api.schema.plans.parts import in_parts

VALUES = st.none() | st.booleans() | st.integers() | st.text() | st.text(st.characters(categories=["Cs"]), max_size=1)


def finished(records: Sequence[Record]) -> list[Any]:
    return [{"value": record.values["value"], "all": {"of it": [record.values["value"]]}} for record in records]


@given(st.lists(VALUES, max_size=12), st.integers(1, 5))
def test_parts_are_written_as_the_whole_is(values: list[Any], size: int) -> None:
    records = [Record("Thing", {"value": value}) for value in values]
    whole = finished(records)

    assert encode({"data": in_parts(records, finished, size)}) == encode({"data": whole})


@given(st.lists(st.text(), min_size=1, max_size=12), st.integers(1, 5))
def test_more_than_one_part_comes_written(values: list[str], size: int) -> None:
    records = [Record("Thing", {"value": value}) for value in values]

    assert isinstance(in_parts(records, finished, size), orjson.Fragment) == (len(records) > size)
