"""Where only trusted documents are answered, no transport is a way around."""

import json
from pathlib import Path

import pytest

from graphql_api.execution.documents import id_of
from graphql_api.settings import DatabaseSettings
from tests.support.live import live

TRUSTED, OTHER = "{ artists { totalCount } }", "{ albums { totalCount } }"
REFUSED = "PERSISTED_QUERY_NOT_IN_LIST"

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_socket_and_a_stream_answer_what_is_trusted_and_nothing_else(
    database: DatabaseSettings, tmp_path: Path
) -> None:
    (tmp_path / "Artists.graphql").write_text(TRUSTED, encoding="utf-8")
    graphql = {"documents": str(tmp_path), "accept": "trusted_only", "max_cost": 1_000_000}
    answered: list[dict[str, str]] = [{"documentId": "Artists"}, {"documentId": id_of(TRUSTED)}, {"query": TRUSTED}]
    refused: list[dict[str, str]] = [{"query": OTHER}, {"query": OTHER, "documentId": id_of(OTHER)}]
    async with live(database, graphql=graphql) as server:
        async with server.socket() as socket:
            for payload in answered:
                await socket.send(type="subscribe", id="1", payload=payload)
                assert [(await socket.receive())["type"] for _ in range(2)] == ["next", "complete"]
            for payload in refused:
                await socket.send(type="subscribe", id="1", payload=payload)
                assert (await socket.receive())["payload"][0]["extensions"]["code"] == REFUSED
        for payload in (*answered, *refused):
            reply = await server.client.post(server.url, json=payload, headers={"accept": "text/event-stream"})
            if payload in answered:
                assert 'data: {"data":{"artists":{"totalCount":0}}}' in reply.text
            else:
                assert json.loads(reply.text)["errors"][0]["extensions"]["code"] == REFUSED
