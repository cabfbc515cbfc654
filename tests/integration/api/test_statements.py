"""How many statements an operation takes, and which: at most as many as it has levels, however many rows there are."""

from typing import Any

import pytest

from tests.support.listening import listening
from tests.support.reading import global_id
from tests.support.small_store import Store


def statements_of(store: Store, document: str, **variables: Any) -> list[str]:
    with listening() as statements:
        store.api.data(document, **variables)
    return statements


LEVELS = [
    ("tracks(first: {n}) {{ nodes {{ id name duration }} }}", 1),
    ("tracks(first: {n}) {{ nodes {{ album {{ title }} }} }}", 2),
    ("tracks(first: {n}) {{ nodes {{ album {{ artist {{ name }} }} }} }}", 3),
    ("albums(first: {n}) {{ nodes {{ tracks {{ nodes {{ name }} }} }} }}", 2),
    ("albums(first: {n}) {{ nodes {{ a: tracks(first: 1) {{ nodes {{ name }} }} b: tracks(last: 2) {{ edges {{ cursor }} }} }} }}", 3),
    ("albums(first: {n}) {{ nodes {{ tracks {{ nodes {{ playlists {{ nodes {{ entries {{ nodes {{ id }} }} }} }} }} }} }} }}", 4),
    ("tracks(first: {n}) {{ totalCount nodes {{ playlists {{ totalCount nodes {{ id }} }} }} }}", 2),
    ("artists(first: {n}) {{ edges {{ node {{ id }} }} nodes {{ name }} pageInfo {{ endCursor hasNextPage hasPreviousPage }} }}", 1),
]  # fmt: skip


def reads_together(store: Store) -> bool:
    return store.settings.database.url.dialect == "postgresql"


@pytest.mark.parametrize(("text", "count"), LEVELS)
def test_the_number_of_statements_is_the_number_of_levels_or_one(store: Store, text: str, count: int) -> None:
    where = "where: { version: { eq: 1 } }, "
    for size in (2, 5, 7, 11, 30):
        document = "{ " + text.format(n=size).replace("(first: ", f"({where}first: ", 1) + " }"
        assert len(statements_of(store, document)) == (1 if reads_together(store) else count)


def test_without_any_parents_the_levels_below_are_not_read(store: Store) -> None:
    document = (
        '{ albums(where: { title: { eq: "nothing" } }) { nodes { tracks { nodes { playlists { totalCount } } } } } }'
    )
    assert len(statements_of(store, document)) == 1


def test_one_thing_takes_one_statement_and_at_most_one_for_each_level_below(store: Store) -> None:
    document = "query($id: ID!) { node(id: $id) { ... on Album { title artist { name } tracks { nodes { name } } } } }"
    found = statements_of(store, document, id=global_id(store.contents.albums[0]))
    assert len(found) == (1 if reads_together(store) else 3)


def test_several_things_that_lead_to_one_each_are_read_together(store: Store) -> None:
    if not reads_together(store):
        return  # SQLite answers before the next one asks
    tracks = [global_id(one) for one in store.contents.tracks[:10]]
    assert len(tracks) == 10
    parts = (f'a{n}: track(id: "{id}") {{ album {{ artist {{ name }} }} }}' for n, id in enumerate(tracks))
    # The first is read with all its levels; those who come meanwhile, level by level.
    assert len(statements_of(store, f"{{ {' '.join(parts)} }}")) < len(tracks)


def test_a_total_alone_reads_no_rows(store: Store) -> None:
    (statement,) = statements_of(
        store, '{ tracks(where: { genre: { eq: "Rock" } }, orderBy: [{ name: ASC }]) { totalCount } }'
    )
    assert statement.startswith("SELECT (SELECT count(")
    assert "name" not in statement
    counted, *others = statements_of(store, "{ albums(first: 3) { nodes { tracks { totalCount } } } }")[::-1]
    assert len(others) == 1
    assert "count(" in counted
    assert "milliseconds" not in counted


def test_nothing_is_counted_unless_it_is_asked_for(store: Store) -> None:
    document = "{ tracks { nodes { id playlists { nodes { id } } } pageInfo { hasNextPage endCursor } } }"
    assert not any("count(" in statement for statement in statements_of(store, document))


def test_only_the_columns_that_are_wanted_are_read(store: Store) -> None:
    (statement,) = statements_of(store, "{ tracks(first: 2) { nodes { duration } } }")
    columns = statement.partition("FROM")[0]
    assert {name for name in ("milliseconds", "composer", "unit_price", "genre") if name in columns} == {"milliseconds"}


def test_what_directives_leave_out_is_not_read(store: Store) -> None:
    document = (
        "query($no: Boolean = false) { albums { nodes { id tracks @include(if: $no) { totalCount nodes { id } } } } }"
    )
    assert len(statements_of(store, document)) == 1


def test_only_typename_reads_one_row(store: Store) -> None:
    document = "query($id: ID!) { node(id: $id) { __typename } __typename }"
    assert len(statements_of(store, document, id=global_id(store.contents.tracks[0]))) == 1


def test_bad_input_never_reaches_the_database(store: Store) -> None:
    with listening() as statements:
        store.api.post('{ tracks(where: { name: {} }) { totalCount } node(id: "x") { id } }')
        store.api.post("{ tracks(first: 0) { totalCount } }")
    assert statements == []
