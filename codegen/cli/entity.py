"""`codegen entity`: write the slice of an entity, or of several."""

from pathlib import Path
from typing import Annotated

import typer

from codegen.cli.telling import refusals_told

# The bracket is escaped, since it would begin a style.
_FIELDS = (
    r"Its fields, such as title:str:1..200 price:decimal(10,2):0.. album:ref(album)? tags:list\[str]. "
    "Types: str int decimal float bool date datetime uuid json enum(a,b) ref(entity). "
    "Behind a type or a range: unique indexed fixed readonly."
)


def entity(  # noqa: PLR0917  # typer reads them all by name
    name: Annotated[str | None, typer.Argument(help="The entity, one of them: track, order_line.")] = None,
    fields: Annotated[list[str] | None, typer.Argument(help=_FIELDS)] = None,
    description: Annotated[
        Path | None, typer.Option("--from", help="Read a YAML file that describes several entities instead.")
    ] = None,
    plural: Annotated[str | None, typer.Option(help="Its plural, where adding an s is not enough.")] = None,
    with_events: Annotated[
        bool, typer.Option("--with-events", help="Record what happens to it, and let clients follow that.")
    ] = False,
    with_cache: Annotated[
        bool, typer.Option("--with-cache", help="Say for how long answers about it are kept at most: a minute.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Write over files that are there already.")] = False,
    project: Annotated[Path, typer.Option(help="The folder of the project.")] = Path(),
) -> None:
    """Write an entity: what it is, its commands, queries, table, migration, API and tests; and serve it."""
    from codegen.entities import Wish, generate

    with refusals_told():
        wish = Wish(name, tuple(fields or ()), description, plural, with_events, with_cache)
        for line in generate(wish, project, dry_run=dry_run, force=force):
            typer.echo(line)
