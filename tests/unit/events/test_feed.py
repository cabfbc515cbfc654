"""A feed whose stream fails goes on without it."""

from collections.abc import Sequence
from typing import Any

from structlog.testing import capture_logs

from domain.kernel.event_log import LogEntry
from graphql_api.events.feed import Feed, StreamFailed

UNUSED: Any = None


class Flaky:
    """A stream that fails as often as it is told, and has nothing new otherwise."""

    def __init__(self, *fails: bool) -> None:
        self.fails = list(fails)

    async def after(self, _position: int, _limit: int) -> Sequence[LogEntry]:
        if self.fails.pop(0):
            raise StreamFailed("ConnectionError")
        return ()


async def test_it_says_once_that_the_stream_fails_and_once_that_it_works() -> None:
    stream: Any = Flaky(True, True, False, False, True)
    feed = Feed(UNUSED, UNUSED, UNUSED, stream, poll_interval=1, batch_size=1, buffer=1)
    with capture_logs() as logs:
        assert [await feed._streamed() for _ in range(5)] == [(False, ())] * 2 + [(True, ())] * 2 + [(False, ())]
    assert [one["event"] for one in logs] == ["feed.stream_failed", "feed.stream_recovered", "feed.stream_failed"]
