"""A music store in memory: the application that the explorer is tried on."""

import asyncio
import enum
from collections.abc import AsyncIterator, Iterable
from typing import Annotated, Generic, TypeVar

import strawberry
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from strawberry.asgi import GraphQL

from graphql_api.http.explorer import explorer_page, explorer_routes

NodeT = TypeVar("NodeT")


@strawberry.type
class Edge(Generic[NodeT]):
    node: NodeT


@strawberry.type
class Connection(Generic[NodeT]):
    total_count: int
    edges: list[Edge[NodeT]]


def connect(nodes: Iterable[NodeT], first: int) -> Connection[NodeT]:
    found = list(nodes)
    return Connection(total_count=len(found), edges=[Edge(node=node) for node in found[:first]])


@strawberry.type(description="A person or group who records music.")
class Artist:
    name: str

    @strawberry.field
    def albums(self, first: int = 20) -> Connection["Album"]:
        return connect((album for album in ALBUMS if album.artist is self), first)


@strawberry.type(description="Tracks that were published together.")
class Album:
    title: str
    artist: Artist

    @strawberry.field
    def tracks(self, first: int = 20) -> Connection["Track"]:
        return connect((track for track in TRACKS if track.album is self), first)


@strawberry.type(description="A recording that can be bought.")
class Track:
    name: str = strawberry.field(description="The title as it is printed on the sleeve.")
    milliseconds: int
    unit_price: str
    album: Album


@strawberry.type
class Playlist:
    id: strawberry.ID
    name: str


@strawberry.enum
class Direction(enum.Enum):
    ASC = "asc"
    DESC = "desc"


@strawberry.input
class TextFilter:
    i_contains: str


@strawberry.input
class TrackFilter:
    name: TextFilter


@strawberry.input
class TrackOrder:
    name: Direction


@strawberry.input
class CreatePlaylistInput:
    name: str


@strawberry.interface
class Error:
    code: str
    message: str


@strawberry.type
class ValidationFailed(Error):
    pass


@strawberry.type
class CreatePlaylistSuccess:
    playlist: Playlist


CreatePlaylistResult = Annotated[CreatePlaylistSuccess | ValidationFailed, strawberry.union("CreatePlaylistResult")]


@strawberry.type
class Query:
    @strawberry.field
    def tracks(
        self,
        where: TrackFilter | None = None,
        order_by: list[TrackOrder] | None = None,
        first: int = 20,
    ) -> Connection[Track]:
        text = where.name.i_contains.lower() if where else ""
        found = sorted(
            (track for track in TRACKS if text in track.name.lower()),
            key=lambda track: track.name,
            reverse=any(order.name is Direction.DESC for order in order_by or []),
        )
        return connect(found, first)

    @strawberry.field
    def artists(self, first: int = 20) -> Connection[Artist]:
        return connect(ARTISTS, first)


@strawberry.type
class Mutation:
    @strawberry.mutation
    def create_playlist(self, input: CreatePlaylistInput) -> CreatePlaylistResult:  # noqa: A002  # GraphQL's name
        if not input.name:
            return ValidationFailed(code="VALIDATION_FAILED", message="A playlist needs a name.")
        return CreatePlaylistSuccess(playlist=Playlist(id=strawberry.ID("1"), name=input.name))


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def countdown(self, start: int) -> AsyncIterator[int]:
        for left in range(start, -1, -1):
            yield left
            await asyncio.sleep(0.01)


ARTISTS = [Artist(name="Nina Simone"), Artist(name="Massive Attack")]
ALBUMS = [
    Album(title="Wild Is the Wind", artist=ARTISTS[0]),
    Album(title="Mezzanine", artist=ARTISTS[1]),
]
TRACKS = [
    Track(name="Four Women", milliseconds=266_000, unit_price="0.99", album=ALBUMS[0]),
    Track(name="I Love Your Lovin' Ways", milliseconds=156_000, unit_price="0.99", album=ALBUMS[0]),
    Track(name="Angel", milliseconds=379_000, unit_price="1.29", album=ALBUMS[1]),
    Track(name="Teardrop (Love Is a Verb)", milliseconds=330_000, unit_price="1.29", album=ALBUMS[1]),
]

SCHEMA = strawberry.Schema(Query, Mutation, Subscription)
PAGE = explorer_page(SCHEMA)


class Endpoint(GraphQL[None, None]):
    async def render_graphql_ide(self, request: Request) -> Response:
        return PAGE(request)


def create_app() -> Starlette:
    endpoint = Endpoint(SCHEMA)
    return Starlette(
        routes=[
            Route("/graphql", endpoint),
            WebSocketRoute("/graphql", endpoint),
            *explorer_routes(),
        ]
    )
