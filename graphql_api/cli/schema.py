"""`graphql-api schema`: the schema for client code generators."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import orjson
import typer

from graphql_api.cli.failing import fail

app = typer.Typer(help="Export the schema for client code generators.", no_args_is_help=True)


class SchemaFormat(StrEnum):
    """How a schema is written down."""

    SDL = "sdl"
    JSON = "json"


@app.callback()
def schema() -> None:
    """Keep `export` a command of its own beside those to come."""


@app.command()
def export(
    output: Annotated[Path | None, typer.Option(help="Write to this file instead of standard output.")] = None,
    kind: Annotated[
        SchemaFormat, typer.Option("--format", help="sdl is the schema language, json the answer to introspection.")
    ] = SchemaFormat.SDL,
) -> None:
    """Export the schema, as GraphQL's schema language or as introspection JSON."""
    text = _text(kind)
    if output is None:
        typer.echo(text, nl=False)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        fail(f"{output} cannot be written: {error.strerror}")


def _text(kind: SchemaFormat) -> str:
    from strawberry.printer import print_schema

    from graphql_api.bootstrap import compose_schema

    built = compose_schema()
    if kind is SchemaFormat.SDL:
        return print_schema(built) + "\n"
    return orjson.dumps({"data": built.introspect()}, option=orjson.OPT_INDENT_2).decode() + "\n"
