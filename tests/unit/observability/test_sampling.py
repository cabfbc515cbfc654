"""What is handed on of what callers send along."""

from typing import Any

import pytest
from opentelemetry.baggage import get_all
from starlette.middleware import Middleware
from starlette.types import Receive, Scope, Send

from graphql_api.observability.opentelemetry.sampling import LARGEST_BAGGAGE, RecordedRequests


class Seen:
    """An application, and what surrounds it, that keeps the headers that reach it."""

    def __init__(self, _app: Any = None) -> None:
        self.headers: list[tuple[bytes, bytes]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        seen.extend(scope["headers"])


seen: list[tuple[bytes, bytes]] = []
UNUSED: Any = None


@pytest.mark.parametrize("beyond", [0, 1])
async def test_baggage_is_handed_on_within_a_bound(beyond: int) -> None:
    seen.clear()
    middle = LARGEST_BAGGAGE // 2
    headers = [(b"baggage", b"a" * middle), (b"accept", b"b"), (b"baggage", b"c" * (LARGEST_BAGGAGE - middle + beyond))]
    requests = RecordedRequests(Seen(), Middleware(Seen), lambda: True, parent_of=lambda _: None)
    await requests({"type": "http", "path": "/", "headers": headers}, UNUSED, UNUSED)
    assert seen == (headers if not beyond else [(b"accept", b"b")])
    assert get_all() == {}
