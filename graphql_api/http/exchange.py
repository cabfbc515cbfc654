"""One request to the endpoint and what became of it."""

from dataclasses import dataclass
from typing import Final

from starlette.datastructures import Headers

from graphql_api.execution.engine import PreparedOperation
from graphql_api.http.negotiation import Wish
from graphql_api.observability.observation import Observation, Tracer
from graphql_api.observability.recorder import Recorder

_UNOBSERVED: Final = Observation()


@dataclass(slots=True)
class Exchange:
    """What is known of a request so far."""

    request_id: str
    headers: Headers
    wanted: Wish
    tracer: Tracer | None
    body: bytes | None = None
    asked: bytes | None = None
    """What a whole answer may be kept by."""
    fault: Exception | None = None
    """What went wrong when it was read."""
    observation: Observation = _UNOBSERVED
    operation: PreparedOperation | None = None
    cost: int | None = None
    recorder: Recorder | None = None
