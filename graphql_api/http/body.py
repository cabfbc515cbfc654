"""The body of a request, read within a limit of size and of time."""

from starlette.datastructures import Headers
from starlette.types import Receive

from graphql_api.execution.time_limit import Patience, TimeLimit
from graphql_api.http.errors import ClientLeft, HttpError
from graphql_api.http.whole import read_whole


def take_body(receive: Receive, *, limit: int) -> bytes | None:
    """Take a body if all of it has come; `limit` is in bytes. Raises HttpError 413."""
    body = read_whole(receive)
    if body is not None and len(body) > limit:
        raise _too_large(limit)
    return body


async def read_body(receive: Receive, headers: Headers, *, limit: int, patience: Patience) -> bytes:
    """Read the whole body; `limit` is in bytes and holds for chunked bodies too.

    Raises HttpError 413 or 408, and ClientLeft when the connection closes first.
    """
    body = take_body(receive, limit=limit)
    if body is not None:
        return body
    declared = headers.get("content-length", "")
    if declared.isascii() and declared.isdigit() and int(declared[:20]) > limit:
        raise _too_large(limit)
    try:
        with TimeLimit(patience):
            return await _read(receive, limit)
    except TimeoutError as error:
        message = f"The request body did not arrive within {patience.seconds:g} s."
        raise HttpError(408, message, code="REQUEST_TIMEOUT", headers=((b"connection", b"close"),)) from error


async def _read(receive: Receive, limit: int) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientLeft
        chunk: bytes = message.get("body", b"")
        if len(body) + len(chunk) > limit:
            raise _too_large(limit)
        if not message.get("more_body", False):
            # Most bodies come whole.
            return bytes(body) + chunk if body else chunk
        body += chunk


def _too_large(limit: int) -> HttpError:
    return HttpError(413, f"The request is too large: at most {limit} bytes are allowed.", code="PAYLOAD_TOO_LARGE")
