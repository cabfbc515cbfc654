"""How a column is read, whatever database it is in."""

from collections.abc import Sequence
from dataclasses import dataclass

from codegen.database.catalogue import Column
from codegen.database.looking import Looking
from codegen.description import Kind
from codegen.samples import member


@dataclass(frozen=True, slots=True)
class Reading:
    """How a column is read: what it holds, and the expression that gives it; or why it is not."""

    kind: Kind | None
    expression: str
    note: str | None = None
    places: int = 0
    values: tuple[str, ...] = ()
    indexed: str | None = None
    """The column itself, where the expression is one that no index has."""


def as_text(text: str, column: Column, looking: Looking) -> Reading:
    """Read a text, as one of a few values where a check lists them, and there are no others."""
    values = column.demands.values
    if values and are_distinct(values) and looking.none(_is_another(column.name, values, looking)):
        return Reading(Kind.ENUM, f"type_coerce({text}, EnumText({{enum}}))", values=values)
    return Reading(Kind.STR, text)


def _is_another(column: str, values: Sequence[str], looking: Looking) -> str:
    listed = ", ".join("'" + one.replace("'", "''") + "'" for one in values)
    return f"{looking.quoted(column)} NOT IN ({listed})"


def are_distinct(values: Sequence[str]) -> bool:
    """Tell whether values have names of their own as members of an enumeration."""
    return len({member(one) for one in values}) == len(values)
