from graphql import build_schema
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send

from graphql_api.http.schema_document import schema_routes
from tests.unit.execution.sample import sample_schema
from tests.unit.http.client import Connection, Reply


async def fetch(*, introspection: bool) -> Reply:
    app = Starlette(routes=schema_routes(sample_schema(), introspection=introspection))

    async def there(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "path": "/schema.graphql"}, receive, send)

    return await Connection().call(there, "GET", [])


async def test_the_schema_is_served_as_text() -> None:
    reply = await fetch(introspection=True)
    assert (reply.status, reply.headers["content-type"]) == (200, "text/plain; charset=utf-8")
    schema = build_schema(reply.body.decode())
    assert schema.query_type is not None
    assert "hello" in schema.query_type.fields


async def test_the_schema_is_kept_back_where_introspection_is_switched_off() -> None:
    reply = await fetch(introspection=False)
    assert (reply.status, reply.code) == (403, "INTROSPECTION_DISABLED")
