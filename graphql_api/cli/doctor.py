"""`graphql-api doctor`: look at what the server needs, and say what to do about what is wrong."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import typer

from graphql_api.cli.failing import settings_or_fail
from graphql_api.settings import Settings
from graphql_api.settings.redaction import redact_urls

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

SECONDS: Final = 5
COLLECTOR_SECONDS: Final = 2
LARGEST_CLOCK_DIFFERENCE: Final = 2.0  # seconds
_ABOUT_EVENTS: Final = (
    "A server that runs delivers them: look for outbox.interrupted and event.not_handled in its log. "
    "`graphql-api outbox retry` has it try once more what was given up."
)
FEWEST_FILES: Final = 1_024


class Wrong(Exception):
    """Something is wrong, as the text says; what to do is told as well, where that is not always the same."""

    def __init__(self, found: str, advice: str | None = None) -> None:
        super().__init__(found)
        self.advice = advice


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
        ("migrations", lambda: _migrations(engine, settings), "Run `graphql-api migrate`."),
        ("storage", lambda: _storage(engine, settings), _ABOUT_EVENTS),
        ("clock", lambda: _clock(engine), "Have this machine and the database's set their clocks by the network."),
    ]
    others: list[Look] = [
        ("documents", lambda: _documents(settings), "Correct it, or have it written anew from what clients ask."),
        ("redis", lambda: _redis(settings), "Start it, or set GRAPHQL_API_REDIS__URL."),
        ("collector", lambda: _collector(settings), "Start it, or set GRAPHQL_API_TELEMETRY__ENDPOINT."),
        ("open files", _files, f"Allow {FEWEST_FILES} or more: ulimit -n, or LimitNOFILE of the service."),
    ]
    try:
        advice = "Start it, or set GRAPHQL_API_DATABASE__URL."
        database = await _looked("database", partial(_database, engine, settings), advice)
        # What is in a database that cannot be used nobody knows, and its advice would lead astray.
        looks = others if database.advice else [*stored, *others]
        return [
            Finding("settings", f"valid, for {settings.environment}"),
            database,
            *[await _looked(*look) for look in looks],
        ]
    finally:
        await engine.dispose()


async def _looked(what: str, look: Callable[[], Awaitable[str]], advice: str) -> Finding:
    try:
        async with asyncio.timeout(SECONDS):
            return Finding(what, await look())
    except Wrong as wrong:
        return Finding(what, str(wrong), wrong.advice or advice)
    except TimeoutError:
        return Finding(what, f"does not answer within {SECONDS} s", advice)
    except Exception as error:  # noqa: BLE001  # whatever it is, the others are looked at too
        # The text of a driver's exception may hold a URL with its password.
        return Finding(what, f"cannot be used ({type(error).__name__})", advice)


async def _database(engine: "AsyncEngine", settings: Settings) -> str:
    from graphql_api.persistence.health import DatabaseCheck

    try:
        await DatabaseCheck(engine).check()
    except Exception as error:
        # The text of a driver's exception may hold a URL with its password; ours does not.
        raise Wrong(f"{settings.database.url} cannot be used ({type(error).__name__})") from error
    return f"answers ({engine.dialect.name})"


async def _migrations(engine: "AsyncEngine", settings: Settings) -> str:
    from graphql_api.persistence.migrate import pending_migrations

    if not settings.database.keeps_tables:
        return "none, since no table of ours is in the database"
    pending = await pending_migrations(engine)
    if pending and settings.database.migrate_on_start:
        return f"{len(pending)} to be applied at the start"
    if pending:
        raise Wrong(f"{len(pending)} are missing")
    return "all applied"


async def _storage(engine: "AsyncEngine", settings: Settings) -> str:
    from graphql_api.observability.health import Unhealthy
    from graphql_api.persistence.health import DiskCheck, storage_checks
    from graphql_api.persistence.migrate import pending_migrations

    if not settings.database.keeps_tables or await pending_migrations(engine):
        return "nothing to look at"
    checks = storage_checks(engine, settings.health)
    for one in checks:
        try:
            await one.check()
        except Unhealthy as wrong:
            advice = "Make room, or set GRAPHQL_API_HEALTH__LEAST_FREE_DISK." if isinstance(one, DiskCheck) else None
            raise Wrong(f"{one.name}: {wrong}", advice) from wrong
    return f"well ({', '.join(one.name for one in checks)})"


async def _documents(settings: Settings) -> str:
    if settings.graphql.documents is None:
        return "none are configured"
    from graphql_api.bootstrap import compose_operations, compose_schema
    from graphql_api.execution.errors import RequestRefused
    from graphql_api.execution.trusted import UnreadableDocuments, read_documents

    operations = compose_operations(compose_schema(), settings.graphql)
    try:
        documents = read_documents(Path(settings.graphql.documents))
    except UnreadableDocuments as error:
        raise Wrong(str(error)) from error
    for id, text in documents.items():
        try:
            operations.prepare(text)
        except RequestRefused as refusal:
            raise Wrong(f"{id} is not answered: {refusal}") from refusal
    return f"{len(documents)}, all of which fit the schema"


async def _clock(engine: "AsyncEngine") -> str:
    from sqlalchemy import text

    from graphql_api.persistence.engine import reading

    if engine.dialect.name == "sqlite":
        return "that of the database"
    mysql = engine.dialect.name == "mysql"
    async with reading(engine) as connection:
        theirs: Any = await connection.scalar(text(f"SELECT {'utc_timestamp(6)' if mysql else 'clock_timestamp()'}"))
    seconds = abs((datetime.now(UTC) - (theirs.replace(tzinfo=UTC) if mysql else theirs)).total_seconds())
    if seconds > LARGEST_CLOCK_DIFFERENCE:
        raise Wrong(f"{seconds:.1f} s away from the database's")
    return "agrees with the database's"


async def _redis(settings: Settings) -> str:
    if settings.redis.url is None:
        return "none is configured"
    from graphql_api.events.redis_stream import event_stream

    stream = event_stream(settings.redis.url.get_secret_value(), settings.redis, settings.database.url)
    try:
        await stream.check()
    finally:
        await stream.close()
    return "answers"


async def _collector(settings: Settings) -> str:
    if settings.telemetry.endpoint is None:
        return "none is configured"
    from graphql_api.observability.opentelemetry.providers import span_sender

    # Many things listen on ports; only a collector takes no spans, sent as spans are.
    sender = span_sender(settings.telemetry, settings.telemetry.endpoint, COLLECTOR_SECONDS)
    failure = await asyncio.to_thread(sender.attempt, bytearray())
    if failure is not None:
        raise Wrong(f"{redact_urls(settings.telemetry.endpoint)} does not take spans ({failure})")
    return "takes spans"


async def _files() -> str:
    if sys.platform == "win32":
        return "no limit is known"
    import resource

    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if 0 <= allowed < FEWEST_FILES:
        raise Wrong(f"{allowed} are allowed")
    return "as many as it takes" if allowed < 0 else f"{allowed} are allowed"
