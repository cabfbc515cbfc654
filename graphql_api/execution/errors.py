"""Errors as clients see them: every one has a code, and none says what only operators may know."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Protocol, cast

import structlog
from graphql import GraphQLError, GraphQLFormattedError, Node

from graphql_api.execution.request import GraphQLResponse

_log = structlog.stdlib.get_logger(__name__)

_MESSAGE_LENGTH = 1_000


class ErrorCode(StrEnum):
    """The values of `extensions.code`; clients know them from Apollo Server."""

    BAD_REQUEST = "BAD_REQUEST"
    BAD_USER_INPUT = "BAD_USER_INPUT"
    INTERNAL_SERVER_ERROR = "INTERNAL_SERVER_ERROR"
    OPERATION_RESOLUTION_FAILURE = "OPERATION_RESOLUTION_FAILURE"
    PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
    PERSISTED_QUERY_NOT_FOUND = "PERSISTED_QUERY_NOT_FOUND"
    PERSISTED_QUERY_NOT_IN_LIST = "PERSISTED_QUERY_NOT_IN_LIST"
    PERSISTED_QUERY_NOT_SUPPORTED = "PERSISTED_QUERY_NOT_SUPPORTED"
    REQUEST_TIMEOUT = "REQUEST_TIMEOUT"
    VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"


class ClientError(Protocol):
    """An exception that is meant for the client: its text becomes the message."""

    code: str


class RequestRefused(Exception):
    """The request is at fault, so that nothing was executed; `cost` is known where that is the fault."""

    def __init__(self, errors: Sequence[GraphQLFormattedError], cost: int | None = None) -> None:
        super().__init__(errors[0]["message"])
        self.errors = tuple(errors)
        self.cost = cost

    @classmethod
    def because(cls, code: ErrorCode, message: str) -> "RequestRefused":
        """Refuse with one error."""
        return cls([describe(GraphQLError(message), code)])

    def response(self) -> GraphQLResponse:
        """Give the errors as an answer without data."""
        return GraphQLResponse(executed=False, errors=self.errors)


def validation_error(reason: str, message: str, node: Node, **extensions: Any) -> GraphQLError:
    """Make an error of a rule that is not in the GraphQL specification; clients tell it apart by `reason`."""
    return GraphQLError(message, node, extensions={"validationErrorCode": reason, **extensions})


def describe(error: GraphQLError, code: str, **extensions: Any) -> GraphQLFormattedError:
    """Format an error for the client; a code that the error brings itself wins."""
    formatted = error.formatted
    if len(formatted["message"]) > _MESSAGE_LENGTH:
        # The library quotes the offending value in each message, however long it is.
        formatted["message"] = formatted["message"][:_MESSAGE_LENGTH] + "…"
    formatted["extensions"] = {"code": str(code), **extensions, **(error.extensions or {})}
    return formatted


class ErrorMask:
    """Let deliberate errors through to the client; log the others and hide what they say.

    Deliberate are GraphQL errors that a resolver raises and exceptions of the given `client_errors`.
    """

    def __init__(self, client_errors: tuple[type[Exception], ...] = ()) -> None:
        self._client_errors = client_errors

    def apply(
        self, errors: Sequence[GraphQLError], operation: str | None, request_id: str | None
    ) -> tuple[GraphQLFormattedError, ...]:
        """Format the errors of an execution, in the order in which the document asks for their fields.

        Failures of one kind at one field are logged as one record.
        """
        formatted: list[GraphQLFormattedError] = []
        unexpected: dict[tuple[object, ...], list[GraphQLError]] = {}
        # graphql-core gives them as they happen: two fields that fail at once would change places now and then.
        for error in sorted(errors, key=_place):
            cause = _cause(error)
            if isinstance(cause, self._client_errors):
                formatted.append(describe(error, cast("ClientError", cause).code))
            elif _is_deliberate(cause):
                formatted.append(describe(error, ErrorCode.BAD_USER_INPUT))
            else:
                field = tuple(step for step in error.path or () if isinstance(step, str))
                unexpected.setdefault((type(cause), *field), []).append(error)
                formatted.append(_masked(error, request_id))
        for alike in unexpected.values():
            _report(alike, operation, request_id)
        return tuple(formatted)


def _place(error: GraphQLError) -> tuple[tuple[int, ...], tuple[str | int, ...]]:
    return tuple(error.positions or ()), tuple(error.path or ())


def _cause(error: GraphQLError) -> Exception:
    """Give the exception that a resolver raised, below the errors that only locate it."""
    cause: Exception = error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    return cause


def _is_deliberate(cause: Exception) -> bool:
    """Tell a GraphQL error that is meant for the client from a value that its scalar cannot represent.

    graphql-core raises both as the same class. Its own errors about arguments carry their nodes; the others
    are faults of the server.
    """
    if not isinstance(cause, GraphQLError):
        return False
    traceback = cause.__traceback__
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    raised_in = str(traceback.tb_frame.f_globals.get("__name__", "")) if traceback is not None else ""
    return bool(cause.nodes) or not raised_in.startswith("graphql.")


def _masked(error: GraphQLError, request_id: str | None) -> GraphQLFormattedError:
    masked = GraphQLError("Internal server error", error.nodes, path=error.path)
    trace: Mapping[str, Any] = {"requestId": request_id} if request_id is not None else {}
    return describe(masked, ErrorCode.INTERNAL_SERVER_ERROR, **trace)


def _report(alike: Sequence[GraphQLError], operation: str | None, request_id: str | None) -> None:
    first = alike[0]
    _log.error(
        "graphql.field_failed",
        operation=operation,
        path=first.path,
        occurrences=len(alike),
        request_id=request_id,
        exc_info=_cause(first),
    )
