"""`codegen from-database`: serve tables that others made."""

from pathlib import Path
from typing import Annotated

import typer

from codegen.cli.telling import refusals_told


def from_database(
    url: Annotated[
        str, typer.Argument(help="sqlite:///file.sqlite, postgresql://user:password@host/name or mysql:// likewise.")
    ],
    writes: Annotated[
        bool,
        typer.Option("--with-writes", help="With commands that change the rows of that database. SQLite, PostgreSQL."),
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Write over files that are there already.")] = False,
    project: Annotated[Path, typer.Option(help="The folder of the project.")] = Path(),
) -> None:
    """Write an entity for every table and view of a database, as they are. Settings stay as they are."""
    from codegen.tables import generate_from

    with refusals_told():
        for line in generate_from(url, project, dry_run=dry_run, force=force, writes=writes):
            typer.echo(line)
