"""The SELECT of several levels at once: the rows of each, one level after the other, in columns that they share.

A column of a level is absent from the rows of the others, unless they have one of the same name and type.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from sqlalchemy import CTE, ColumnElement, CompoundSelect, Dialect, Uuid, false, literal_column, null, select
from sqlalchemy import union_all as one_after_the_other
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.types import TypeEngine

from graphql_api.persistence.foreign import IntegerKey
from graphql_api.persistence.keys import KeyType, LinkOf
from graphql_api.persistence.levels import LevelsFinish, levels_finish
from graphql_api.persistence.rows import Finish, finisher_of_some
from graphql_api.persistence.statements import TOTAL
from graphql_api.persistence.written import WrittenText

LEVEL: Final = ".level"
_LINK: Final = str(LinkOf(""))
_POSTGRESQL: Final = PGDialect()  # type: ignore[no-untyped-call]  # SQLAlchemy has no types there
_TEXT: Final = "TEXT"
_BYTES: Final = "BYTEA"

_Columns: TypeAlias = Mapping[str, ColumnElement[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class LevelPart:
    """What one level selects, under the name that the levels below know it by, and which are these, by their keys."""

    rows: CTE
    is_ours: bool
    below: Mapping[str, "LevelPart"]

    @property
    def told(self) -> _Columns:
        """The columns of its rows, without those that only the levels below are told."""
        return {name: column for name, column in self.rows.c.items() if not name.startswith(_LINK)}

    def all(self) -> Iterator["LevelPart"]:
        """Give this level and all below it, each before those below."""
        yield self
        for one in self.below.values():
            yield from one.all()


class LevelStatement:
    """Reads a level and all below it."""

    def __init__(self, uppermost: LevelPart) -> None:
        self._parts = [*uppermost.all()]
        self._shared = _Shared()
        self._places = [self._shared.places(part) for part in self._parts]

    def select(self) -> CompoundSelect[Any]:
        """Select the rows of all levels, each with the number of its own."""
        columns = self._shared.columns
        # Of these there are no rows: they tell the types, which an absent value does not.
        types = select(_number(0), *(column.label(name) for name, column in columns.items())).where(false())
        parts = (
            select(_number(number), *self._row(part.told, places)).select_from(part.rows)
            for number, (part, places) in enumerate(zip(self._parts, self._places, strict=True))
        )
        return one_after_the_other(types, *parts)

    def finisher(self, dialect: Dialect) -> LevelsFinish:
        """Make what divides the rows into levels, and finishes their values."""
        finishes = [self._finish(part, places, dialect) for part, places in zip(self._parts, self._places, strict=True)]
        numbers = {id(part): number for number, part in enumerate(self._parts)}
        below = [{key: numbers[id(one)] for key, one in part.below.items()} for part in self._parts]
        return levels_finish(finishes, below)

    def _finish(self, part: LevelPart, places: Mapping[str, int], dialect: Dialect) -> Finish:
        kinds = {name: column.type for name, column in part.told.items()}
        names = [LEVEL, *self._shared.columns]
        are_named = all(names[place] == name for name, place in places.items())
        return finisher_of_some(kinds, places, dialect, are_named=are_named)

    def _row(self, told: _Columns, places: Mapping[str, int]) -> Sequence[ColumnElement[Any]]:
        there = {place: told[name] for name, place in places.items()}
        return [
            (there[place] if place in there else null()).label(name)
            for place, name in enumerate(self._shared.columns, 1)
        ]


class _Shared:
    """The columns that levels share, by their names; the number of a level stands before them."""

    def __init__(self) -> None:
        self.columns: dict[str, ColumnElement[Any]] = {}
        self._types: dict[str, object] = {}

    def places(self, part: LevelPart) -> dict[str, int]:
        """Find a place for each column of a level."""
        names = {name: self._name(name, column, part) for name, column in part.told.items()}
        order = {name: place for place, name in enumerate(self.columns, 1)}
        return {name: order[shared] for name, shared in names.items()}

    def _name(self, name: str, column: ColumnElement[Any], part: LevelPart) -> str:
        kind = _stored(name, column.type, is_ours=part.is_ours)
        if name in self.columns and (kind is None or self._types[name] != kind):
            name = f".{len(self.columns)}"  # which no column has that is told
        self.columns.setdefault(name, column)
        self._types.setdefault(name, kind)
        return name


def _number(level: int) -> ColumnElement[int]:
    return literal_column(str(level)).label(LEVEL)


def _stored(name: str, kind: TypeEngine[Any], *, is_ours: bool) -> str | None:
    """Spell the type that PostgreSQL has of a column; None where that is other people's to say."""
    match kind:
        case WrittenText(expression=str()):
            return _TEXT
        case KeyType(of=Uuid() | IntegerKey()):
            return _BYTES
        case WrittenText() | KeyType():
            return _stored(name, kind.of, is_ours=is_ours)
        case _:
            return kind.compile(_POSTGRESQL) if is_ours or name == TOTAL else None
