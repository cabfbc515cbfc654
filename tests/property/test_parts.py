"""A list that is written part by part says what it says when it is written at once."""

from collections.abc import Sequence
from typing import Any
from weakref import WeakSet

import orjson
from hypothesis import given
from hypothesis import strategies as st

from graphql_api.http.answer import encode
from graphql_api.schema.plans.parts import in_parts

VALUES = st.none() | st.booleans() | st.integers() | st.text() | st.text(st.characters(categories=["Cs"]), max_size=1)


def finished(rows: Sequence[Any]) -> list[Any]:
    return [{"value": value, "all": {"of it": [value]}} for value in rows]


@given(st.lists(VALUES, max_size=12), st.integers(1, 5))
def test_parts_are_written_as_the_whole_is(values: list[Any], size: int) -> None:
    whole = finished(values)

    assert encode({"data": in_parts([*values], finished, size)}) == encode({"data": whole})


@given(st.lists(st.text(), min_size=1, max_size=12), st.integers(1, 5))
def test_more_than_one_part_comes_written(values: list[str], size: int) -> None:
    assert isinstance(in_parts([*values], finished, size), orjson.Fragment) == (len(values) > size)


class Thing:
    """A row that can be seen to be gone."""


@given(st.integers(1, 12), st.integers(1, 5))
def test_rows_are_let_go_once_they_are_written(count: int, size: int) -> None:
    rows = [Thing() for _ in range(count)]
    there, seen = WeakSet(rows), []

    def finish(part: Sequence[Thing]) -> list[str]:
        seen.append(len(there))
        return ["written" for _ in part]

    in_parts(rows, finish, size)

    assert seen == list(range(count, 0, -size))
