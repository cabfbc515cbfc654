"""`python -m tests.performance.staleness`: how long others go on to show what one process has changed.

Two applications on a PostgreSQL and a Valkey of their own, in one process, keep and share answers. One changes a price;
the other is asked until it shows that.
"""

import asyncio
import json
import random
import time
from contextlib import AsyncExitStack
from decimal import Decimal
from statistics import quantiles
from typing import Annotated, Any

import orjson
import typer
from pydantic import SecretStr

from domain.track.entity import Track
from graphql_api.bootstrap import compose
from graphql_api.composition.application import Application
from graphql_api.execution.request import GraphQLRequest
from graphql_api.persistence.migrate import migrate
from graphql_api.seeding import seed_if_empty
from graphql_api.settings import (
    CacheSettings,
    DatabaseSettings,
    DatabaseUrl,
    LoggingSettings,
    RedisSettings,
    Settings,
)
from tests.servers.postgres import running_postgres
from tests.servers.valkey import running_valkey
from tests.support.sharing import forget_all

QUESTION = "{ tracks(first: 20) { nodes { name unitPrice } } }"


async def prices(application: Application) -> list[Any]:
    """Ask for the first page of tracks."""
    response = await application.executor.execute(GraphQLRequest(QUESTION), application.context)
    assert not response.errors, response.errors
    return [node["unitPrice"] for node in json.loads(orjson.dumps(response.data))["tracks"]["nodes"]]


async def change_price(application: Application, track: Any, price: Decimal) -> None:
    async with application.unit_of_work() as work:
        found = await work.repository(Track).get(track)
        assert found is not None
        found.change_price(price)
        await work.commit()


async def seconds_until_shown(writer: Application, other: Application, track: Any, price: Decimal) -> float:
    """Change a price, and ask the other process until it shows that."""
    shown = f"{price:.2f}"
    await prices(other)
    await change_price(writer, track, price)
    committed = time.perf_counter()
    assert shown in await prices(writer), "who changed something sees it at once"
    while shown not in await prices(other):
        await asyncio.sleep(0.0005)
    return time.perf_counter() - committed


async def measure(database: str, redis: str, changes: int, pause: float, seed: int) -> None:
    """Measure with and without Redis, and print it."""
    for url in (None, redis):
        settings = Settings(
            environment="testing",
            database=DatabaseSettings(url=DatabaseUrl(database)),
            cache=CacheSettings(enabled=True, shared=True, ttl=3_600),
            redis=RedisSettings(url=SecretStr(url) if url else None),
            logging=LoggingSettings(level="error", format="console"),
        )
        async with AsyncExitStack() as stack:
            both = []
            for _ in range(2):
                application = compose(settings)
                stack.push_async_callback(application.close)
                both.append(application)
            await migrate(both[0].engine)
            await seed_if_empty(both[0].engine)
            for application in both:
                await stack.enter_async_context(application.events.running())
            found = await staleness(both, changes, pause, random.Random(seed))
        typer.echo(f"{'through Redis' if url else 'through PostgreSQL':<20} {found}")


async def staleness(both: list[Application], changes: int, pause: float, randomly: random.Random) -> str:
    """Give the quantiles of many changes, which either process makes in turn."""
    await forget_all(both[0], both)
    async with both[0].unit_of_work() as work:
        (track, *_) = await work.repository(Track).find(limit=1)
    times = []
    for number in range(changes):
        writer, other = (both[number % 2], both[1 - number % 2])
        price = Decimal(10_000 + number) / 100
        times.append(await seconds_until_shown(writer, other, track.id, price))
        await asyncio.sleep(randomly.uniform(0, pause))
    cuts = quantiles(times, n=100)
    return f"p50 {cuts[49] * 1e3:.1f} ms, p99 {cuts[98] * 1e3:.1f} ms, longest {max(times) * 1e3:.1f} ms"


def main(
    changes: Annotated[int, typer.Option(min=10, help="How many changes are made.")] = 500,
    pause: Annotated[float, typer.Option(min=0, help="Seconds between changes, at most.")] = 0.05,
    seed: Annotated[int, typer.Option(help="Other pauses.")] = 0,
) -> None:
    """Start the servers, fill them, and measure."""
    with running_postgres() as server, running_valkey() as redis:
        asyncio.run(measure(server.create_database(), redis, changes, pause, seed))


if __name__ == "__main__":
    typer.run(main)
