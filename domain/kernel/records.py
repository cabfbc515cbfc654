"""What a query gets: things as they were read, row by row, with what was read for all of them at once beside."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from domain.kernel.identity import Key
from domain.kernel.selection import Order, Position

Row: TypeAlias = Mapping[str, Any]


class _ByName(dict[str, Any]):
    def __missing__(self, name: str) -> str:
        return name


BY_NAME: Final[Mapping[str, Any]] = _ByName()
"""Columns of rows in which each is found by its name."""
_NOTHING: Final[Mapping[str, "Lead | Lists"]] = MappingProxyType({})


def key_column(field: str) -> str:
    """Name the column in which rows tell the key of an identity, by which those that are related find each other."""
    return f".key.{field}"


_OWN_KEY: Final = key_column("id")


class Record:
    """One thing as it was read: its fields as members, its relations by the keys they were asked for under."""

    __slots__ = ("entity", "leads", "values")

    def __init__(self, entity: str, values: Row, leads: Mapping[str, "Lead | Lists"] = _NOTHING) -> None:
        self.entity = entity
        self.values = values
        self.leads = leads

    def related(self, key: str) -> Any:
        """Give what was read of a relation: a record or None, a slice, or what was measured."""
        return self.leads[key].of(self.values)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.values[name]
        except KeyError:
            raise AttributeError(f"{name} was not selected of this {self.entity}") from None

    def __reduce__(self) -> tuple[type["Record"], tuple[object, ...]]:
        # Copies are otherwise made empty and filled slot by slot, and __getattr__ needs `values` before it is there.
        return Record, (self.entity, self.values, dict(self.leads))


class Records(Sequence[Record]):
    """Things that were read together. Whoever needs no more than the rows makes no records of them.

    `columns` tell by what else than its name each is found in a row, where that is quicker.
    """

    __slots__ = ("columns", "entity", "leads", "rows")

    def __init__(
        self,
        entity: str,
        rows: Sequence[Row],
        leads: Mapping[str, "Lead | Lists"] = _NOTHING,
        columns: Mapping[str, Any] = BY_NAME,
    ) -> None:
        self.entity = entity
        self.rows = rows
        self.leads = leads
        self.columns = columns

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self.record(row) for row in self.rows[index]]
        return self.record(self.rows[index])

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Record]:
        return map(self.record, self.rows)

    def __reduce__(self) -> tuple[type["Records"], tuple[object, ...]]:
        return Records, (self.entity, self.rows, dict(self.leads), self.columns)

    def take(self) -> list[Row]:
        """Give the rows to somebody who lets go of them bit by bit; the first and the last stay, which bound a page."""
        rows, self.rows = self.rows, (*self.rows[:1], *self.rows[-1:])
        return rows if isinstance(rows, list) else [*rows]

    def record(self, row: Row) -> Record:
        """Make a record of one of the rows."""
        return Record(self.entity, row, self.leads)


@dataclass(frozen=True, slots=True)
class Lead:
    """Where one relation to one, or what was measured, leads from many things: to what each finds by a key of its own.

    `via` is the field whose key that is.
    """

    via: str
    found: Mapping[Key, Any]
    otherwise: Any = None
    things: Records | None = None
    """What the rows are of that are found, where it is rows."""

    def of(self, values: Row) -> Any:
        """Give what a thing leads to."""
        found = self.found.get(values[key_column(self.via)], self.otherwise)
        return found if found is None or self.things is None else self.things.record(found)


@dataclass(slots=True)  # there may be one for each of many things: to freeze it would cost more than to make it
class Slice(Sequence[Record]):
    """The records of one page, in order, and what lies around them."""

    records: Records
    order: Order
    has_next: bool = False
    has_previous: bool = False
    total: int | None = None

    def __getitem__(self, index: Any) -> Any:
        return self.records[index]

    def __len__(self) -> int:
        return len(self.records)

    def __iter__(self) -> Iterator[Record]:
        return iter(self.records)

    def position(self, record: Record) -> Position:
        """Return the place of a record in the order of this slice."""
        return self.place(record.values)

    def place(self, values: Row) -> Position:
        """Return the place of a row in the order of this slice."""
        return tuple([values[str(key.field)] for key in self.order])


@dataclass(frozen=True, slots=True)
class Lists:
    """Where one relation to many leads from many things: to rows, in order, that are found by the keys of their owners.

    `nothing` is the slice of whatever has none. Where more is known of lists than that they are whole, it is `told`.
    """

    found: Mapping[Key, Sequence[Row]]
    nothing: Slice
    told: Mapping[Key, Slice] | None = None

    def of(self, values: Row) -> Slice:
        """Give the slice of a thing."""
        key = values[_OWN_KEY]
        if self.told is not None:
            return self.told.get(key, self.nothing)
        return self._whole(self.found[key]) if key in self.found else self.nothing

    def slices(self) -> Mapping[Key, Slice]:
        """Give the slices of all things that have one of their own."""
        return {key: self._whole(rows) for key, rows in self.found.items()} if self.told is None else self.told

    def _whole(self, rows: Sequence[Row]) -> Slice:
        things = self.nothing.records
        return Slice(Records(things.entity, rows, things.leads, things.columns), self.nothing.order)
