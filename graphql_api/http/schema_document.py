"""The schema as text, for people and for client code generators."""

import asyncio
from functools import cache

import strawberry
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from strawberry.printer import print_schema

from graphql_api.http.answer import encode


def schema_routes(schema: strawberry.Schema, *, introspection: bool) -> list[Route]:
    """Give the route `/schema.graphql`, which keeps the schema to itself when introspection is switched off."""

    @cache
    def text() -> str:
        return print_schema(schema) + "\n"

    async def document(_request: Request) -> Response:
        if introspection:
            # In a thread, since printing a large schema takes a tenth of a second, in which others could be answered.
            return PlainTextResponse(await asyncio.to_thread(text), headers={"cache-control": "no-cache"})
        extensions = {"code": "INTROSPECTION_DISABLED"}
        message = "Introspection is switched off on this server, and with it the schema document."
        body = encode({"errors": [{"message": message, "extensions": extensions}]})
        return Response(body, 403, media_type="application/json")

    return [Route("/schema.graphql", document, name="schema")]
