"""`graphql-api seed`: fill the database, with a made-up catalogue or with Chinook."""

from pathlib import Path
from typing import Annotated, Final

import typer

from graphql_api.cli.failing import fail, settings_or_fail

LARGEST_SCALE: Final = 10_000


def seed(
    scale: Annotated[
        int | None, typer.Option(min=1, max=LARGEST_SCALE, help="How many times 3,500 tracks to make.  \\[default: 1]")
    ] = None,
    number: Annotated[
        int | None, typer.Option("--seed", help="Another number makes another catalogue.  \\[default: 0]")
    ] = None,
    source: Annotated[
        Path | None, typer.Option("--from", metavar="FILE", help="Load this Chinook SQLite file instead.")
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Empty the catalogue first.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before emptying it.")] = False,
) -> None:
    """Fill the database with a made-up catalogue, the same each time, or with the Chinook sample store."""
    if source is not None and (scale is not None or number is not None):
        fail("--from loads a file as it is; leave --scale and --seed out.")

    from graphql_api.cli.filling import chinook, fill, made_up

    contents = chinook(source) if source is not None else made_up(scale or 1, number or 0)
    fill(settings_or_fail().database, contents, replace=replace, yes=yes)
