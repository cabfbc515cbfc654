"""How a command ends that cannot do what it was asked."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from codegen.faults import Refused, Unresolved


@contextmanager
def refusals_told() -> Iterator[None]:
    """Tell what is in the way, and end with a status that says so."""
    try:
        yield
    except (Refused, Unresolved) as error:
        for reason in error.reasons:
            typer.echo(f"codegen: {reason}", err=True)
        raise typer.Exit(1) from error
