import pytest
from starlette.types import Receive, Scope, Send

from graphql_api.http.short_way import ShortWay
from tests.unit.http.client import Connection, raw


class Named:
    """An application that answers with its name."""

    def __init__(self, name: str) -> None:
        self.name = name

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": self.name.encode()})


async def way(headers: dict[str, str] | None = None, path: str = "/graphql") -> bytes:
    app = ShortWay(Named("layers"), path, Named("endpoint"))
    return (await Connection().call(app, "POST", raw(headers or {}))).body


async def test_a_request_that_concerns_no_layer_goes_to_the_endpoint() -> None:
    assert await way({"Accept": "application/json", "Authorization": "Bearer key"}) == b"endpoint"


@pytest.mark.parametrize("name", ["Accept-Encoding", "Origin"])
async def test_a_request_that_concerns_a_layer_goes_through_all(name: str) -> None:
    assert await way({"Accept": "application/json", name: "x"}) == b"layers"


async def test_other_paths_go_through_all() -> None:
    assert await way(path="/other") == b"layers"


async def test_an_application_below_another_path_is_reached_through_its_routes() -> None:
    app = ShortWay(Named("layers"), "/graphql", Named("endpoint"))
    connection = Connection()
    scope: Scope = {"type": "http", "path": "/graphql", "root_path": "/shop", "headers": []}
    await app(scope, connection.receive, connection.send)
    assert connection.reply.body == b"layers"


async def test_what_is_no_request_passes_through() -> None:
    connection = Connection()
    await ShortWay(Named("layers"), "/graphql", Named("endpoint"))(
        {"type": "lifespan"}, connection.receive, connection.send
    )
    assert connection.reply.body == b"layers"
