"""Answers that explain themselves, for requests that ask for it and viewers who may have it."""

from dataclasses import replace
from typing import Final

import structlog
from starlette.datastructures import Headers

from graphql_api.context import RequestContext
from graphql_api.execution.request import GraphQLResponse
from graphql_api.observability.explaining.service import Explaining
from graphql_api.observability.observation import Observation
from graphql_api.observability.recorder import Recorder

HEADER: Final = "graphql-explain"
EXTENSION: Final = "explain"

_log = structlog.stdlib.get_logger(__name__)


class ExplainedAnswers:
    """Adds explanations. Who may not have one gets the answer that they would get without asking for it."""

    def __init__(self, explaining: Explaining) -> None:
        self._explaining = explaining

    @staticmethod
    def is_asked(headers: Headers) -> bool:
        """Tell whether an answer is to explain itself."""
        return headers.get(HEADER) == "1"

    def begin(self, headers: Headers, observation: Observation) -> Recorder | None:
        """Record what is observed, if that is asked for. Who asks is not known yet."""
        return self._explaining.begin(observation) if self.is_asked(headers) else None

    async def complete(self, response: GraphQLResponse, recorder: Recorder, context: object) -> GraphQLResponse:
        """Add the explanation to an answer that has been worked out."""
        if not isinstance(context, RequestContext) or not self._explaining.may(context.viewer):
            return response
        try:
            explanation = await self._explaining.explanation(recorder)
        except Exception:  # noqa: BLE001  # what was carried out is not lost for want of its explanation
            _log.exception("explain.failed")
            return response
        return replace(response, extensions={**response.extensions, EXTENSION: explanation})
