"""The body of a request, read within a limit of size and of time."""

import asyncio

from starlette.types import Receive

from graphql_api.http.errors import ClientLeft, HttpError


async def read_body(receive: Receive, declared: str | None, *, limit: int, timeout: float) -> bytes:  # noqa: ASYNC109
    """Read the whole body; `limit` is in bytes and holds for chunked bodies too, `timeout` is in seconds.

    Raises HttpError 413 or 408, and ClientLeft when the connection closes first.
    """
    if declared is not None and declared.isascii() and declared.isdigit() and int(declared[:20]) > limit:
        raise _too_large(limit)
    try:
        async with asyncio.timeout(timeout):
            return await _read(receive, limit)
    except TimeoutError as error:
        message = f"The request body did not arrive within {timeout:g} s."
        raise HttpError(408, message, code="REQUEST_TIMEOUT", headers=((b"connection", b"close"),)) from error


async def _read(receive: Receive, limit: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientLeft
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if size > limit:
            raise _too_large(limit)
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks)


def _too_large(limit: int) -> HttpError:
    return HttpError(413, f"The request is too large: at most {limit} bytes are allowed.", code="PAYLOAD_TOO_LARGE")
