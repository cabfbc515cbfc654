"""What comes after and before a place, for any order and rows, against a sort that knows nothing of specifications."""

from collections.abc import Mapping
from functools import cmp_to_key
from itertools import pairwise
from typing import Any
from uuid import UUID

from hypothesis import example, given
from hypothesis import strategies as st

from domain.kernel.keyset import after, before, reversed_order, stretches
from domain.kernel.selection import Direction, Order, Position, SortKey, total
from domain.kernel.specification import Count, Operand, Specification, Through
from domain.kernel.specification.operands import value_of

Row = Mapping[str, Any]
DESCENDING = Direction.DESCENDING
IDENTITIES = st.integers(0, 9).map(lambda number: UUID(int=number))
VALUES = st.fixed_dictionaries(
    {
        "number": st.none() | st.integers(0, 2),
        "text": st.none() | st.sampled_from(["", "a", "B", "b"]),
        "parent": st.none() | st.fixed_dictionaries({"number": st.none() | st.integers(0, 1)}),
        "children": st.lists(st.none(), max_size=2),
    }
)
ROWS = st.lists(st.builds(lambda values, id: {**values, "id": id}, VALUES, IDENTITIES), unique_by=lambda row: row["id"])
OPERANDS: list[Operand] = ["number", "text", "id", Through("parent", "number"), Count("children")]
KEYS = st.builds(SortKey, st.sampled_from(OPERANDS), st.sampled_from(Direction), st.sampled_from([None, True, False]))
ORDERS = st.lists(KEYS, max_size=4)
TOTAL_ORDERS = ORDERS.map(lambda keys: total(tuple(keys)))


def compared(one: Row, other: Row, order: Order) -> int:
    """Tell which of two rows comes first, key by key."""
    for key in order:
        value, other_value = value_of(one, key.field), value_of(other, key.field)
        descending = key.direction is DESCENDING
        absent_first = descending if key.absent_first is None else key.absent_first
        if (value is None) != (other_value is None):
            return -1 if (value is None) is absent_first else 1
        if value is not None and value != other_value:
            return -1 if (value < other_value) is not descending else 1
    return 0


def in_order(rows: list[dict[str, Any]], order: Order) -> list[dict[str, Any]]:
    def compare(one: Row, other: Row) -> int:
        return compared(one, other, order)

    return sorted(rows, key=cmp_to_key(compare))


def place(row: Row, order: Order) -> Position:
    return tuple(value_of(row, key.field) for key in order)


def selected(rows: list[dict[str, Any]], specification: Specification) -> list[dict[str, Any]]:
    return [row for row in rows if specification.is_satisfied_by(row)]


@given(ROWS, TOTAL_ORDERS)
def test_sorted_rows_split_at_each_place_as_after_and_before_say(rows: list[dict[str, Any]], order: Order) -> None:
    rows = in_order(rows, order)
    for index, row in enumerate(rows):
        position = place(row, order)
        assert selected(rows, after(order, position)) == rows[index + 1 :]
        assert selected(rows, before(order, position)) == rows[:index]


@given(ROWS, TOTAL_ORDERS)
def test_the_stretches_after_a_place_follow_one_another(rows: list[dict[str, Any]], order: Order) -> None:
    rows = in_order(rows, order)
    for index, row in enumerate(rows):
        parts = [selected(rows, part.specification) for part in stretches(order, place(row, order))]
        assert [one for part in parts for one in part] == rows[index + 1 :]
    assert [one for part in stretches(order) for one in selected(rows, part.specification)] == rows
    for part in (*stretches(order), *(part for row in rows for part in stretches(order, place(row, order)))):
        found = {value_of(row, order[0].field) is not None for row in selected(rows, part.specification)}
        assert found <= {part.has_values}


@given(ROWS, TOTAL_ORDERS)
def test_what_is_not_after_a_place_is_there_or_before_it(rows: list[dict[str, Any]], order: Order) -> None:
    rows = in_order(rows, order)
    for index, row in enumerate(rows):
        position = place(row, order)
        assert selected(rows, ~after(order, position)) == rows[: index + 1]
        assert selected(rows, ~before(order, position)) == rows[index:]


@given(ROWS.filter(len), TOTAL_ORDERS)
def test_a_place_stays_when_the_row_that_stood_there_is_gone(rows: list[dict[str, Any]], order: Order) -> None:
    gone, *rest = rows
    position, rest = place(gone, order), in_order(rest, order)

    following = selected(rest, after(order, position))
    preceding = selected(rest, before(order, position))

    assert preceding + following == rest
    assert in_order(rows, order) == [*preceding, gone, *following]


@given(ROWS, TOTAL_ORDERS, st.integers(1, 4))
def test_walking_page_by_page_visits_each_row_once_in_both_directions(
    rows: list[dict[str, Any]], order: Order, size: int
) -> None:
    rows = in_order(rows, order)
    forward, backward = list(rows[:size]), rows[max(len(rows) - size, 0) :]
    for _ in rows:
        forward += selected(rows, after(order, place(forward[-1], order)))[:size]
        ahead = selected(rows, before(order, place(backward[0], order)))
        backward = ahead[max(len(ahead) - size, 0) :] + backward

    assert forward == rows
    assert backward == rows


@given(ROWS, TOTAL_ORDERS)
def test_the_reversed_order_runs_the_other_way(rows: list[dict[str, Any]], order: Order) -> None:
    assert in_order(rows, reversed_order(order)) == in_order(rows, order)[::-1]


@given(ORDERS.map(tuple))
@example((SortKey("number"),))  # where absent values stand was not said, and is not said after two turns
def test_an_order_reversed_twice_is_the_same(order: Order) -> None:
    assert reversed_order(reversed_order(order)) == order


@given(ROWS, TOTAL_ORDERS)
def test_before_is_the_mirror_of_after(rows: list[dict[str, Any]], order: Order) -> None:
    for row in rows:
        position = place(row, order)
        assert before(order, position) == after(reversed_order(order), position)
        assert after(order, position) == before(reversed_order(order), position)


@given(ROWS, ORDERS.map(tuple))
def test_a_total_order_agrees_with_the_order_it_completes(rows: list[dict[str, Any]], order: Order) -> None:
    complete = total(order)
    ordered = in_order(rows, complete)

    assert all(compared(one, other, order) <= 0 for one, other in pairwise(ordered))
    assert all(compared(one, other, complete) < 0 for one, other in pairwise(ordered))


@given(ORDERS.map(tuple))
def test_a_total_order_ends_with_the_identity_and_names_each_operand_once(order: Order) -> None:
    complete = total(order)

    assert complete[-1].field == "id"
    assert len({key.field for key in complete}) == len(complete)
    assert set(complete) <= {*order, *(SortKey("id", direction) for direction in Direction)}
    assert complete[-1] in order or not complete[:-1] or complete[-1].direction is complete[-2].direction
    assert total(complete) == complete
