"""All commands of `graphql-api`."""

from typing import Annotated

import typer

from graphql_api.cli import cache, config, outbox, schema
from graphql_api.cli.doctor import doctor
from graphql_api.cli.migrate import migrate
from graphql_api.cli.seed import seed
from graphql_api.cli.serve import serve
from graphql_api.settings import generate_config_docs
from graphql_api.version import DISTRIBUTION, version

app = typer.Typer(
    help="A GraphQL application server over your own domain.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(serve)
app.command()(migrate)
app.command()(seed)
app.command()(doctor)
app.add_typer(schema.app, name="schema")
app.add_typer(cache.app, name="cache")
app.add_typer(outbox.app, name="outbox")
app.add_typer(config.app, name="config")


def _print_config_docs(wanted: bool) -> None:
    if wanted:
        typer.echo(generate_config_docs(), nl=False)
        raise typer.Exit


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"{DISTRIBUTION} {version()}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
    generate_config_docs: Annotated[
        bool,
        typer.Option(
            "--generate-config-docs",
            help="Print the reference of all settings as markdown.",
            callback=_print_config_docs,
            is_eager=True,
        ),
    ] = False,
) -> None:
    """Run a GraphQL application server over your own domain."""
    del version, generate_config_docs
