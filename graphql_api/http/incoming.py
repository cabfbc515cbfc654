"""What comes in with a request, read within a limit of size and of time: a body of JSON, or a query string."""

from starlette.types import Receive

from graphql_api.execution.hang_up import ClientLeft
from graphql_api.execution.request import GraphQLRequest
from graphql_api.execution.time_limit import Patience, TimeLimit
from graphql_api.http.errors import HttpError
from graphql_api.http.exchange import Exchange
from graphql_api.http.parameters import from_query_string
from graphql_api.http.whole import read_whole


class Incoming:
    """Reads requests; `max_size` is in bytes, and holds for chunked bodies too, `timeout` in seconds."""

    def __init__(self, max_size: int, timeout: float) -> None:
        self._max_size = max_size
        self._patience = Patience(timeout)

    def whole(self, exchange: Exchange) -> bytes | None:
        """Give the body of a POST if all of it has come. Raises HttpError, or what went wrong before."""
        if exchange.fault is not None:
            raise exchange.fault
        if exchange.body is not None:
            return exchange.body
        if exchange.head.unsupported is not None:
            message, header, right = exchange.head.unsupported
            raise HttpError(415, message, code="UNSUPPORTED_MEDIA_TYPE", headers=((header, right),))
        body = read_whole(exchange.receive)
        if body is not None and len(body) > self._max_size:
            raise self._too_large()
        return body

    async def rest(self, exchange: Exchange) -> bytes:
        """Wait for the body of a POST. Raises HttpError 413 or 408, and ClientLeft when the connection closes first."""
        declared = exchange.head.get("content-length") or ""
        if declared.isascii() and declared.isdigit() and int(declared[:20]) > self._max_size:
            raise self._too_large()
        try:
            with TimeLimit(self._patience):
                return await self._read(exchange.receive)
        except TimeoutError as error:
            message = f"The request body did not arrive within {self._patience.seconds:g} s."
            raise HttpError(408, message, code="REQUEST_TIMEOUT", headers=((b"connection", b"close"),)) from error

    async def _read(self, receive: Receive) -> bytes:
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientLeft
            chunk: bytes = message.get("body", b"")
            if len(body) + len(chunk) > self._max_size:
                raise self._too_large()
            if not message.get("more_body", False):
                # Most bodies come whole.
                return bytes(body) + chunk if body else chunk
            body += chunk

    def parameters(self, exchange: Exchange) -> GraphQLRequest:
        """Read the query string of a GET. Raises HttpError."""
        query_string: bytes = exchange.scope["query_string"]
        if len(query_string) > self._max_size:
            raise HttpError(414, f"The URL is too long: at most {self._max_size} bytes are allowed.")
        return from_query_string(query_string, exchange.request_id)

    def _too_large(self) -> HttpError:
        message = f"The request is too large: at most {self._max_size} bytes are allowed."
        return HttpError(413, message, code="PAYLOAD_TOO_LARGE")
