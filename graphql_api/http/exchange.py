"""One request to the endpoint and what became of it."""

from typing import Final

from starlette.types import Receive, Scope

from graphql_api.execution.prepared import PreparedOperation
from graphql_api.http.guard import request_id
from graphql_api.http.head import Head
from graphql_api.http.negotiation import Wish
from graphql_api.observability.observation import Observation
from graphql_api.observability.recorder import Recorder
from graphql_api.observability.tracer import Tracer

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
    """What it would have cost, where that was too much."""
    recorder: Recorder | None = None

    def __init__(self, scope: Scope, receive: Receive, head: Head, wanted: Wish, tracer: Tracer | None) -> None:
        self.scope = scope
        self.receive = receive
        self.head = head
        self.wanted = wanted
        self.tracer = tracer
        self.method: str = scope["method"]
        self.request_id = request_id(scope, head)

    async def leaving(self) -> None:
        """Wait for the client to leave. The body must have been read: whatever arrives after it says so."""
        while (await self.receive())["type"] != "http.disconnect":
            pass
