"""Compiled plans and Strawberry's own execution give the same answers, byte for byte."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from graphql_api.bootstrap import compose_schema
from graphql_api.execution.operations import core_schema
from tests.integration.api.venues import VenueKind
from tests.property.executions import CURSOR, SCALARS, SERVED, TABLES, VIEWERS, Pair, ask, pairs_on_each
from tests.support.laws import QUESTIONS, several
from tests.support.queries import Operation, queries
from tests.support.worlds import NOON, World, identity, worlds

EXAMPLES = {"ci": 1_000, "thorough": 5_000}
LAW = settings(
    max_examples=EXAMPLES.get(settings.get_current_profile_name(), 100) // QUESTIONS,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.fixture(scope="module")
def pairs(request: pytest.FixtureRequest, sqlite_template: object, postgres_template: object) -> Iterator[list[Pair]]:
    with pairs_on_each(request) as pairs:
        yield pairs


async def agree(pair: Pair, viewer: str, operation: Operation) -> None:
    expected = await ask(pair.reference, viewer, operation)
    assert b"VALIDATION_FAILED" not in expected[1]
    assert await ask(pair.compiled, viewer, operation) == expected
    if "$cursor" in operation.document and (found := CURSOR.search(expected[1])):
        cursor = found[1].decode()
        assert await ask(pair.compiled, viewer, operation, cursor) == await ask(
            pair.reference, viewer, operation, cursor
        )


def row(entity: str, number: int, **values: Any) -> Mapping[str, Any]:
    fields = TABLES.model[entity].fields
    times = {name: NOON for name in ("created_at", "updated_at") if name in fields}
    return {**dict.fromkeys(fields), "id": identity(entity, number), "version": 1, **times, **values}


def venue(number: int, kind: VenueKind, **values: Any) -> Mapping[str, Any]:
    ordinary = {"name": f"Venue {number}", "rent": Decimal("1.50"), "is_open": True, "key_code": ""}
    return row("Venue", number, kind=kind, **{**ordinary, **values})


A_BOOKING = {
    "venue_id": identity("Venue", 0),
    "artist_id": identity("Artist", 0),
    "night": date(1963, 8, 3),
    "takings": 7,
}
WORLD = World(
    {
        **dict.fromkeys(TABLES.names_by_dependency, ()),
        "Artist": [row("Artist", 0, name="The Beatles")],
        "Venue": [
            venue(0, VenueKind.CLUB, seats=2**31 - 1, takings=2**40),
            venue(1, VenueKind.HALL, is_open=False, main_venue_id=identity("Venue", 0)),
            venue(2, VenueKind.PARK, takings=1),
        ],
        "Booking": [row("Booking", 0, **A_BOOKING)],
    },
    TABLES,
)


def irregular(viewer: str, document: str, **variables: Any) -> example:
    """Make an example of something that plans have to leave to the reference, or once answered otherwise."""
    return example(world=WORLD, questions=[(viewer, Operation(document, variables))])


ABOUT = "fragment N on __Schema { queryType { name } } fragment T on __Type { fields { type { ...T2 } } } "
ABOUT += "fragment T2 on __Type { name kind }"
ONE_QUESTION = st.tuples(st.sampled_from(sorted(VIEWERS)), queries(core_schema(compose_schema(SERVED)), SCALARS))


@LAW
@given(
    world=worlds(dict.fromkeys(TABLES.names_by_dependency, 2), TABLES),
    questions=several(ONE_QUESTION),
)
# Two guards of fields that have the same name.
@irregular("accountant", "{ bookings { nodes { takings venue { takings } } } }")
@irregular("staff", "{ bookings { nodes { venue { takings } takings } } }")
@irregular("nobody", "{ venueAggregates { max { takings } } bookingAggregates { max { takings } } }")
@irregular("both", "{ venues { nodes { takings } } }")
@irregular("staff", "query($b: Boolean = true) { venues { totalCount @skip(if: $b) } }", b=None)
@irregular("staff", 'query($b: Boolean = true) { node(id: "VmVudWU6MQ==") { id @skip(if: $b) } }', b=None)
@irregular("staff", 'query($i: ID! = "x") { node(id: $i) { id } venue(id: $i) { id } }')
@irregular("staff", '{ a: venue(id: "x") { id } b: venues { totalCount } }')
@irregular("staff", "{ b: venues { totalCount } a: venues(first: -1) { totalCount } }")
@irregular("staff", 'query($i: ID = "x") { venue(id: $i) { id } }', i=None)
@irregular("staff", '{ __schema { ...N } t: __type(name: "Venue") { ...T } __type(name: "X") { name } } ' + ABOUT)
@irregular(
    "staff", 'query($b: Boolean!) { __type(name: "Venue") { name @skip(if: $b) kind } venues { totalCount } }', b=True
)
@irregular("staff", "{ venues(where: { kind: { eq: PARK } }) { nodes { price } } }")
@irregular("staff", "{ ... @include(if: false) { venues { totalCount } } }")
@irregular("staff", "{ venues { edges { node { chairs name } } } }")
@irregular("staff", "{ venues { nodes { name mainVenue { seatsTwice } seatsTwice resembles } } }")
@irregular("staff", "{ venues { nodes { n: name rumour letters echo(times: 2) surroundings { __typename } } } }")
@irregular(
    "staff",
    "query($some: [Int!]) { playlists(where: {not: {createdAt: {}, version: {notIn: $some}}, tracksCount: {between: [0]}}) "
    "{ totalCount } }",
)
def test_both_executions_give_the_same_answer(
    pairs: list[Pair], world: World, questions: Sequence[tuple[str, Operation]]
) -> None:
    for pair in pairs:
        pair.compiled.run(pair.store(world))
        for viewer, operation in questions:
            pair.compiled.run(agree(pair, viewer, operation))


MANY = World(
    {
        "Artist": [row("Artist", 0, name="A"), row("Artist", 1, name="B")],
        "Album": [row("Album", n, title=f"Album {n}", artist_id=identity("Artist", n % 2)) for n in range(4)],
        "Venue": [venue(n, VenueKind.PARK, takings=n, annex_of_id=identity("Venue", 0) if n else None) for n in range(3)],
    },
    TABLES,
)  # fmt: skip
VARIED = (
    "query($o: [AlbumOrder!], $w: AlbumFilter!, $n: Int) {"
    " artists(orderBy: [{ name: ASC }]) { nodes { albums(first: $n, orderBy: $o, where: $w) { nodes { title } } } }"
    " albums(orderBy: $o, where: $w) { nodes { title artist { albumsAggregate(where: $w) { count } } } } }"
)
IN_TURN = [
    (
        VARIED,
        [
            ("staff", {"o": [{"title": order}], "w": {"title": {"ne": f"Album {number}"}}, "n": number + 1})
            for order in ("ASC", "DESC")
            for number in range(2)
        ],
    ),
    *(
        (document, [(viewer, {}) for viewer in ("accountant", "nobody", "both", "staff", "nobody")])
        for document in (
            "{ venues(orderBy: [{ takings: DESC }]) { nodes { name } } }",
            "{ venues { nodes { name annexes(where: { takings: { gt: 1 } }, orderBy: [{ takings: DESC }]) { nodes { name } } } } }",
            "{ venues { nodes { name annexesAggregate(where: { takings: { gt: 1 } }) { count } } } }",
        )
    ),
]  # fmt: skip


@pytest.mark.parametrize(("document", "turns"), IN_TURN, ids=["variables", "order", "relation", "aggregate"])
def test_what_one_request_left_behind_answers_no_other(
    pairs: list[Pair], document: str, turns: Sequence[tuple[str, Mapping[str, Any]]]
) -> None:
    for pair in pairs:
        pair.compiled.run(pair.store(MANY))
        answers = set()
        for viewer, variables in turns:
            operation = Operation(document, dict(variables))
            pair.compiled.run(agree(pair, viewer, operation))
            answers.add(pair.compiled.run(ask(pair.compiled, viewer, operation)))
        assert len(answers) >= 2
