"""How a command ends that cannot do what it was asked."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from codegen.faults import Refused


@contextmanager
def refusals_told() -> Iterator[None]:
    """Tell why nothing was written, and end with a status that says so."""
    try:
        yield
    except Refused as error:
        for reason in error.reasons:
            typer.echo(f"codegen: {reason}", err=True)
        raise typer.Exit(1) from error
