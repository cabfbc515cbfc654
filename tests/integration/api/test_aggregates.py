"""Groups and what is measured of them, as clients ask for them; what they get wrong is told before any statement."""

from collections.abc import Iterator
from typing import Any

import pytest

from domain.kernel.viewer import ANONYMOUS
from graphql_api.manifest import MANIFEST
from tests.integration.api.venue_api import BOOKINGS, VENUES, create_tables
from tests.support.api import DATABASES, Api, new_database, serving, settings_of
from tests.support.listening import listening
from tests.support.small_store import Store

ARGUMENTS = (
    "$where: TrackFilter, $groupBy: [TrackGroupBy!], $having: TrackHaving, $orderBy: [TrackGroupOrder!], $first: Int"
)
PASSED = "where: $where, groupBy: $groupBy, having: $having, orderBy: $orderBy, first: $first"
GROUPS = f"query({ARGUMENTS}) {{ trackAggregates({PASSED}) {{ count }} }}"

# Arguments, and what is said of them.
UNFIT: list[tuple[dict[str, Any], str]] = [
    ({"groupBy": [{"nme": "VALUE"}]}, "unknown field 'nme'"),
    ({"groupBy": [{"album": {"nme": "VALUE"}}]}, "unknown field 'nme'"),
    ({"groupBy": [{"playlistsCount": "VALUE"}]}, "unknown field 'playlistsCount'"),
    ({"groupBy": [{"name": "MONTH"}]}, "MONTH"),
    ({"groupBy": [{"createdAt": "HOUR"}]}, "HOUR"),
    ({"groupBy": [{"name": "VALUE", "genre": "VALUE"}]}, "must specify exactly one key"),
    ({"groupBy": [{}]}, "must specify exactly one key"),
    ({"groupBy": [None]}, "TrackGroupBy!"),
    ({"groupBy": "name"}, "to be an object"),
    ({"having": {"sum": {"name": {"gt": "1"}}}}, "unknown field 'name'"),
    ({"having": {"median": {"bytes": {"gt": 1}}}}, "unknown field 'median'"),
    ({"having": {"count": {"gt": "many"}}}, "Int cannot represent"),
    ({"having": {"count": {"like": "1%"}}}, "unknown field 'like'"),
    ({"having": {"avg": {"milliseconds": {"gt": True}}}}, "Decimal"),
    ({"having": {"max": {"name": {"gt": 1}}}}, "String cannot represent"),
    ({"having": {"name": {"eq": "x"}}}, "unknown field 'name'"),
    ({"orderBy": [{"name": "ASC"}]}, "unknown field 'name'"),
    ({"orderBy": [{"sum": {"name": "ASC"}}]}, "unknown field 'name'"),
    ({"orderBy": [{"count": "UP"}]}, "UP"),
    ({"orderBy": [{"count": "ASC", "key": {"name": "ASC"}}]}, "must specify exactly one key"),
    ({"first": "many"}, "Int cannot represent"),
    ({"first": 1.5}, "Int cannot represent"),
    ({"where": {"name": "x"}}, "to be an object"),
]

MEANINGLESS: list[tuple[dict[str, Any], str, str]] = [
    ({"first": 0}, "first", "between 1 and 1000"),
    ({"first": 1_001}, "first", "between 1 and 1000"),
    ({"where": {"name": {}}}, "where.name", "says nothing"),
    ({"where": {"or": []}}, "where.or", "the list is empty"),
    ({"having": {"sum": {}}}, "having.sum", "says nothing"),
    ({"having": {"not": {"count": {"in": [1] * 1_001}}}}, "having.not.count.in", "at most 1000"),
    ({"groupBy": [{"genre": "VALUE"}], "orderBy": [{"key": {"name": "ASC"}}]}, "orderBy.0.key", "name it in groupBy"),
    ({"groupBy": [{"createdAt": "DAY"}, {"createdAt": "DAY"}]}, "groupBy.1", "a second time"),
]

# Documents whose selection is at fault.
SELECTIONS: list[tuple[str, int, str]] = [
    ("{ trackAggregates { key { genre } } }", 200, "does not name genre"),
    ("{ trackAggregates(groupBy: [{ genre: VALUE }]) { key { album { title } } } }", 200, "does not name album.title"),
    ("{ trackAggregates { sum { name } } }", 400, "Cannot query field 'name'"),
    ("{ trackAggregates { median { bytes } } }", 400, "Cannot query field 'median'"),
    ("{ trackAggregates { count { bytes } } }", 400, "must not have a selection"),
    ("{ trackAggregates { sum } }", 400, "must have a selection"),
    ("{ trackAggregates }", 400, "must have a selection"),
    ("{ trackAggregates(last: 1) { count } }", 400, "Unknown argument 'last'"),
    ("{ trackAggregates(groupBy: [{ nme: VALUE }]) { count } }", 400, "unknown field 'nme'"),
    ("{ trackAggregates(first: 1.0) { count } }", 400, "Int cannot represent"),
    ("{ albums { nodes { tracksAggregate(where: {}) { count } } } }", 200, "says nothing"),
    ("{ albums { nodes { tracksAggregate(groupBy: [{ genre: VALUE }]) { count } } } }", 400, "Unknown argument"),
]


def errors_of(api: Api, document: str, **variables: Any) -> tuple[int, list[dict[str, Any]]]:
    """Run an operation that must not reach the database, and give the status and its errors."""
    with listening() as statements:
        reply = api.post(document, variables)
    assert statements == []
    return reply.status, reply.json()["errors"]


@pytest.mark.parametrize(("arguments", "text"), UNFIT, ids=lambda one: str(one)[:60])
def test_what_no_group_can_be_asked_for_is_refused_before_anything_runs(
    store: Store, arguments: dict[str, Any], text: str
) -> None:
    status, errors = errors_of(store.api, GROUPS, **arguments)
    assert (status, {error["extensions"]["code"] for error in errors}) == (400, {"BAD_USER_INPUT"})
    assert text in errors[0]["message"]


@pytest.mark.parametrize(("arguments", "argument", "text"), MEANINGLESS, ids=lambda one: str(one)[:60])
def test_what_groups_cannot_mean_is_one_error_at_its_place(
    store: Store, arguments: dict[str, Any], argument: str, text: str
) -> None:
    status, (error,) = errors_of(store.api, GROUPS, **arguments)
    assert (status, error["extensions"]["code"], error["extensions"]["argument"]) == (200, "BAD_USER_INPUT", argument)
    assert text in error["message"]


@pytest.mark.parametrize(("document", "status", "text"), SELECTIONS, ids=lambda one: str(one)[:70])
def test_what_cannot_be_selected_of_groups_is_one_error(store: Store, document: str, status: int, text: str) -> None:
    found, (error,) = errors_of(store.api, document)
    assert found == status
    assert text in error["message"]


def test_a_group_is_measured_by_its_relations_only_as_deep_as_any_operation(store: Store) -> None:
    document = "{ " + "albums { nodes { tracks { nodes { album { artist { " * 5
    document += "albumsAggregate { count }" + " } } } } } }" * 5 + " }"
    status, (error,) = errors_of(store.api, document)
    assert status == 400
    assert "deep" in error["message"]


@pytest.fixture(scope="module", params=DATABASES)
def visitor(request: pytest.FixtureRequest) -> Iterator[Api]:
    """Give the API of venues to somebody who may not read what they took."""
    with new_database(request) as url, serving(settings_of(url), ANONYMOUS, [*MANIFEST, VENUES, BOOKINGS]) as api:
        api.run(create_tables(settings_of(url)))
        yield api


KEPT_BACK = [
    ("{ venues(where: { takings: { gt: 1 } }) { totalCount } }", "where.takings"),
    ("{ venues(where: { not: { or: [{ takings: { isNull: true } }] } }) { totalCount } }", "where.not.or.0.takings"),
    ("{ venues(orderBy: [{ takings: ASC }]) { nodes { id } } }", "orderBy.0.takings"),
    ("{ venues { nodes { annexes(where: { takings: { eq: 1 } }) { totalCount } } } }", "annexes.where.takings"),
    ("{ venues { nodes { annexesAggregate(where: { takings: { eq: 1 } }) { count } } } }", "annexesAggregate.where.takings"),
    ("{ bookings(where: { venue: { takings: { gt: 1 } } }) { totalCount } }", "where.venue.takings"),
    ("{ bookings(orderBy: [{ venue: { takings: DESC } }]) { nodes { id } } }", "orderBy.0.venue.takings"),
    ("{ venueAggregates(where: { takings: { gt: 1 } }) { count } }", "where.takings"),
    ("{ venueAggregates(groupBy: [{ takings: VALUE }]) { count } }", "groupBy.0.takings"),
    ("{ venueAggregates(having: { max: { takings: { gt: 1 } } }) { count } }", "having.max.takings"),
    ("{ venueAggregates(orderBy: [{ sum: { takings: ASC } }]) { count } }", "orderBy.0.sum.takings"),
    ("{ bookingAggregates(groupBy: [{ venue: { takings: VALUE } }]) { count } }", "groupBy.0.venue.takings"),
    ("{ bookingAggregates(groupBy: [{ night: YEAR }], orderBy: [{ key: { venue: { takings: ASC } } }]) { count } }",
     "orderBy.0.key.venue.takings"),
]  # fmt: skip


@pytest.mark.parametrize(("document", "argument"), KEPT_BACK)
def test_what_a_viewer_may_not_read_chooses_sorts_and_groups_nothing(
    visitor: Api, document: str, argument: str
) -> None:
    status, (error,) = errors_of(visitor, document)
    assert (status, error["extensions"]["code"], error["extensions"]["argument"]) == (200, "BAD_USER_INPUT", argument)
    assert (
        error["message"] == f"{argument}: you are not allowed to read this, and so not to filter, sort or group by it"
    )


@pytest.mark.parametrize("function", ["countDistinct", "sum", "avg", "min", "max"])
def test_what_a_viewer_may_not_read_is_not_measured_for_them(visitor: Api, function: str) -> None:
    fault = visitor.fault(f"{{ venueAggregates {{ count {function} {{ takings }} }} }}")
    assert (fault.code, fault.error["path"]) == ("PERMISSION_DENIED", ["venueAggregates", 0, function, "takings"])
