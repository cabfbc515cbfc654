"""Operations over WebSocket: each is a trace of its own, or a part of the one that the handshake names."""

from typing import Any

from graphql_api.settings import DatabaseSettings, TelemetrySettings
from tests.support.collector import collecting
from tests.support.events import until
from tests.support.live import Live, live

QUERY = "query Some { artists { totalCount } }"
ASKED: Any = [("Query.artists", [("ask FindArtists", [("SELECT artists", [])])])]
TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0{}"


async def ask(server: Live, document: str, **headers: str) -> None:
    async with server.socket(additional_headers=headers) as socket:
        await socket.subscribe("1", document)
        while (await socket.receive())["type"] == "next":
            pass


async def test_each_operation_is_a_trace(database: DatabaseSettings) -> None:
    with collecting() as collector:
        told = TelemetrySettings.model_validate({"endpoint": collector.url, "export_interval": 0.05})
        async with live(database, telemetry=told) as server:
            await ask(server, QUERY)
            await ask(server, "{ nothing }")
            await ask(server, QUERY, traceparent=TRACEPARENT.format(1))
            await ask(server, QUERY, traceparent=TRACEPARENT.format(0))
            await until(lambda: len([one for one in collector.spans if one.name == "query Some"]) == 2)
            await until(lambda: [one for one in collector.spans if one.name == "GraphQL Operation"])
    own, below = [one for one in collector.spans if one.name == "query Some"]
    assert own.parent == b""
    assert (below.trace.hex(), below.parent.hex()) == tuple(TRACEPARENT.split("-")[1:3])
    for operation in (own, below):
        (_, [*_, resolved]) = collector.tree(operation)
        assert [resolved] == ASKED
    refused = collector.named("GraphQL Operation")
    assert refused.facts["graphql_api.error.codes"] == ["GRAPHQL_VALIDATION_FAILED"]
    measured = collector.metrics["graphql.server.operation.duration"][-1].histogram.data_points
    assert {point.attributes[1].value.string_value: point.count for point in measured} == {"success": 3, "error": 1}
    named = {exemplar.span_id for point in measured for exemplar in point.exemplars}
    assert named
    assert named <= {own.id, below.id, refused.id}


async def test_how_many_are_recorded_is_chosen_once(database: DatabaseSettings) -> None:
    with collecting() as collector:
        told = TelemetrySettings.model_validate({"endpoint": collector.url, "sample_ratio": 0})
        async with live(database, telemetry=told) as server:
            await ask(server, QUERY)
    assert collector.spans == []
