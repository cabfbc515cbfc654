"""What `graphql-api doctor` looks at; each look says what it found, or raises what is wrong."""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from graphql_api.settings import Settings
from graphql_api.settings.redaction import redact_urls

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

COLLECTOR_SECONDS: Final = 2
LARGEST_CLOCK_DIFFERENCE: Final = 2.0  # seconds
FEWEST_FILES: Final = 1_024


class Wrong(Exception):
    """Something is wrong, as the text says; what to do is told as well, where that is not always the same."""

    def __init__(self, found: str, advice: str | None = None) -> None:
        super().__init__(found)
        self.advice = advice


async def database(engine: "AsyncEngine", settings: Settings) -> str:
    """Have the database answer. Raises Wrong."""
    from graphql_api.persistence.availability import cause_of
    from graphql_api.persistence.health import DatabaseCheck

    try:
        await DatabaseCheck(engine).check()
    except Exception as error:
        # The text of a driver's exception may hold a URL with its password; ours does not.
        reason = type(cause_of(error)).__name__
        raise Wrong(f"{settings.database.url} cannot be used ({reason})", _advice(engine)) from error
    return f"answers ({engine.dialect.name})"


def _advice(engine: "AsyncEngine") -> str | None:
    if engine.dialect.name != "sqlite":
        return None
    return "See that its folder is there and that both may be written to, or set GRAPHQL_API_DATABASE__URL."


async def migrations(engine: "AsyncEngine", settings: Settings) -> str:
    """Compare the migrations that are applied with those that there are. Raises Wrong."""
    from graphql_api.persistence.availability import UnknownMigration
    from graphql_api.persistence.migrate import pending_migrations

    if not settings.database.keeps_tables:
        return "none, since no table of ours is in the database"
    try:
        pending = await pending_migrations(engine)
    except UnknownMigration as error:
        raise Wrong(str(error), "Run that, or restore the database as it was before.") from error
    if pending and settings.database.migrate_on_start:
        return f"{len(pending)} to be applied at the start"
    if pending:
        raise Wrong(f"{len(pending)} are missing")
    return "all applied"


async def storage(engine: "AsyncEngine", settings: Settings) -> str:
    """Check how events stand, and how much room there is. Raises Wrong."""
    from graphql_api.observability.health import Unhealthy
    from graphql_api.persistence.availability import UnknownMigration
    from graphql_api.persistence.health import DiskCheck, storage_checks
    from graphql_api.persistence.migrate import pending_migrations

    if not settings.database.keeps_tables:
        return "nothing to look at"
    try:
        pending = await pending_migrations(engine)
    except UnknownMigration:
        return "nothing that could be looked at"
    if pending:
        return "nothing to look at"
    checks = storage_checks(engine, settings.health)
    for one in checks:
        try:
            await one.check()
        except Unhealthy as wrong:
            advice = "Make room, or set GRAPHQL_API_HEALTH__LEAST_FREE_DISK." if isinstance(one, DiskCheck) else None
            raise Wrong(f"{one.name}: {wrong}", advice) from wrong
    return f"well ({', '.join(one.name for one in checks)})"


async def documents(settings: Settings) -> str:
    """Prepare every trusted document, as the server would. Raises Wrong."""
    if settings.graphql.documents is None:
        return "none are configured"
    from graphql_api.bootstrap import compose_schema
    from graphql_api.composition.operations import operation_cache
    from graphql_api.execution.errors import RequestRefused
    from graphql_api.execution.trusted import UnreadableDocuments, read_documents

    operations = operation_cache(compose_schema(), settings.graphql)
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


async def clock(engine: "AsyncEngine") -> str:
    """Compare this machine's clock with the database's. Raises Wrong."""
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


async def redis(settings: Settings) -> str:
    """Have Redis answer; whatever its client raises tells why it does not."""
    if settings.redis.url is None:
        return "none is configured"
    from graphql_api.events.redis_stream import event_stream

    stream = event_stream(settings.redis.url.get_secret_value(), settings.redis, settings.database.url)
    try:
        await stream.check()
    finally:
        await stream.close()
    return "answers"


async def collector(settings: Settings) -> str:
    """Send the collector a request without spans. Raises Wrong."""
    if settings.telemetry.endpoint is None:
        return "none is configured"
    from graphql_api.observability.opentelemetry.providers import span_sender

    # Many things listen on ports; only a collector takes no spans, sent as spans are.
    sender = span_sender(settings.telemetry, settings.telemetry.endpoint, COLLECTOR_SECONDS)
    failure = await asyncio.to_thread(sender.attempt, bytearray())
    if failure is not None:
        raise Wrong(f"{redact_urls(settings.telemetry.endpoint)} does not take spans ({failure})")
    return "takes spans"


async def open_files() -> str:
    """Tell how many files and connections may be open. Raises Wrong."""
    if sys.platform == "win32":
        return "no limit is known"
    import resource

    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if 0 <= allowed < FEWEST_FILES:
        raise Wrong(f"{allowed} are allowed")
    return "as many as it takes" if allowed < 0 else f"{allowed} are allowed"
