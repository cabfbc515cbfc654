"""`codegen update`, `check` and `remove entity`: keep code and descriptions together."""

from pathlib import Path
from typing import Annotated

import typer

from codegen.cli.telling import refusals_told

_Project = Annotated[Path, typer.Option(help="The folder of the project.")]
_DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")]

removing = typer.Typer(help="Take something out of the project.", no_args_is_help=True)


def update(
    dry_run: _DryRun = False,
    force: Annotated[bool, typer.Option("--force", help="Give up the edits of what was generated.")] = False,
    project: _Project = Path(),
) -> None:
    """Make the code what domain/*/description.yaml says, and keep the edits of it."""
    from codegen.entities import update

    with refusals_told():
        for line in update(project, dry_run=dry_run, force=force):
            typer.echo(line)


def check(project: _Project = Path()) -> None:
    """Fail where descriptions were changed and the code was not; edits of the code are its owner's business."""
    from codegen.entities import check

    with refusals_told():
        for line in check(project):
            typer.echo(line)


@removing.callback()
def remove() -> None:
    """Keep each command a command of its own."""


@removing.command("entity")
def entity(
    name: Annotated[str, typer.Argument(help="The entity, as its folder is named.")],
    dry_run: _DryRun = False,
    force: Annotated[bool, typer.Option("--force", help="Remove what was edited too.")] = False,
    project: _Project = Path(),
) -> None:
    """Remove an entity that nothing refers to: its code, its tests, and by a migration its table."""
    from codegen.removal import remove

    with refusals_told():
        for line in remove(name, project, dry_run=dry_run, force=force):
            typer.echo(line)
