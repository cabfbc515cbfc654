"""`graphql-api cache`: see how answers are kept, and have them forgotten after rows were changed past the server."""

import asyncio
from collections.abc import Sequence
from typing import Annotated

import typer

from graphql_api.cli.failing import fail, migrated, own_tables_or_fail, settings_or_fail
from graphql_api.settings import DatabaseSettings

app = typer.Typer(
    help="See how answers are kept, and have them forgotten.", no_args_is_help=True, pretty_exceptions_show_locals=False
)


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
    with own_tables_or_fail(settings.database):
        asyncio.run(_announce(settings.database, names))
    typer.echo(f"To be forgotten: answers about {', '.join(names)}.")


@app.command()
def stats(
    host: Annotated[str | None, typer.Option(help="Where the server listens; unset, as http.host says.")] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Its port; unset, as http.port says.")] = None,
) -> None:
    """Show what one running process counted since its start; of several behind an address, the one that answers."""
    from graphql_api.cli.scraping import NotTold, counted, scrape

    http = settings_or_fail().http
    where = host or http.host, port or http.port
    try:
        counts = counted(scrape(*where, timeout=5), "graphql_server_cache_occasions", "occasion")
    except NotTold as reason:
        fail(f"No counts from {where[0]}:{where[1]}: {reason}")
    if not counts:
        fail(f"The server at {where[0]}:{where[1]} keeps no answers; is cache.enabled on?")
    asked = counts.get("hit", 0) + counts.get("miss", 0)
    for occasion, count in counts.items():
        typer.echo(f"{occasion:<14}{count:>12}")
    found = counts.get("hit", 0) + counts.get("shared_hit", 0)
    typer.echo(f"{'hit rate':<14}{found / asked:>12.1%}" if asked else "Nothing was asked yet.")


async def _announce(settings: DatabaseSettings, names: Sequence[str]) -> None:
    from graphql_api.persistence.outbox.upkeep import tell_of_any_change

    async with migrated(settings) as engine, engine.begin() as connection:
        await tell_of_any_change(connection, names)
