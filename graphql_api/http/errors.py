"""Faults of the HTTP request itself, each with its status and a JSON body."""

from graphql import GraphQLFormattedError

from graphql_api.execution.errors import ErrorCode

HeaderList = tuple[tuple[bytes, bytes], ...]


class HttpError(Exception):
    """The request cannot become a GraphQL operation; `status` holds whatever media type the client takes."""

    def __init__(
        self, status: int, message: str, *, code: str = ErrorCode.BAD_REQUEST, headers: HeaderList = ()
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers
        self.error: GraphQLFormattedError = {"message": message, "extensions": {"code": str(code)}}


def method_not_allowed(message: str, allow: str) -> HttpError:
    """Refuse a method and name the right ones, which RFC 9110 requires."""
    return HttpError(405, message, code="METHOD_NOT_ALLOWED", headers=((b"allow", allow.encode()),))
