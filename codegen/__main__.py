"""The command line: `codegen`, or `python -m codegen`."""

from typing import NoReturn

import typer

from codegen.cli.database import from_database
from codegen.cli.entity import entity
from codegen.cli.new import new
from codegen.cli.upkeep import check, removing, update

app = typer.Typer(
    help="Write the slice of an entity, or a whole project, from a description or from a database.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(entity)
app.command()(from_database)
app.command()(new)
app.command()(update)
app.command()(check)
app.add_typer(removing, name="remove")


@app.callback()
def codegen() -> None:
    """Keep each command a command of its own."""


def main() -> NoReturn:
    """Run the command line."""
    app()
    raise SystemExit


if __name__ == "__main__":
    main()
