"""A small schema with everything that can happen to an operation."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from decimal import Decimal

import strawberry
from graphql import GraphQLError, GraphQLFormattedError

from graphql_api.execution.documents import Documents
from graphql_api.execution.errors import RequestRefused
from graphql_api.execution.executor import Executor
from graphql_api.execution.limits import OperationLimits
from graphql_api.execution.operations import OperationCache
from graphql_api.execution.request import GraphQLRequest

SECRET = "postgresql://svc:hunter2@10.0.0.5/prod"


class SoldOut(Exception):
    code = "SOLD_OUT"

    def __str__(self) -> str:
        return "The album is sold out."


class Unlucky(Exception):
    """It has a code as many libraries' exceptions do, and nobody meant it for clients."""

    code = "gkpj"


class Refused(GraphQLError):
    pass


@dataclass
class Diary:
    """The context of a request: what its resolvers did."""

    entries: list[str] = field(default_factory=list)
    started: asyncio.Event = field(default_factory=asyncio.Event)


Info = strawberry.Info[Diary, None]


@strawberry.input
class Range:
    low: int = 0
    high: int = 10
    within: list["Range"] | None = None


@strawberry.input(one_of=True)
class Key:
    id: strawberry.Maybe[int]
    name: strawberry.Maybe[str]


@strawberry.type
class Thing:
    name: str = "thing"

    @strawberry.field
    def self(self) -> "Thing":
        return self

    @strawberry.field
    def other(self) -> "Thing":
        return Thing(name="other")

    @strawberry.field
    def broken(self) -> str | None:
        raise RuntimeError(SECRET)


async def rest(info: Info, seconds: float, name: str) -> str:
    info.context.entries.append(f"{name} started")
    info.context.started.set()
    try:
        await asyncio.sleep(seconds)
    except asyncio.CancelledError:
        info.context.entries.append(f"{name} cancelled")
        raise
    info.context.entries.append(f"{name} finished")
    return name


@strawberry.type
class Query:
    @strawberry.field
    def hello(self, name: str = "you") -> str:
        return f"hello {name}"

    @strawberry.field
    def thing(self) -> Thing:
        return Thing()

    @strawberry.field
    def things(self, count: int) -> list[Thing]:
        return [Thing()] * count

    @strawberry.field
    def span(self, within: Range) -> int:
        return within.high - within.low

    @strawberry.field
    def find(self, by: Key) -> str:
        return str(by)

    @strawberry.field
    def price(self) -> Decimal:
        return Decimal("0.99")

    @strawberry.field
    async def slow(self, info: Info, seconds: float = 30) -> str:
        return await rest(info, seconds, "query")

    @strawberry.field
    def broken(self) -> str | None:
        raise RuntimeError(SECRET)

    @strawberry.field
    def required(self) -> str:
        raise RuntimeError(SECRET)

    @strawberry.field
    def unlucky(self) -> str | None:
        raise Unlucky(SECRET)

    @strawberry.field
    def overflow(self) -> int | None:
        return 3_000_000_000

    @strawberry.field
    def sold_out(self) -> str | None:
        raise SoldOut

    @strawberry.field
    def refused(self) -> str | None:
        raise Refused("Not today.", extensions={"code": "FORBIDDEN"})

    @strawberry.field
    def disagreed(self) -> str | None:
        raise GraphQLError("I would rather not.")

    @strawberry.field
    async def late(self) -> str | None:
        await asyncio.sleep(0)
        raise GraphQLError("I am late.")


@strawberry.type
class Mutation:
    @strawberry.mutation
    def note(self, info: Info, text: str) -> str:
        info.context.entries.append(text)
        return text

    @strawberry.mutation
    async def slow(self, info: Info, seconds: float = 30) -> str:
        return await rest(info, seconds, "mutation")


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def ticks(self) -> AsyncGenerator[int, None]:
        yield 1


def sample_schema(**options: object) -> strawberry.Schema:
    return strawberry.Schema(Query, Mutation, Subscription, **options)  # type: ignore[arg-type]  # passed through


def sample_executor(
    limits: OperationLimits | None = None,
    *,
    timeout: float = 5,
    schema: strawberry.Schema | None = None,
    documents: Documents | None = None,
) -> Executor:
    schema = schema or sample_schema()
    operations = OperationCache(schema, limits or OperationLimits())
    return Executor(schema, operations, request_timeout=timeout, client_errors=(SoldOut,), documents=documents)


def refusal(cache: OperationCache, text: str) -> GraphQLFormattedError:
    """Give the first error with which a document is refused."""
    try:
        cache.prepare(text)
    except RequestRefused as error:
        return error.errors[0]
    raise AssertionError(f"accepted: {text}")


def ask(text: str, **parameters: object) -> GraphQLRequest:
    return GraphQLRequest(text, request_id="r1", **parameters)  # type: ignore[arg-type]  # passed through
