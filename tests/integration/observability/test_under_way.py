"""What is under way is counted as long as it is, on any transport."""

import asyncio

from prometheus_client.parser import text_string_to_metric_families

from graphql_api.settings import DatabaseSettings, TelemetrySettings
from tests.support.events import PATIENCE
from tests.support.live import Live, live

SUBSCRIPTION = "subscription { trackChanged { track { name } } }"
MEASURED = TelemetrySettings.model_validate({"prometheus": True, "sample_ratio": 0})


async def scraped(server: Live, metric: str) -> float:
    text = (await server.client.get(server.url.replace("/graphql", "/metrics"))).text
    (family,) = (one for one in text_string_to_metric_families(text) if one.name == metric)
    (sample,) = family.samples
    return float(sample.value)


async def test_requests_are_under_way_until_their_streams_end(database: DatabaseSettings) -> None:
    async with live(database, telemetry=MEASURED) as server:
        assert await scraped(server, "http_server_active_requests") == 0
        async with server.events(SUBSCRIPTION):
            assert await scraped(server, "http_server_active_requests") == 1
        async with asyncio.timeout(PATIENCE):
            while await scraped(server, "http_server_active_requests"):
                pass


async def test_a_websocket_is_open_until_its_client_leaves(database: DatabaseSettings) -> None:
    async with live(database, telemetry=MEASURED) as server:
        assert await scraped(server, "graphql_server_websockets") == 0
        async with server.socket():
            assert await scraped(server, "graphql_server_websockets") == 1
            assert await scraped(server, "http_server_active_requests") == 0
        async with asyncio.timeout(PATIENCE):
            while await scraped(server, "graphql_server_websockets"):
                pass
