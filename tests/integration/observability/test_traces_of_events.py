"""Traces that go on where events go: through the outbox, to handlers and subscribers, in other processes too."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from unittest.mock import patch

import pytest

from domain.track.events import TrackCreated
from graphql_api import bootstrap
from graphql_api.settings import DatabaseSettings, TelemetrySettings
from tests.support.collector import Collector, Recorded, collecting
from tests.support.events import until
from tests.support.live import Live, live

CREATE = """mutation Create {
  createTrack(input: {name: "Nina", milliseconds: 1000, unitPrice: "1", mediaType: "MPEG"}) { __typename }
}"""
FOLLOW = "subscription { trackChanged { event track { name } } }"


@asynccontextmanager
async def two_servers(database: DatabaseSettings, collector: Collector, **sections: Any) -> AsyncIterator[list[Live]]:
    """Two servers on one database, each with an ear for new tracks."""

    async def hear(_event: TrackCreated) -> None:
        """Take note."""

    told = TelemetrySettings.model_validate({"endpoint": collector.url, "export_interval": 0.05})
    with patch.object(bootstrap, "EVENT_HANDLERS", {TrackCreated: [hear]}):
        async with (
            live(database, telemetry=told, **sections) as one,
            live(database, telemetry=told, **sections) as other,
        ):
            yield [one, other]


def connected(collector: Collector, span: Recorded) -> list[str]:
    """Name the spans on the way from a span to the root of its trace."""
    names, by_id = [span.name], {one.id: one for one in collector.spans}
    while span.parent:
        span = by_id[span.parent]
        names.append(span.name)
    return names


WAY = ["dispatch CreateTrack", "Mutation.createTrack", "mutation Create", "POST /graphql"]


@pytest.mark.parametrize("transport", ["websocket", "events"])
async def test_what_follows_from_a_command_hangs_under_it(database: DatabaseSettings, transport: str) -> None:
    with collecting() as collector:
        async with two_servers(database, collector) as (one, other):
            if transport == "events":
                async with other.events(FOLLOW) as events:
                    await one.post(CREATE)
                    await anext(events)
            else:
                async with other.socket() as socket:
                    await socket.follow("1", FOLLOW)
                    await one.post(CREATE)
                    assert (await socket.receive())["payload"]["data"]["trackChanged"]["track"] == {"name": "Nina"}
            await until(
                lambda: {"handle TrackCreated", "deliver TrackCreated"} <= {span.name for span in collector.spans}
            )
            await until(lambda: "POST /graphql" in {span.name for span in collector.spans})
    statement = next(span for span in collector.spans if span.name.startswith("INSERT"))
    assert connected(collector, statement)[1:] == WAY
    for what in ("handle TrackCreated", "deliver TrackCreated"):
        assert connected(collector, collector.named(what)) == [what, *WAY]
    read: Any = ("TrackChanged.track", [("ask GetTrack", [("SELECT tracks", [])])])
    told = ("deliver TrackCreated", [("Subscription.trackChanged", [read])])
    assert collector.tree(collector.named("deliver TrackCreated")) == told
