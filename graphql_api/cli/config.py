"""`graphql-api config`: the settings in force, and the reference of all settings."""

from pathlib import Path
from typing import Annotated

import typer

from graphql_api.cli.failing import fail
from graphql_api.settings import LoadedSettings, SettingsError, generate_config_docs, inspect_settings
from graphql_api.settings.catalogue import spell

app = typer.Typer(
    help="Show the settings in force, or the reference of all settings.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
)


@app.command()
def show(as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False) -> None:
    """Show each setting's value and where it came from, with secrets masked."""
    try:
        loaded = inspect_settings()
    except SettingsError as error:
        fail(str(error))
    if as_json:
        import orjson

        values = loaded.printable_values()
        document = {path: {"value": values[path], "source": source} for path, source in loaded.sources.items()}
        typer.echo(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode())
    else:
        _print_table(loaded)


@app.command()
def docs(
    output: Annotated[Path | None, typer.Option(help="Write the reference to this file.")] = None,
    check: Annotated[Path | None, typer.Option(help="Exit with 1 unless this file is up to date.")] = None,
) -> None:
    """Print the reference of all settings as markdown, write it to a file, or check a file."""
    reference = generate_config_docs()
    if check is not None and _read(check) != reference:
        fail(f"{check} is out of date; write it with: graphql-api config docs --output {check}")
    if output is not None:
        try:
            output.write_text(reference, encoding="utf-8")
        except OSError as error:
            fail(f"{output} cannot be written: {error.strerror}")
    if check is None and output is None:
        typer.echo(reference, nl=False)


def _print_table(loaded: LoadedSettings) -> None:
    from rich.console import Console
    from rich.table import Column, Table
    from rich.text import Text

    # Names stay whole in a narrow window too, to be found and copied.
    names = Column("Setting", no_wrap=True, overflow="fold")
    table = Table(names, *(Column(title, overflow="fold") for title in ("Value", "Comes from")))
    for path, value in loaded.printable_values().items():
        # As Text, because [default] would be read as a style.
        table.add_row(Text(path), Text(spell(value)), Text(loaded.sources[path]))
    Console().print(table)


def _read(file: Path) -> str | None:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
