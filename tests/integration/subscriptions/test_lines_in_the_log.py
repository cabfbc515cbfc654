"""What operators read of operations that come by a WebSocket."""

import json
from typing import Any

import pytest

from graphql_api.settings import DatabaseSettings
from tests.integration.subscriptions.test_websocket import ALL_TRACKS, told, track
from tests.support.live import live

pytestmark = pytest.mark.asyncio(loop_scope="module")


def lines(output: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """Give the lines of operations over WebSockets since somebody asked last."""
    records = [json.loads(line) for line in output.readouterr().err.splitlines()]
    return [one for one in records if one["event"] == "graphql.operation" and one["transport"] == "websocket"]


async def test_each_operation_makes_one_line_whatever_becomes_of_it(
    database: DatabaseSettings, capsys: pytest.CaptureFixture[str]
) -> None:
    async with live(database, logging={"format": "json"}) as server, server.socket() as socket:
        await socket.subscribe("1", "query Names($n: Int!) { tracks(first: $n) { nodes { name } } }", n=1)
        messages = [await socket.receive(), await socket.receive()]
        (record,) = lines(capsys)
        sent = sum(len(json.dumps(message, separators=(",", ":"))) for message in messages)
        facts = ("operation", "type", "statements", "status", "errors", "response_bytes")
        assert [record[fact] for fact in facts] == ["Names", "query", 1, None, 0, sent]
        assert record["cost"] > 0 <= record["database_ms"] <= record["duration_ms"]
        assert len(record["hash"]) == 16
        assert len(record["request_id"]) == 32

        await socket.subscribe("2", "{ nobodyKnowsThis }")
        await socket.receive()
        (record,) = lines(capsys)
        assert (record["operation"], record["type"], record["errors"]) == (None, None, 1)

        await socket.follow("3", ALL_TRACKS)
        await track(server, "a")
        assert told(await socket.receive()) == ("3", "TrackCreated", "a")
        assert lines(capsys) == []
        await socket.leave("3")
        (record,) = lines(capsys)
        assert (record["type"], record["errors"]) == ("subscription", 0)
        assert record["statements"] > 0


async def test_an_operation_that_is_one_too_many_makes_a_line_too(
    database: DatabaseSettings, capsys: pytest.CaptureFixture[str]
) -> None:
    alone = {"max_per_connection": 1}
    async with live(database, logging={"format": "json"}, subscriptions=alone) as server, server.socket() as socket:
        await socket.follow("1", ALL_TRACKS)
        await socket.subscribe("2", "{ artists { totalCount } }")
        answer = await socket.receive()
        assert (answer["id"], answer["type"]) == ("2", "error")
        (record,) = lines(capsys)
        assert (record["operation"], record["errors"], len(record["request_id"])) == (None, 1, 32)


@pytest.mark.parametrize("number", [1, 2])
async def test_a_command_is_told_in_the_line_of_its_operation_and_of_several_each_has_one_with_its_id(
    database: DatabaseSettings, capsys: pytest.CaptureFixture[str], number: int
) -> None:
    fields = " ".join(f'a{one}: createPlaylist(input: {{ name: "a" }}) {{ __typename }}' for one in range(number))
    create = f"mutation {{ {fields} }}"
    async with live(database, logging={"format": "json"}) as server, server.socket() as socket:
        await socket.subscribe("1", create)
        await socket.receive()
        await socket.receive()
        records = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
        told = [one for one in records if one["event"].startswith(("command", "graphql"))]
        assert [one["event"] for one in told] == [
            *["command.handled"] * (number if number > 1 else 0),
            "graphql.operation",
        ]
        assert {one["command"] for one in told if "command" in one} == {"CreatePlaylist"}
        assert len({one["request_id"] for one in told}) == 1
