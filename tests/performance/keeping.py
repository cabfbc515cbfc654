"""`python -m tests.performance.keeping`: what it is worth to keep answers, and what it costs.

In one process on a PostgreSQL of its own: the share of questions that need no database, beside what dropping all
answers about a changed entity would leave; what a write costs as more answers are kept; and what a kept answer costs.
"""

import asyncio
import gc
import json
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate
from statistics import median
from typing import Annotated, Any

import orjson
import typer
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Scope

from domain.kernel.specification import ComparisonOperator, where
from domain.track.entity import Track
from graphql_api.app import create_app
from graphql_api.bootstrap import compose
from graphql_api.caching.answers import OVERHEAD, AnswerCache, _Kept
from graphql_api.caching.claims import Claim
from graphql_api.caching.config import Occasion
from graphql_api.composition.application import Application
from graphql_api.execution.request import GraphQLRequest
from graphql_api.persistence.migrate import migrate
from graphql_api.seeding import seed_if_empty
from graphql_api.settings import CacheSettings, DatabaseSettings, DatabaseUrl, LoggingSettings, Settings
from tests.servers.postgres import running_postgres

LIST = "query($where: TrackFilter!) { tracks(where: $where, first: 20) { nodes { id name unitPrice } } }"
CONSTANT = '{ tracks(where: {genre: {eq: "Rock"}}, first: 20) { nodes { id name unitPrice } } }'
FILTERS = 10_000
KEPT = (10, 1_000, 100_000)
Work = Callable[[], Awaitable[Any]]


@dataclass
class Trace:
    """Questions and writes in a fixed order: which filter is asked how often follows Zipf's law."""

    filters: Sequence[dict[str, Any]]
    weights: Sequence[float]
    randomly: random.Random

    @classmethod
    def of(cls, genres: Sequence[str], seed: int) -> "Trace":
        """Make as many different filters as there are."""
        randomly = random.Random(seed)
        filters = [cls._filter(randomly, genres, number) for number in range(FILTERS)]
        return cls(filters, list(accumulate(1 / rank for rank in range(1, FILTERS + 1))), randomly)

    @staticmethod
    def _filter(randomly: random.Random, genres: Sequence[str], number: int) -> dict[str, Any]:
        genre = {"genre": {"eq": randomly.choice(genres)}}
        price = {"unitPrice": {"lt": str(Decimal(randomly.randrange(50, 300)) / 100)}}
        length = {"milliseconds": {"ge": 60_000 + number}}
        return randomly.choice([genre | length, price | length, genre | price | length])

    def question(self) -> int:
        """Choose a filter."""
        return self.randomly.choices(range(FILTERS), cum_weights=self.weights)[0]


async def follow(application: Application, trace: Trace, operations: int, writes: float) -> dict[str, float]:
    """Ask and write, and give the shares of questions that were answered from what was kept."""
    tracks, counts = await some_tracks(application), kept_of(application)._memory.counts
    loaded, wrote, by_tags, questions = dict[int, int](), 0, 0, 0
    before = counts[Occasion.LOAD]
    for number in range(operations):
        hear_nothing(application)
        if trace.randomly.random() < writes:
            await change_price(application, trace.randomly.choice(tracks), trace.randomly)
            wrote = number
            continue
        chosen = trace.question()
        questions += 1
        by_tags += chosen in loaded and loaded[chosen] > wrote
        if not (chosen in loaded and loaded[chosen] > wrote):
            loaded[chosen] = number + 1
        await ask(application, LIST, where=trace.filters[chosen])
    loads = counts[Occasion.LOAD] - before
    return {"kept": 1 - loads / questions, "by entity tags": by_tags / questions}


async def cost_of_writes(application: Application, randomly: random.Random) -> dict[int, float]:
    """Give the processor time of a write, in microseconds, beside so many kept answers."""
    tracks, cache = await some_tracks(application), kept_of(application)
    found: dict[int, float] = {}
    for most in KEPT:
        for number in range(most):
            asked = where("milliseconds", ComparisonOperator.GE, number)
            claim = Claim("Track", asked, frozenset({"name"}), frozenset({"milliseconds"}))
            kept = _Kept(orjson.Fragment(b"1"), (claim,), 0, time.monotonic())
            cache._memory.hold(f"made up {number}", kept, OVERHEAD, 600)
        gc.freeze()  # a server looks for garbage rarely
        found[most] = await timed(lambda: change_price(application, randomly.choice(tracks), randomly), 100)
    return found


async def change_price(application: Application, track: Any, randomly: random.Random) -> None:
    async with application.unit_of_work() as work:
        found = await work.repository(Track).get(track)
        assert found is not None
        found.change_price(Decimal(randomly.randrange(50, 300)) / 100)
        await work.commit()


async def cost_of_a_hit(app: ASGIApp) -> dict[str, float]:
    """Give the processor time of a kept answer by way of HTTP, and of a bare endpoint with the same bytes."""
    body = json.dumps({"query": CONSTANT}).encode()
    answer = await request(app, body)

    async def bare(incoming: Request) -> Response:
        kept = {await incoming.body(): answer}
        return Response(kept[body], media_type="application/json")

    starlette = Starlette(routes=[Route("/graphql", bare, methods=["POST"])])
    return {
        "kept answer": await timed(lambda: request(app, body), 1_000),
        "bare Starlette": await timed(lambda: request(starlette, body), 1_000),
    }


async def request(app: ASGIApp, body: bytes) -> bytes:
    """Post an operation without a network."""
    answer, left = b"", [body]

    async def receive() -> Message:
        if not left:
            await asyncio.Event().wait()  # nobody hangs up
        return {"type": "http.request", "body": left.pop(), "more_body": False}

    async def send(message: Message) -> None:
        nonlocal answer
        answer += message.get("body", b"")

    headers = [(b"content-type", b"application/json"), (b"accept", b"application/json"), (b"host", b"localhost")]
    scope: Scope = {
        "type": "http",
        "method": "POST",
        "path": "/graphql",
        "raw_path": b"/graphql",
        "query_string": b"",
        "headers": headers,
        "http_version": "1.1",
        "scheme": "http",
        "server": ("localhost", 80),
        "client": None,
    }
    await app(scope, receive, send)
    return answer


async def timed(work: Work, times: int) -> float:
    """Give the processor time of some work in microseconds: the median of ten portions."""
    portions = []
    for _ in range(10):
        begun = time.process_time()
        for _ in range(times // 10):
            await work()
        portions.append((time.process_time() - begun) / (times // 10) * 1e6)
    return median(portions)


async def ask(application: Application, document: str, **variables: Any) -> Any:
    response = await application.executor.execute(GraphQLRequest(document, variables=variables), application.context)
    assert not response.errors, response.errors
    return json.loads(orjson.dumps(response.data))


async def some_tracks(application: Application) -> Sequence[Any]:
    async with application.unit_of_work() as work:
        return [one.id for one in await work.repository(Track).find(limit=1_000)]


def hear_nothing(application: Application) -> None:
    """Stand in for the log, in which nothing new is."""
    audience = application.events.feed._audience
    assert audience is not None
    audience.hear(0, (), is_end=True)


def kept_of(application: Application) -> AnswerCache:
    assert isinstance(application.context.kept, AnswerCache)
    return application.context.kept


async def measure(url: str, operations: int, writes: float, seed: int) -> None:
    """Measure all and print it."""
    cache = CacheSettings(enabled=True, max_entries=200_000, max_bytes=2_000_000_000, ttl=3_600, max_lag=60)
    quiet = LoggingSettings(level="error", format="console")
    settings = Settings(
        environment="testing", database=DatabaseSettings(url=DatabaseUrl(url)), cache=cache, logging=quiet
    )
    application = compose(settings)
    await migrate(application.engine)
    await seed_if_empty(application.engine)
    # There is nobody else to tell or to hear of, and the relay's work is not what is measured.
    hear_nothing(application)
    genres = await ask(application, "{ trackAggregates(groupBy: [{genre: VALUE}]) { key { genre } } }")
    known = [group["key"]["genre"] for group in genres["trackAggregates"] if group["key"]["genre"]]
    shares = await follow(application, Trace.of(known, seed), operations, writes)
    typer.echo("answered from what was kept: " + ", ".join(f"{name} {one:.1%}" for name, one in shares.items()))
    costs = await cost_of_writes(application, random.Random(seed))
    typer.echo("us of a write beside kept answers: " + ", ".join(f"{most:,}: {one:.0f}" for most, one in costs.items()))
    await application.close()
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        await asyncio.sleep(1)  # until it has read the log
        hits = await cost_of_a_hit(app)
    typer.echo("us of an answer: " + ", ".join(f"{name} {one:.0f}" for name, one in hits.items()))


def main(
    operations: Annotated[int, typer.Option(min=1_000, help="Questions and writes of the trace.")] = 20_000,
    writes: Annotated[float, typer.Option(min=0, max=1, help="The share of writes.")] = 0.05,
    seed: Annotated[int, typer.Option(help="Another trace.")] = 0,
) -> None:
    """Start a PostgreSQL, fill it, and measure."""
    with running_postgres() as server:
        asyncio.run(measure(server.create_database(), operations, writes, seed))


if __name__ == "__main__":
    typer.run(main)
