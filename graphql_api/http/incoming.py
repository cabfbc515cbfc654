"""What comes in with a request: a body of JSON, or a query string."""

from starlette.types import Receive, Scope

from graphql_api.execution.request import GraphQLRequest
from graphql_api.execution.time_limit import Patience
from graphql_api.http.body import read_body, take_body
from graphql_api.http.errors import HttpError
from graphql_api.http.headers import IndexedHeaders
from graphql_api.http.negotiation import is_utf8_json
from graphql_api.http.parameters import from_query_string


class Incoming:
    """Reads requests; `max_size` is in bytes, `timeout` in seconds."""

    def __init__(self, max_size: int, timeout: float) -> None:
        self._max_size = max_size
        self._patience = Patience(timeout)

    def whole(self, receive: Receive, headers: IndexedHeaders) -> bytes | None:
        """Take the body of a POST if all of it has come. Raises HttpError."""
        unsupported = headers.told(_unsupported)
        if unsupported is not None:
            message, header, right = unsupported
            raise HttpError(415, message, code="UNSUPPORTED_MEDIA_TYPE", headers=((header, right),))
        return take_body(receive, limit=self._max_size)

    async def rest(self, receive: Receive, headers: IndexedHeaders) -> bytes:
        """Wait for the body of a POST. Raises HttpError, and ClientLeft when the connection closes first."""
        return await read_body(receive, headers, limit=self._max_size, patience=self._patience)

    def parameters(self, scope: Scope, request_id: str) -> GraphQLRequest:
        """Read the query string of a GET. Raises HttpError."""
        if len(scope["query_string"]) > self._max_size:
            raise HttpError(414, f"The URL is too long: at most {self._max_size} bytes are allowed.")
        return from_query_string(scope["query_string"], request_id)


def _unsupported(headers: IndexedHeaders) -> tuple[str, bytes, bytes] | None:
    """Tell what is wrong with a body that is declared so, and which header says what is right."""
    if not is_utf8_json(headers.get("content-type", "")):
        message = "Send the request as `Content-Type: application/json` in UTF-8."
        return message, b"accept", b"application/json"
    if headers.get("content-encoding") not in {None, "identity"}:
        return "Send the body uncompressed.", b"accept-encoding", b"identity"
    return None
