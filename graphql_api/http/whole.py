"""Requests and answers that are whole, taken from uvicorn and given to it without messages in between.

A body that has come needs no wait, nor a limit for one. As an application sends an answer it is two messages, and
uvicorn looks through each header for what must not be in one. Those of an answer here are constants, but for the id of
the request, which is well-formed.
"""

from typing import Final

from starlette.types import Receive, Send
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from graphql_api.observability.sending import WatchedSend

_DATE: Final = b"date"


def read_whole(receive: Receive) -> bytes | None:
    """Give the body of a request if all of it has come, and nobody but uvicorn has to do with it."""
    cycle = getattr(receive, "__self__", None)
    if type(cycle) is not RequestResponseCycle or cycle.more_body or cycle.disconnected or cycle.response_complete:
        return None
    body, cycle.body = bytes(cycle.body), bytearray()
    cycle.flow.resume_reading()
    cycle.message_event.clear()
    return body


def write_whole(send: Send, status: int, head: bytes, body: bytes) -> bool:
    """Write an answer if nobody but uvicorn wants to see more than its status, and tell whether it is written.

    The head is the lines of headers, the last one ended too.
    """
    if isinstance(send, WatchedSend):
        written = write_whole(send.send, status, head, body)
        if written:
            send.status = status
        return written
    cycle = getattr(send, "__self__", None)
    if type(cycle) is not RequestResponseCycle or not _takes_all(cycle):
        return False
    ((_, date),) = cycle.default_headers
    cycle.response_started = cycle.response_complete = True
    cycle.waiting_for_100_continue = False
    cycle.transport.writelines([b"%bdate: %b\r\n%b\r\n%b" % (STATUS_LINE[status], date, head, body)])
    cycle.message_event.set()
    cycle.on_response()
    return True


def has_begun(send: Send) -> bool:
    """Tell whether an answer may have begun; of what is not uvicorn's nobody knows."""
    if isinstance(send, WatchedSend):
        return send.status is not None
    cycle = getattr(send, "__self__", None)
    return type(cycle) is not RequestResponseCycle or cycle.response_started


def _takes_all(cycle: RequestResponseCycle) -> bool:
    """Tell whether an answer need not wait, and neither its end nor that of the connection is anything special."""
    return (
        not (cycle.response_started or cycle.disconnected or cycle.flow.write_paused or cycle.access_log)
        and cycle.keep_alive
        and len(cycle.default_headers) == 1
        and cycle.default_headers[0][0] == _DATE
    )
