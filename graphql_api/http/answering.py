"""Whatever comes to the endpoint is answered: what was asked for, what is wrong with it, or that something failed."""

from typing import Final

import structlog

from graphql_api.execution.errors import ErrorCode, RequestRefused
from graphql_api.execution.hang_up import ClientLeft
from graphql_api.execution.tracing import note_errors, operation_span
from graphql_api.http.access_log import LOGGER
from graphql_api.http.answer import UNSENT, Answer, answer_error, answer_failure, answer_operation
from graphql_api.http.errors import HttpError, method_not_allowed
from graphql_api.http.event_stream import EventStream
from graphql_api.http.exchange import Exchange
from graphql_api.http.negotiation import MediaType
from graphql_api.http.operations import ContextFactory, Operations

_log = structlog.stdlib.get_logger(LOGGER)

_ALLOW: Final = "GET, HEAD, OPTIONS, POST"
_METHODS: Final = frozenset(_ALLOW.split(", "))


class Answering:
    """Gives an answer to each request."""

    def __init__(self, operations: Operations, context: ContextFactory) -> None:
        self._operations = operations
        self._context = context

    async def answer(self, exchange: Exchange) -> Answer | EventStream:
        """Answer a request; it raises nothing that is the request's fault, or the server's."""
        observation = exchange.observation
        try:
            if exchange.method == "OPTIONS":
                return Answer(204, b"", headers=((b"allow", _ALLOW.encode()),))
            if exchange.method not in _METHODS or not exchange.wanted.can_be_met:
                raise _refusal(exchange)
            with operation_span(observation) as observation.operation:
                try:
                    return await self._operations.answer(exchange)
                except RequestRefused as refusal:
                    # Whoever brings a wrong key hears of that, whatever else is wrong.
                    await self._context(exchange.head)
                    note_errors(observation, refusal.errors)
                    exchange.cost = refusal.cost
                    return answer_operation(refusal.response(), exchange.wanted.media_type)
        except HttpError as error:
            note_errors(observation, [error.error])
            return answer_error(error, exchange.wanted.media_type)
        except ClientLeft:
            return UNSENT
        except Exception:  # noqa: BLE001  # whatever it is, the client gets an answer and operators a record
            _log.exception("graphql.request_failed", request_id=exchange.request_id)
            observation.errors += (ErrorCode.INTERNAL_SERVER_ERROR,)
            return answer_failure(exchange.request_id)


def _refusal(exchange: Exchange) -> HttpError:
    """Say why something cannot be asked for in this way."""
    if exchange.method not in _METHODS:
        return method_not_allowed(f"Use POST or GET, not {exchange.method}.", _ALLOW)
    message = f"The answer can be {MediaType.GRAPHQL} or {MediaType.JSON}; `Accept` allows neither."
    return HttpError(406, message, code="NOT_ACCEPTABLE")
