"""`graphql-api schema`: the schema for client code generators, and what changed in it."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
import typer

from graphql_api.cli.failing import fail

if TYPE_CHECKING:
    from graphql import GraphQLSchema

app = typer.Typer(help="Export the schema, and compare it with an older one.", no_args_is_help=True)


class SchemaFormat(StrEnum):
    """How a schema is written down."""

    SDL = "sdl"
    JSON = "json"


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


@app.command()
def check(
    old: Annotated[Path, typer.Argument(help="The schema that clients know, as `schema export` wrote it.")],
    strict: Annotated[bool, typer.Option("--strict", help="Refuse dangerous changes too.")] = False,
) -> None:
    """Compare the schema with an older one; a change that breaks clients is told by exit status 1."""
    from graphql import build_schema

    from graphql_api.schema.changes import Effect, changes

    counts = dict.fromkeys(Effect, 0)
    # As it would be exported: what is composed keeps in its own way what clients are told.
    for change in changes(_read(old), build_schema(_text(SchemaFormat.SDL))):
        counts[change.effect] += 1
        typer.echo(f"{change.effect:<9}  {change.description}")
    typer.echo(", ".join(f"{number} {effect}" for effect, number in counts.items()) + ".")
    if counts[Effect.BREAKING] or (strict and counts[Effect.DANGEROUS]):
        raise typer.Exit(1)


def _read(file: Path) -> "GraphQLSchema":
    from graphql import GraphQLError, build_client_schema, build_schema

    try:
        text = file.read_text(encoding="utf-8")
        if text.lstrip().startswith("{"):
            return build_client_schema(orjson.loads(text)["data"])
        return build_schema(text)
    except OSError as error:
        fail(f"{file} cannot be read: {error.strerror}")
    except (GraphQLError, TypeError, ValueError, KeyError) as error:
        fail(f"{file} is no schema: {str(error).splitlines()[0]}")


def _text(kind: SchemaFormat) -> str:
    from graphql import introspection_from_schema
    from strawberry.printer import print_schema

    from graphql_api.bootstrap import compose_schema
    from graphql_api.execution.operations import core_schema

    built = compose_schema()
    if kind is SchemaFormat.SDL:
        return print_schema(built) + "\n"
    told = introspection_from_schema(core_schema(built), input_value_deprecation=True, one_of=True)
    return orjson.dumps({"data": told}, option=orjson.OPT_INDENT_2).decode() + "\n"
