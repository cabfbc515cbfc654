"""Connections to SQLite, PostgreSQL and MySQL, set up so that they behave alike."""

from functools import partial
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from graphql_api.persistence import sqlite
from graphql_api.persistence.mysql_dialect import MysqlCompiler
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
        # A condition that nothing satisfies is folded, the links between tables included, which the linter warns of.
        "enable_from_linting": False,
    }
    if url.startswith("sqlite"):
        engine = create_async_engine(
            url,
            **common,
            # The driver's own guesses at transactions are switched off; `sqlite.begin` makes them.
            isolation_level="AUTOCOMMIT",
            connect_args={
                "async_creator_fn": sqlite.connect,
                "factory": sqlite.factory(settings.read_only),
                "timeout": settings.statement_timeout,
            },
        )
        event.listen(engine.sync_engine, "begin", sqlite.begin)
        event.listen(engine.sync_engine, "invalidate", sqlite.interrupt)
        if not settings.keeps_tables:
            event.listen(engine.sync_engine, "connect", sqlite.mark_unreadable_text)
        return engine
    if settings.url.dialect == "mysql":
        # Imported where it is used: its driver is optional.
        from graphql_api.persistence.mysql_connection import connect, set_up_again

        engine = create_async_engine(url, **common, pool_pre_ping=True, async_creator=partial(connect, settings))
        engine.dialect.statement_compiler = MysqlCompiler
        event.listen(engine.sync_engine, "connect", partial(set_up_again, settings))
        return engine
    return create_async_engine(
        url,
        **common,
        # A connection that the server closed meanwhile is replaced without a failed request.
        pool_pre_ping=True,
        connect_args=connection_options(settings),
    )


def connection_options(settings: DatabaseSettings) -> dict[str, Any]:
    """Give what asyncpg connects with, beside the address."""
    return {
        "timeout": settings.pool_timeout,
        "command_timeout": settings.statement_timeout + 1,
        "server_settings": {
            "application_name": "graphql-api",
            "statement_timeout": str(int(settings.statement_timeout * _MILLISECONDS)),
            "timezone": "UTC",
            "default_transaction_read_only": "on" if settings.read_only else "off",
            # PostgreSQL's own default, which transactions count on.
            "default_transaction_isolation": "read committed",
        },
    }


def reading(engine: AsyncEngine) -> AsyncConnection:
    """Connect for statements that only read: without a transaction, so that nobody waits for a lock."""
    if engine.dialect.name == "sqlite":
        # Such are all its connections. To say so again waits for a thread, and whoever is cancelled in that wait takes
        # the connection from the pool for good.
        return engine.execution_options(**{sqlite.WITHOUT_TRANSACTION: True}).connect()
    return engine.execution_options(isolation_level="AUTOCOMMIT").connect()
