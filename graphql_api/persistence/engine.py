"""Connections to SQLite and PostgreSQL, set up so that both behave alike."""

from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from domain.kernel.specification.patterns import fold
from graphql_api.persistence.folding import SQLITE_FUNCTION
from graphql_api.settings import DatabaseSettings

_MILLISECONDS = 1_000


def create_engine(settings: DatabaseSettings) -> AsyncEngine:
    """Make an engine for the configured database. Nothing is connected yet."""
    url = settings.url.reveal()
    common = {
        "pool_size": settings.pool_size,
        "max_overflow": 0,
        "pool_timeout": settings.pool_timeout,
        # The text of an error is logged; what customers entered is not.
        "hide_parameters": True,
    }
    if url.startswith("sqlite"):
        engine = create_async_engine(url, **common, connect_args={"timeout": settings.statement_timeout})
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
        return engine
    return create_async_engine(
        url,
        **common,
        # A connection that the server closed meanwhile is replaced without a failed request.
        pool_pre_ping=True,
        connect_args={
            "timeout": settings.pool_timeout,
            "command_timeout": settings.statement_timeout + 1,
            "server_settings": {
                "application_name": "graphql-api",
                "statement_timeout": str(int(settings.statement_timeout * _MILLISECONDS)),
                "timezone": "UTC",
            },
        },
    )


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # SQLAlchemy starts transactions itself (see _begin_sqlite); the driver's own guesses are switched off.
    connection.isolation_level = None
    cursor = connection.cursor()
    try:
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "case_sensitive_like=ON"):
            cursor.execute(f"PRAGMA {pragma}")
    finally:
        cursor.close()
    connection.create_function(SQLITE_FUNCTION, 1, _fold, deterministic=True)


def _fold(text: str | None) -> str | None:
    return None if text is None else fold(text)


def _begin_sqlite(connection: Connection) -> None:
    # Taking the write lock at once waits for other writers; taking it later would fail where they came between.
    if connection.get_isolation_level() != "AUTOCOMMIT":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
