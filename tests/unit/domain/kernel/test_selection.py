import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from domain.kernel.selection import IDENTITY, Direction, Listing, Page, Record, Selection, Slice, SortKey, total
from domain.kernel.specification import EVERYTHING, Through

DESCENDING = Direction.DESCENDING


@pytest.mark.parametrize(
    ("direction", "said", "first"),
    [
        (Direction.ASCENDING, None, False),
        (DESCENDING, None, True),
        (Direction.ASCENDING, True, True),
        (DESCENDING, False, False),
    ],
)
def test_absent_values_stand_last_going_up_and_first_going_down_unless_said(
    direction: Direction, said: bool | None, first: bool
) -> None:
    key = SortKey("name", direction, said)

    assert key.nulls_first is first
    assert key.reversed().nulls_first is not first
    assert key.reversed().reversed() == key


def test_an_order_is_complete_with_the_identity_last() -> None:
    name = SortKey("name")

    assert total(()) == (IDENTITY,)
    assert total((name,)) == (name, IDENTITY)
    assert total((name, SortKey("name", DESCENDING))) == (name, IDENTITY)
    assert total((SortKey("name", DESCENDING),)) == (SortKey("name", DESCENDING), SortKey("id", DESCENDING))


def test_nothing_is_sorted_by_after_the_identity() -> None:
    descending = SortKey("id", DESCENDING)

    assert total((descending, SortKey("name"))) == (descending,)


def test_a_record_has_its_fields_as_members() -> None:
    record = Record("Track", {"name": "The Ocean", "genre": None})

    assert (record.name, record.genre) == ("The Ocean", None)


def test_a_field_that_was_not_selected_is_named() -> None:
    with pytest.raises(AttributeError, match="composer was not selected of this Track"):
        _ = Record("Track", {"name": "The Ocean"}).composer


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda record: pickle.loads(pickle.dumps(record))])  # noqa: S301  # of our own making
def test_a_record_can_be_copied(copied: Callable[[Record], Record]) -> None:
    artist = Record("Artist", {"name": "Led Zeppelin"})

    copy = copied(Record("Album", {"title": "Coda"}, {"artist": artist}))

    assert (copy.entity, copy.title, copy.related["artist"].name) == ("Album", "Coda", "Led Zeppelin")


def test_a_slice_is_the_sequence_of_its_records() -> None:
    records = [Record("Track", {"id": number}) for number in range(3)]
    part = Slice(records, (IDENTITY,))

    assert len(part) == 3
    assert list(part) == records
    assert part[1] is records[1]
    assert part[1:] == records[1:]
    assert not Slice((), (IDENTITY,))


def test_nothing_is_read_that_was_not_asked_for() -> None:
    assert Listing() == Listing(Selection(), EVERYTHING, (IDENTITY,), page=None, count=False, surroundings=False)
    assert Page(10) == Page(10, after=None, before=None, backward=False)
    assert Slice((), (IDENTITY,)) == Slice((), (IDENTITY,), has_next=False, has_previous=False, total=None)


def test_the_place_of_a_record_is_the_value_of_each_key() -> None:
    through: Any = Through("album", "title")
    record = Record("Track", {"id": 7, "name": None, "album.title": "Coda"})
    part = Slice([record], (SortKey("name"), SortKey(through, DESCENDING), IDENTITY))

    assert part.position(record) == (None, "Coda", 7)
