"""`graphql-api migrate`: bring the database up to date."""

import asyncio

import typer

from graphql_api.cli.failing import own_tables_or_fail, settings_or_fail
from graphql_api.settings import DatabaseSettings


def migrate() -> None:
    """Apply the migrations that the configured database lacks. Safe to run from several places at once."""
    settings = settings_or_fail()
    with own_tables_or_fail(settings.database):
        applied = asyncio.run(_migrate(settings.database))
    typer.echo(f"Applied: {', '.join(applied)}." if applied else "The database is up to date.")


async def _migrate(settings: DatabaseSettings) -> list[str]:
    from graphql_api.persistence.engine import create_engine
    from graphql_api.persistence.migrate import migrate as apply_migrations

    engine = create_engine(settings)
    try:
        return await apply_migrations(engine)
    finally:
        await engine.dispose()
