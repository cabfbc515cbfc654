"""Requests and answers that are whole, taken from uvicorn and given to it without messages in between.

A body that has come needs no wait, nor a limit for one. As an application sends an answer it is two messages, and
uvicorn looks through each header for what must not be in one. Those of an answer here are constants, but for the id of
the request, which is well-formed.
"""

from asyncio import Event
from functools import cached_property
from logging import getLogger
from typing import Any, Final

from starlette.types import Receive, Send
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from graphql_api.observability.sending import WatchedSend

_DATE: Final = b"date"
_LARGE: Final = 64 * 1_024
"""Bytes of a body from which on a copy would cost more than to hand it on beside its head."""


class WholeCycle(RequestResponseCycle):
    """A request that has come whole, over a connection that stays, and what becomes of it.

    What is the same for all of them is said here once; uvicorn says it for each.
    """

    disconnected = False
    keep_alive = True
    waiting_for_100_continue = False
    more_body = False
    response_started = False
    response_complete = False
    chunked_encoding = None
    expected_content_length = 0
    logger = getLogger("uvicorn.error")
    access_logger = getLogger("uvicorn.access")
    access_log = False
    is_read = False

    def __init__(self, protocol: HttpToolsProtocol, scope: Any, body: bytes) -> None:
        self.scope = scope
        self.body: Any = body
        self.transport = protocol.transport
        self.flow = protocol.flow
        self.default_headers = protocol.server_state.default_headers
        self.on_response = protocol.on_response_complete

    @cached_property
    def message_event(self) -> Event:  # type: ignore[override]  # made where somebody waits, as few do
        """What is set when there is something to receive."""
        event = Event()
        if not self.is_read or self.response_complete:
            event.set()
        return event


def read_whole(receive: Receive) -> bytes | None:
    """Give the body of a request if all of it has come, and nobody but uvicorn has to do with it."""
    cycle = getattr(receive, "__self__", None)
    if not isinstance(cycle, RequestResponseCycle) or cycle.disconnected or cycle.response_complete:
        return None
    body: bytes
    if type(cycle) is WholeCycle:
        # Behind it nothing comes but the end of the connection.
        cycle.is_read = True
        body, cycle.body = cycle.body, b""
        return body
    if cycle.more_body:
        return None
    body, cycle.body = bytes(cycle.body), bytearray()
    cycle.flow.resume_reading()
    cycle.message_event.clear()
    return body


def write_whole(send: Send, status: int, head: bytes, request_id: str, body: bytes) -> bool:
    """Write an answer if nobody but uvicorn wants to see more than its status, and tell whether it is written.

    The head is the lines of headers, the last one ended too, but for the one that names the request.
    """
    watched = send if isinstance(send, WatchedSend) else None
    cycle = getattr(send if watched is None else watched.send, "__self__", None)
    if not isinstance(cycle, RequestResponseCycle) or cycle.response_started or cycle.disconnected:
        return False
    headers = cycle.default_headers
    # It would have to wait, or its end or that of the connection is something special.
    if cycle.flow.write_paused or cycle.access_log or not cycle.keep_alive or len(headers) != 1:
        return False
    ((name, date),) = headers
    if name != _DATE:
        return False
    if watched is not None:
        watched.status = status
    cycle.response_started = cycle.response_complete = True
    cycle.waiting_for_100_continue = False
    lines = b"%bdate: %b\r\n%bx-request-id: %b\r\n\r\n" % (STATUS_LINE[status], date, head, request_id.encode())
    cycle.transport.writelines([lines + body] if len(body) < _LARGE else [lines, body])
    # A WholeCycle has none before somebody waits for something to receive.
    event: Event | None = cycle.__dict__.get("message_event")
    if event is not None:
        event.set()
    cycle.on_response()
    return True


def has_begun(send: Send) -> bool:
    """Tell whether an answer may have begun; of what is not uvicorn's nobody knows."""
    if isinstance(send, WatchedSend):
        return send.status is not None
    cycle = getattr(send, "__self__", None)
    return not isinstance(cycle, RequestResponseCycle) or cycle.response_started
