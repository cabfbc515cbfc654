"""Coroutines for a program that is otherwise synchronous."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import asyncpg

T = TypeVar("T")


def run_async(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end, on a loop of its own."""
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        return runner.run(coroutine)


def execute(url: str, script: str) -> None:
    """Run the statements of a script in a PostgreSQL database."""
    run_async(_execute(url, script))


async def _execute(url: str, script: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(script)
    finally:
        await connection.close()


def column(url: str, query: str) -> list[Any]:
    """Return the first column of what a query gives in a PostgreSQL database."""
    return run_async(_column(url, query))


async def _column(url: str, query: str) -> list[Any]:
    connection = await asyncpg.connect(url)
    try:
        return [row[0] for row in await connection.fetch(query)]
    finally:
        await connection.close()


def version(url: str) -> str:
    """Return the version of a PostgreSQL server."""
    return run_async(_version(url))


async def _version(url: str) -> str:
    connection = await asyncpg.connect(url)
    try:
        found: str = await connection.fetchval("SHOW server_version")
        return found.partition(" ")[0]
    finally:
        await connection.close()
