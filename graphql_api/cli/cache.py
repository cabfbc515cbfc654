"""`graphql-api cache`: have answers forgotten, after rows were changed past the server."""

import asyncio
from collections.abc import Sequence
from typing import Annotated

import typer

from graphql_api.cli.failing import database_or_fail, fail, settings_or_fail
from graphql_api.settings import DatabaseSettings

app = typer.Typer(help="Have kept answers forgotten.", no_args_is_help=True, pretty_exceptions_show_locals=False)


@app.callback()
def _group() -> None:
    """Let `clear` be a command of its own, though there is no other."""


@app.command()
def clear(
    entity: Annotated[
        list[str] | None, typer.Option(help="Only answers that look at this entity, such as Track; may be repeated.")
    ] = None,
) -> None:
    """Have every running server forget answers, as if all rows had changed. They do so within moments."""
    from graphql_api.manifest import MANIFEST

    settings = settings_or_fail()
    known = {one.__name__ for served in MANIFEST for one in served.domain.ENTITIES}
    if unknown := set(entity or ()) - known:
        fail(f"There is no entity {', '.join(sorted(unknown))}; there are {', '.join(sorted(known))}.")
    names = sorted(set(entity or known))
    with database_or_fail(settings.database):
        asyncio.run(_announce(settings.database, names))
    typer.echo(f"To be forgotten: answers about {', '.join(names)}.")


async def _announce(settings: DatabaseSettings, names: Sequence[str]) -> None:
    from sqlalchemy import insert

    from graphql_api.caching.announcing import anything_of
    from graphql_api.persistence.engine import create_engine
    from graphql_api.persistence.outbox.tables import outbox, rows_of

    engine = create_engine(settings)
    try:
        async with engine.begin() as connection:
            await connection.execute(insert(outbox), rows_of([anything_of(names)]))
    finally:
        await engine.dispose()
