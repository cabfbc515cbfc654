import copy
import pickle
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from domain.kernel.identity import Key
from domain.kernel.records import Lead, Lists, Record, Records, Slice, key_column
from domain.kernel.selection import IDENTITY, Direction, SortKey
from domain.kernel.specification import Through

ARTIST = UUID(int=7)
LEAD = Lead("artist_id", {ARTIST.bytes: {"name": "Led Zeppelin"}}, things=Records("Artist", [{"name": "Led Zeppelin"}]))


def slice_of(*rows: dict[str, Any], order: tuple[SortKey, ...] = (IDENTITY,)) -> Slice:
    return Slice(Records("Track", rows), order)


def test_a_record_has_its_fields_as_members() -> None:
    record = Record("Track", {"name": "The Ocean", "genre": None})

    assert (record.name, record.genre) == ("The Ocean", None)


def test_a_field_that_was_not_selected_is_named() -> None:
    with pytest.raises(AttributeError, match="composer was not selected of this Track"):
        _ = Record("Track", {"name": "The Ocean"}).composer


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda record: pickle.loads(pickle.dumps(record))])  # noqa: S301  # of our own making
def test_a_record_can_be_copied(copied: Callable[[Record], Record]) -> None:
    copy = copied(Record("Album", {"title": "Coda", key_column("artist_id"): ARTIST.bytes}, {"artist": LEAD}))

    assert (copy.entity, copy.title, copy.related("artist").name) == ("Album", "Coda", "Led Zeppelin")


def test_a_relation_leads_to_what_is_found_or_to_what_there_is_otherwise() -> None:
    counted = Lead("id", {ARTIST.bytes: {"count": 3}}, {"count": 0})

    via, own = key_column("artist_id"), key_column("id")
    assert LEAD.of({via: ARTIST.bytes}).entity == "Artist"
    assert LEAD.of({via: None}) is None
    assert LEAD.of({via: UUID(int=8).bytes}) is None
    assert counted.of({own: ARTIST.bytes}) == {"count": 3}
    assert counted.of({own: UUID(int=8).bytes}) == {"count": 0}


def test_lists_are_whole_unless_more_is_told_of_them() -> None:
    tracks: dict[Key, list[dict[str, str]]] = {ARTIST.bytes: [{"name": "The Ocean"}]}
    nothing, own = slice_of(), key_column("id")
    cut = slice_of({"name": "The Ocean"})
    cut.has_next = True
    whole, told = Lists(tracks, nothing), Lists(tracks, nothing, {ARTIST.bytes: cut})

    for lists in (whole, told):
        assert [track.name for track in lists.of({own: ARTIST.bytes})] == ["The Ocean"]
        assert lists.of({own: UUID(int=8).bytes}) is nothing
        assert {id: [track.name for track in part] for id, part in lists.slices().items()} == {
            ARTIST.bytes: ["The Ocean"]
        }
    assert [lists.of({own: ARTIST.bytes}).has_next for lists in (whole, told)] == [False, True]


def test_a_slice_is_the_sequence_of_its_records() -> None:
    part = slice_of(*({"id": number} for number in range(3)))

    assert len(part) == 3
    assert [record.id for record in part] == [0, 1, 2]
    assert part[1].id == 1
    assert [record.id for record in part[1:]] == [1, 2]
    assert not slice_of()


def test_rows_that_are_taken_leave_the_ends_of_their_page() -> None:
    part = slice_of(*({"id": number} for number in range(5)))

    assert [row["id"] for row in part.records.take()] == [0, 1, 2, 3, 4]
    assert [part.position(part[end]) for end in (0, -1)] == [(0,), (4,)]


def test_the_place_of_a_record_is_the_value_of_each_key() -> None:
    through: Any = Through("album", "title")
    row = {"id": 7, "name": None, "album.title": "Coda"}
    part = slice_of(row, order=(SortKey("name"), SortKey(through, Direction.DESCENDING), IDENTITY))

    assert part.position(part[0]) == part.place(row) == (None, "Coda", 7)
