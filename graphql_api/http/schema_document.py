"""The schema as text, for people and for client code generators."""

import strawberry
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from strawberry.printer import print_schema

from graphql_api.http.answer import encode


def schema_routes(schema: strawberry.Schema, *, introspection: bool) -> list[Route]:
    """Give the route `/schema.graphql`, which keeps the schema to itself when introspection is switched off."""
    text = print_schema(schema) + "\n" if introspection else ""

    async def document(_request: Request) -> Response:
        if introspection:
            return PlainTextResponse(text, headers={"cache-control": "no-cache"})
        extensions = {"code": "INTROSPECTION_DISABLED"}
        message = "Introspection is switched off on this server, and with it the schema document."
        body = encode({"errors": [{"message": message, "extensions": extensions}]})
        return Response(body, 403, media_type="application/json")

    return [Route("/schema.graphql", document, name="schema")]
