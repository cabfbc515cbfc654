"""One request to the endpoint and what became of it."""

from typing import Final

from graphql_api.execution.engine import PreparedOperation
from graphql_api.http.headers import IndexedHeaders
from graphql_api.http.negotiation import Wish
from graphql_api.observability.observation import Observation, Tracer
from graphql_api.observability.recorder import Recorder

_UNOBSERVED: Final = Observation()


class Exchange:
    """What is known of a request so far."""

    # There is one for each request. What most of them never change is their class's.
    body: bytes | None = None
    asked: bytes | None = None
    """What a whole answer may be kept by."""
    fault: Exception | None = None
    """What went wrong when it was read."""
    observation: Observation = _UNOBSERVED
    operation: PreparedOperation | None = None
    cost: int | None = None
    recorder: Recorder | None = None

    def __init__(self, request_id: str, headers: IndexedHeaders, wanted: Wish, tracer: Tracer | None) -> None:
        self.request_id = request_id
        self.headers = headers
        self.wanted = wanted
        self.tracer = tracer
