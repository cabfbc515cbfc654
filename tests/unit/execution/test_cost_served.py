"""The cost of operations as a client of the whole application sees it."""

from collections.abc import Iterator

import pytest

from graphql_api.settings import GraphQLSettings
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
