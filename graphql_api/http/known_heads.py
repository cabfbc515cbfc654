"""Heads that come again on a connection, byte for byte, as those of most clients do: read once.

Where a head comes between two requests and its whole body with it, nothing is left to be parsed.
"""

from typing import Any, Final, NamedTuple

from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT

from graphql_api.http.head import head_of
from graphql_api.http.heads import BoundedHeads
from graphql_api.http.whole import WholeCycle

_END: Final = b"\r\n\r\n"
_MOST_HEADS: Final = 8
"""How many each connection remembers."""
_LONGEST_HEAD: Final = 4_096
# Another one comes with each request.
_OF_ONE_REQUEST: Final = frozenset({b"x-request-id", b"traceparent", b"idempotency-key"})


class _Known(NamedTuple):
    """What a head says."""

    scope: dict[str, Any]
    length: int
    """The bytes of the body behind it."""


class KnownHeads(BoundedHeads):
    """HTTP/1.1 that knows the last few heads of requests with a body."""

    # The parser waits for the first byte of a request.
    _is_between = True
    _arrived = b""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._known: dict[bytes, _Known] = {}

    def data_received(self, data: bytes) -> None:
        """Take a request whose head is known, or read what has come."""
        if self._is_between:
            if self._known and self.cycle.response_complete:
                end = data.find(_END) + 4
                known = self._known.get(data[:end])
                if known is not None and len(data) == end + known.length:
                    self.take_known(known.scope, data[end:])
                    return
            self._is_between, self._arrived = False, data
        super().data_received(data)

    def take_known(self, scope: dict[str, Any], body: bytes) -> None:
        """Answer a request that has come whole."""
        scope = {**scope, "state": self.app_state.copy()}
        self.cycle = WholeCycle(self, scope, body)
        self._start_asgi_task(self.cycle, self.app)

    def on_headers_complete(self) -> None:
        """Take a request, whose head has come, and remember it where others may follow that are alike."""
        super().on_headers_complete()
        arrived, self._arrived = self._arrived, b""
        if arrived.startswith(b"POST ") and self.limit_concurrency is None and not self.access_log:
            self._remember(arrived[: arrived.find(_END) + 4])

    def on_message_complete(self) -> None:
        """Take the end of a request."""
        super().on_message_complete()
        self._is_between = self.parser.should_keep_alive() and not self.parser.should_upgrade()

    def _remember(self, head: bytes) -> None:
        headers = dict(self.headers)
        length = headers.get(b"content-length", b"")
        if (
            len(head) > _LONGEST_HEAD
            # That many lines the parser has read, so that the head ends where it says.
            or head.count(b"\n") != len(self.headers) + 2
            or len(headers) != len(self.headers)
            or not (length.isdigit() and len(length) <= len(str(HIGH_WATER_LIMIT)) and int(length) <= HIGH_WATER_LIMIT)
            or self.expect_100_continue
            or not self.cycle.keep_alive
            or self.parser.should_upgrade()
            or not _OF_ONE_REQUEST.isdisjoint(headers)
        ):
            return
        if len(self._known) == _MOST_HEADS:
            self._known.clear()
        scope: dict[str, Any] = {**self.scope, "headers": tuple(self.headers)}
        head_of(scope)
        self._known[head] = _Known(scope, int(length))
