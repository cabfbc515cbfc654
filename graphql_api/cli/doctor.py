"""`graphql-api doctor`: look at what the server needs, and say what to do about what is wrong."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeAlias

import typer

from graphql_api.cli import looks
from graphql_api.cli.failing import settings_or_fail
from graphql_api.settings import Settings

SECONDS: Final = 5
_ABOUT_EVENTS: Final = (
    "A server that runs delivers them: look for outbox.interrupted and event.not_handled in its log. "
    "`graphql-api outbox retry` has it try once more what was given up."
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, what was found, and what to do where that is not well."""

    what: str
    found: str
    advice: str | None = None


Look: TypeAlias = tuple[str, Callable[[], Awaitable[str]], str]
"""What to look at, how, and what to do where it is not well."""


def doctor() -> None:
    """Check the settings and all that the server needs, and say what to do; exit with 1 where something is wrong."""
    settings = settings_or_fail()
    findings = asyncio.run(examine(settings))
    for one in findings:
        typer.echo(f"{'ok   ' if one.advice is None else 'WRONG'}  {one.what}: {one.found}")
        if one.advice is not None:
            typer.echo(f"       {one.advice}")
    if any(one.advice for one in findings):
        raise typer.Exit(1)


async def examine(settings: Settings) -> list[Finding]:
    """Look at everything, each for a bounded time."""
    from graphql_api.persistence.engine import create_engine

    engine = create_engine(settings.database)
    stored: list[Look] = [
        ("migrations", lambda: looks.migrations(engine, settings), "Run `graphql-api migrate`."),
        ("storage", lambda: looks.storage(engine, settings), _ABOUT_EVENTS),
        ("clock", lambda: looks.clock(engine), "Have this machine and the database's set their clocks by the network."),
    ]
    others: list[Look] = [
        ("documents", lambda: looks.documents(settings), "Correct it, or have it written anew from what clients ask."),
        ("redis", lambda: looks.redis(settings), "Start it, or set GRAPHQL_API_REDIS__URL."),
        ("collector", lambda: looks.collector(settings), "Start it, or set GRAPHQL_API_TELEMETRY__ENDPOINT."),
        (
            "open files",
            looks.open_files,
            f"Allow {looks.FEWEST_FILES} or more: ulimit -n, or LimitNOFILE of the service.",
        ),
    ]
    try:
        advice = "Start it, or set GRAPHQL_API_DATABASE__URL."
        database = await _looked("database", partial(looks.database, engine, settings), advice)
        # What is in a database that cannot be used nobody knows, and its advice would lead astray.
        rest = others if database.advice else [*stored, *others]
        return [
            Finding("settings", f"valid, for {settings.environment}"),
            database,
            *[await _looked(*look) for look in rest],
        ]
    finally:
        await engine.dispose()


async def _looked(what: str, look: Callable[[], Awaitable[str]], advice: str) -> Finding:
    try:
        async with asyncio.timeout(SECONDS):
            return Finding(what, await look())
    except looks.Wrong as wrong:
        return Finding(what, str(wrong), wrong.advice or advice)
    except TimeoutError:
        return Finding(what, f"does not answer within {SECONDS} s", advice)
    except Exception as error:  # noqa: BLE001  # whatever it is, the others are looked at too
        # The text of a driver's exception may hold a URL with its password.
        return Finding(what, f"cannot be used ({type(error).__name__})", advice)
