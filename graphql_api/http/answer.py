"""Answers in bytes: status, headers and body of every kind of outcome."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

import orjson
from starlette.types import Send

from graphql_api.execution.errors import ErrorCode
from graphql_api.execution.request import GraphQLResponse
from graphql_api.http.errors import HeaderList, HttpError
from graphql_api.http.negotiation import MediaType
from graphql_api.http.whole import write_whole

# What the data of one viewer and one Accept header says is not for others, unless somebody says for whom.
_NOT_KEPT: HeaderList = ((b"cache-control", b"no-store"), (b"vary", b"accept"))
_COMMON: HeaderList = ((b"x-content-type-options", b"nosniff"),)
_CLIENT_LEFT = 499
_WITHOUT_CONTENT = frozenset({204, 304})
_CONTENT_TYPES: Mapping[MediaType, HeaderList] = {
    one: ((b"content-type", f"{one}; charset=utf-8".encode()),) for one in MediaType
}
_STATUSES = {
    "UNAUTHENTICATED": 401,
    "FORBIDDEN": 403,
    ErrorCode.INTERNAL_SERVER_ERROR: 500,
    ErrorCode.REQUEST_TIMEOUT: 504,
}


class Answer:
    """A complete HTTP response."""

    # There is one for each request. What most of them never change is their class's.
    caching: HeaderList = _NOT_KEPT
    _head: bytes | None = None
    """The lines of headers that it has whoever gets it, once it was sent."""

    def __init__(
        self,
        status: int,
        body: bytes,
        media_type: MediaType = MediaType.JSON,
        headers: HeaderList = (),
        error_count: int = 0,
    ) -> None:
        self.status = status
        self.body = body
        self.media_type = media_type
        self.headers = headers
        self.error_count = error_count

    @property
    def size(self) -> int:
        """The bytes of the body."""
        return len(self.body)

    async def send(self, send: Send, request_id: str, *, head: bool = False) -> None:
        """Send the response; an answer to HEAD keeps the headers and leaves the body out."""
        if not head and write_whole(send, self.status, self._head or self._lines(), request_id, self.body):
            return
        content_type = self.media_type if self.status not in _WITHOUT_CONTENT else None
        headers = [*_headers(self.caching, self.headers, content_type), named(request_id)]
        if content_type is not None:
            headers.append((b"content-length", b"%d" % len(self.body)))
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if head else self.body})

    def _lines(self) -> bytes:
        content_type = self.media_type if self.status not in _WITHOUT_CONTENT else None
        self._head = _lines(self.caching, self.headers, content_type)
        if content_type is not None:
            self._head += b"content-length: %d\r\n" % len(self.body)
        return self._head


class _Unsent(Answer):
    """An answer that nobody is there to read."""

    async def send(self, send: Send, request_id: str, *, head: bool = False) -> None:
        """Send nothing."""


UNSENT: Final = _Unsent(_CLIENT_LEFT, b"")


def _headers(caching: HeaderList, own: HeaderList, content_type: MediaType | None) -> HeaderList:
    return (*caching, *_COMMON, *own, *(() if content_type is None else _CONTENT_TYPES[content_type]))


@lru_cache
def _lines(caching: HeaderList, own: HeaderList, content_type: MediaType | None) -> bytes:
    return b"".join(b"%b: %b\r\n" % header for header in _headers(caching, own, content_type))


def named(request_id: str) -> tuple[bytes, bytes]:
    """Give the header that names the request in its answer."""
    return b"x-request-id", request_id.encode()


def answer_operation(response: GraphQLResponse, media_type: MediaType) -> Answer:
    """Answer an operation with the status that the GraphQL-over-HTTP specification gives it."""
    status = 200 if response.executed else _status(response, media_type)
    return Answer(status, encode(response.payload()), media_type, error_count=len(response.errors))


def answer_error(error: HttpError, media_type: MediaType) -> Answer:
    """Answer a request that is not a GraphQL request; its status does not depend on the media type."""
    return Answer(error.status, encode({"errors": [error.error]}), media_type, error.headers, error_count=1)


def answer_failure(request_id: str) -> Answer:
    """Answer an unexpected failure; the id leads operators to its log record."""
    extensions = {"code": str(ErrorCode.INTERNAL_SERVER_ERROR), "requestId": request_id}
    body = encode({"errors": [{"message": "Internal server error", "extensions": extensions}]})
    return Answer(500, body, error_count=1)


def encode(payload: Mapping[str, Any]) -> bytes:
    """Write JSON; integers beyond 64 bits and lone surrogates, which orjson refuses, take the slow way."""
    try:
        return orjson.dumps(payload)
    except TypeError:
        return json.dumps(payload, allow_nan=False, separators=(",", ":"), default=_read_again).encode()


def _read_again(value: Any) -> Any:
    """Read what was written already. Raises TypeError for what is nothing of that kind."""
    if isinstance(value, orjson.Fragment):
        return orjson.loads(orjson.dumps(value))
    raise TypeError(type(value).__name__)


def _status(response: GraphQLResponse, media_type: MediaType) -> int:
    """Give the status of an answer to what was not executed."""
    status = _STATUSES.get((response.errors[0].get("extensions") or {}).get("code", ""), 400)
    # An old client reads any other status of plain JSON as the word of some proxy.
    return 200 if status == 400 and media_type is MediaType.JSON else status
