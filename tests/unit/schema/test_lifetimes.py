from dataclasses import dataclass

import pytest
import strawberry
from strawberry.types.base import get_object_definition

from domain.invoice.reports import RevenueByMonth
from domain.kernel.keeping import KEPT, Keeping, Scope
from domain.track.queries import AggregateTracks, FindTracks, GetTrack
from graphql_api.bootstrap import compose_schema
from graphql_api.execution.executor import Executor
from graphql_api.execution.limits import OperationLimits
from graphql_api.execution.operations import OperationCache, core_schema
from graphql_api.execution.request import GraphQLRequest
from graphql_api.schema.entity_type import EntityType, entity_type
from graphql_api.schema.lifetimes import Lifetimes, declared_by
from graphql_api.schema.reports import report

SHARED = Keeping(max_age=60, scope=Scope.PUBLIC)


@pytest.fixture(scope="module")
def executor() -> Executor:
    schema = compose_schema()
    return Executor(schema, OperationCache(schema, OperationLimits(max_cost=1_000_000_000)))


@pytest.fixture(scope="module")
def lifetimes() -> Lifetimes:
    return Lifetimes(core_schema(compose_schema()))


@pytest.mark.parametrize(
    ("document", "keeping"),
    [
        ("{ artists { totalCount nodes { name __typename albums { edges { cursor node { title } } } } } }", SHARED),
        (
            "query($a: String) { albums(where: {title: {eq: $a}}, orderBy: [{artist: {name: ASC}}]) { totalCount } }",
            SHARED,
        ),
        ("{ albums(where: {artist: {albumsCount: {gt: 3}}}) { nodes { id } } }", SHARED),
        ("{ artistAggregates(groupBy: [{name: VALUE}]) { count } }", SHARED),
        ('{ artist(id: "QXJ0aXN0") { ...f } } fragment f on Artist { albumsAggregate { count } }', SHARED),
        ("{ artists { nodes { name } } albums { nodes { title } } }", SHARED),
        # Tracks declare nothing, and not everybody sees each.
        ("{ artists { nodes { name } } tracks { totalCount } }", KEPT),
        ("{ albums { nodes { title tracks { totalCount } } } }", KEPT),
        ("{ albums { nodes { title tracksAggregate { count } } } }", KEPT),
        (
            "{ albums { ...f } } fragment f on AlbumConnection { nodes { ... on Album { tracks { totalCount } } } }",
            KEPT,
        ),
        ("query($all: Boolean!) { albums { nodes { title tracks @include(if: $all) { totalCount } } } }", KEPT),
        ('{ node(id: "QXJ0aXN0") { id } }', KEPT),
        ("{ __typename }", KEPT),
        # What is told of hidden things by a filter, an order or a count is told of them all the same.
        ("{ albums(where: {tracks: {some: {milliseconds: {gt: 1}}}}) { nodes { title } } }", Keeping(max_age=0)),
        ("{ albums(where: {not: {tracksCount: {gt: 3}}}) { nodes { title } } }", KEPT),
        ("{ albums(orderBy: [{tracksCount: DESC}]) { nodes { title } } }", KEPT),
        ("query($w: AlbumFilter) { albums(where: $w) { nodes { title } } }", KEPT),
        ("query($o: [AlbumOrder!]) { albums(orderBy: $o) { nodes { title } } }", KEPT),
        ("{ artists { nodes { albums(where: {tracksCount: {eq: 0}}) { totalCount } } } }", KEPT),
        # Reports declare nothing; introspection is nobody's to keep.
        ("{ artists { totalCount } revenueByMonth { revenue } }", None),
        ("{ artists { totalCount } __schema { queryType { name } } }", None),
    ],
)
async def test_an_operation_lasts_as_long_as_the_strictest_thing_it_shows(
    executor: Executor, lifetimes: Lifetimes, document: str, keeping: Keeping | None
) -> None:
    variables = {"all": False} if "$all" in document else {}
    prepared = await executor.prepare(GraphQLRequest(document, variables=variables))
    assert lifetimes.of(prepared) == keeping
    assert lifetimes.of(prepared) == keeping


async def test_of_several_operations_each_has_its_own(executor: Executor, lifetimes: Lifetimes) -> None:
    document = "query A { artists { totalCount } } query B { tracks { totalCount } }"
    found = [lifetimes.of(await executor.prepare(GraphQLRequest(document, name))) for name in ("A", "B")]
    assert found == [SHARED, KEPT]


def test_what_not_everybody_sees_cannot_be_declared_public() -> None:
    @dataclass(frozen=True, slots=True)
    class PublicTracks(FindTracks):
        keeping = SHARED

    with pytest.raises(TypeError, match="Answers about Track cannot be public"):

        @entity_type(get=GetTrack, find=PublicTracks, aggregate=AggregateTracks)
        class _Track(EntityType):
            name: str


def test_a_report_can_be_kept_but_not_shared() -> None:
    @dataclass(frozen=True, slots=True)
    class Kept(RevenueByMonth):
        keeping = Keeping(max_age=3_600)

    @dataclass(frozen=True, slots=True)
    class Shared(RevenueByMonth):
        keeping = SHARED

    assert [one.max_age for one in report(Kept).directives] == [3_600]
    with pytest.raises(TypeError, match="Shared cannot be public"):
        report(Shared)


def test_a_field_with_a_resolver_of_its_own_may_look_at_who_asks() -> None:
    @strawberry.type
    class Thing:
        name: str

        @strawberry.field
        def length(self) -> int:
            return len(self.name)

        @strawberry.field
        def whose(self, info: strawberry.Info) -> str:
            return str(info.context)

    fields = get_object_definition(Thing, strict=True).fields
    below = {field.python_name: [*declared_by(field, is_root=False)] for field in fields}
    assert below == {"name": [], "length": [], "whose": [KEPT]}
    assert [one for field in fields for one in declared_by(field, is_root=True)] == [None, None, None]
