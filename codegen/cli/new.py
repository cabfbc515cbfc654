"""`codegen new`: make a project of one's own."""

from pathlib import Path
from typing import Annotated

import typer

from codegen.cli.telling import refusals_told


def new(
    name: Annotated[str, typer.Argument(help="The name of the project: its folder, its package, its command.")],
    from_database: Annotated[
        str | None,
        typer.Option(
            help="Serve this database: sqlite:///file, postgresql://user:password@host/name or mysql:// likewise."
        ),
    ] = None,
    writes: Annotated[
        bool,
        typer.Option("--with-writes", help="With commands that change the rows of that database. SQLite, PostgreSQL."),
    ] = False,
    folder: Annotated[Path, typer.Option("--in", help="Where to make the folder.")] = Path(),
) -> None:
    """Make a project of one's own, empty or over a database that is there already."""
    from codegen.new.making import make

    with refusals_told():
        for line in make(name, folder / name, from_database, writes=writes):
            typer.echo(line)
