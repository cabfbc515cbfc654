"""The cost of operations as a client of the whole application sees it."""

from collections.abc import Iterator

import pytest

from graphql_api.bootstrap import compose
from graphql_api.execution.request import GraphQLRequest
from graphql_api.settings import GraphQLSettings, Settings
from tests.support.api import Api, serving, settings_of

DEAR = "{ artists(first: 20) { nodes { name } } }"


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    url = f"sqlite:///{tmp_path_factory.mktemp('cost') / 'store.sqlite'}"
    limits = GraphQLSettings(max_cost=140, default_page_size=10, max_page_size=20)
    with serving(settings_of(url, graphql=limits)) as api:
        yield api


def test_the_limit_comes_from_the_settings(api: Api) -> None:
    fault = api.fault(DEAR)
    assert (fault.status, fault.code) == (400, "GRAPHQL_VALIDATION_FAILED")
    assert (fault.error["extensions"]["cost"], fault.error["extensions"]["maxCost"]) == (141, 140)
    assert api.data("{ artists(first: 19) { nodes { name } } }") == {"artists": {"nodes": []}}


def test_the_sizes_of_pages_come_from_the_settings(api: Api) -> None:
    assert api.data("{ artists { nodes { id name } } }") == {"artists": {"nodes": []}}
    assert api.fault("{ artists { nodes { id name createdAt updatedAt } } }").error["extensions"]["cost"] == 151
    assert api.fault("{ artists(first: 1000) { nodes { name } } }").error["extensions"]["cost"] == 141


def test_an_old_client_gets_the_same_refusal_as_a_success_of_the_transport(api: Api) -> None:
    body = b'{"query": "%s"}' % DEAR.encode()
    reply = api.request("POST", "/graphql", body, content_type="application/json", accept="application/json")
    assert (reply.status, reply.json()["errors"][0]["extensions"]["validationErrorCode"]) == (200, "MAX_COST_LIMIT")


@pytest.mark.parametrize(
    ("operation", "cost"),
    [
        # A statement that looks at all there is, a row, and its values, whatever they stand in.
        ("{ trackAggregates { count sum { unitPrice } } }", 100 + 10 + 50 * (1 + 1 + 1 + 1)),
        ("{ trackAggregates(first: 1) { count key { album { title } } } }", 100 + 10 + (1 + 1 + 1 + 1 + 1)),
        # Measures of a relation: one more statement, which looks at what each thing leads to.
        ("{ albums(first: 1) { nodes { tracksAggregate { count } } } }", 100 + 100 + 1 + (1 + 10 + 1)),
        # A report, and the thing that each of its rows shows.
        ("{ topSellingTracks(first: 3) { quantity track { name } } }", 100 + 100 + 1 + 3 * (1 + 1 + 1 + 1)),
        # The arguments of an order: an object of the list and one within, and a relation.
        ("{ tracks(first: 1, orderBy: [{ album: { title: ASC } }]) { nodes { name } } }", 103 + 10 + 10 + 100 + 1),
    ],
)
async def test_measures_reports_and_orders_cost_what_they_read(operation: str, cost: int) -> None:
    settings = Settings(environment="testing")
    executor = compose(settings).executor
    prepared = await executor.prepare(GraphQLRequest(operation))
    assert prepared.cost == cost
