"""What tells the rows of a table apart, and how that becomes an identity."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from sqlalchemy import types

from codegen.database.catalogue import Column, Table
from codegen.database.looking import Looking
from codegen.database.names import is_secret
from codegen.database.numeric import is_integer

LONGEST_CARRIED: Final = 512  # bytes, of each of its columns
BINARY: Final = (types.LargeBinary, types.BINARY, types.VARBINARY)


class KeyKind(Enum):
    """How a key becomes an identity."""

    INTEGER = "IntegerKey()"
    TEXT = "TextKey()"
    UUID = "Uuid()"
    ROWID = "rowid"
    COMPOSITE = "composite"
    FINGERPRINT = "fingerprint"


@dataclass(frozen=True, slots=True)
class Key:
    """The columns that tell rows apart."""

    kind: KeyKind
    columns: tuple[str, ...]
    binary: frozenset[str] = frozenset()
    """Those that MySQL has to write as digits, since their bytes are no text."""
    types: tuple[str, ...] = ()
    """What the columns of a composite key are, as the identity carries them."""

    def identity(self) -> str:
        """Write the identity of a row."""
        return self.over(self._places(self.columns))

    def reference(self, columns: tuple[str, ...]) -> str:
        """Write the identity of what columns of another table refer to."""
        return self.over(self._places(columns), refers=True)

    def over(self, places: Sequence[str], *, refers: bool = False) -> str:
        """Write the identity that is made of what is at these places."""
        match self.kind:
            case KeyKind.COMPOSITE:
                parts = (f"type_coerce({place}, {kind})" for place, kind in zip(places, self.types, strict=True))
                return f"{'composite_reference' if refers else 'composite'}({', '.join(parts)})"
            case KeyKind.ROWID:
                return 'type_coerce(literal_column("rowid"), IntegerKey())'
            case KeyKind.FINGERPRINT:
                return f"{'reference' if refers else 'fingerprint'}({', '.join(places)})"
            case _:
                return f"type_coerce({places[0]}, {self.kind.value})"

    def _places(self, columns: tuple[str, ...]) -> list[str]:
        return [
            f"func.hex(here.c[{column!r}])" if own in self.binary else f"here.c[{column!r}]"
            for own, column in zip(self.columns, columns, strict=True)
        ]


def key_of(table: Table, looking: Looking) -> Key | None:
    """Find a key of a table, or nothing where rows cannot be told apart."""
    for columns in _candidates(table):
        if looking.none(" OR ".join(f"{looking.quoted(one)} IS NULL" for one in columns)):
            return _as_identity(table, columns, looking)
    if looking.is_sqlite and not table.is_view:
        return Key(KeyKind.ROWID, ())
    return _guessed(table, looking)


def _candidates(table: Table) -> Iterator[tuple[str, ...]]:
    if table.key:
        yield table.key
    yield from sorted(table.uniques, key=len)


def _as_identity(table: Table, columns: tuple[str, ...], looking: Looking) -> Key:
    first = table.columns[columns[0]]
    if len(columns) == 1 and is_integer(first, looking):
        return Key(KeyKind.INTEGER, columns)
    if len(columns) == 1 and isinstance(first.type, types.Uuid) and not looking.is_sqlite:
        return Key(KeyKind.UUID, columns)
    # What an identity carries, everybody who gets it can read.
    carried = [None if is_secret(one) else _carried(table.columns[one], looking) for one in columns]
    if carried == ["Text()"]:
        return Key(KeyKind.TEXT, columns)
    if None not in carried and not looking.is_mysql:
        return Key(KeyKind.COMPOSITE, columns, types=tuple(map(str, carried)))
    return Key(KeyKind.FINGERPRINT, columns, _binary(table, columns, looking))


def _carried(column: Column, looking: Looking) -> str | None:
    """Tell as what an identity carries the values of a column, if it has room for them."""
    if is_integer(column, looking):
        return "BigInteger()"
    match column.type:
        case types.Enum():
            return None
        case types.CHAR() if looking.is_mysql:
            return None
        case types.String() | types.Date() | types.DateTime() if looking.is_sqlite:
            return "Text()" if looking.only(column.name, "text") and _are_short(column.name, looking) else None
        case types.String() as text:
            padded = isinstance(text, types.CHAR)
            return ("CHAR()" if padded else "Text()") if _are_short(column.name, looking) else None
        case types.Uuid():
            return "Uuid()"
        case types.Date():
            return "Date()"
        case types.DateTime(timezone=zone):
            return "DateTime(timezone=True)" if zone else "DateTime()"
        case _:
            return None


def _are_short(column: str, looking: Looking) -> bool:
    quoted = looking.quoted(column)
    length = f"length(CAST({quoted} AS BLOB))" if looking.is_sqlite else f"octet_length({quoted})"
    return looking.none(f"{length} > {LONGEST_CARRIED}")


def _binary(table: Table, columns: Sequence[str], looking: Looking) -> frozenset[str]:
    if not looking.is_mysql:
        return frozenset()
    return frozenset(one for one in columns if isinstance(table.columns[one].type, BINARY))


def _guessed(table: Table, looking: Looking) -> Key | None:
    """Look for columns whose values differ in every row: one that is named like a key, any other, or all together."""
    plain = [one for one in table.columns.values() if isinstance(one.type, types.Integer | types.String | types.Uuid)]
    likely = sorted(plain, key=lambda one: (not one.name.lower().endswith("id"), one.name.lower() != "id"))
    for column in likely[:8]:
        quoted = looking.quoted(column.name)
        if looking.number("count(*)") and looking.number(f"count(*) - count(DISTINCT {quoted})") == 0:
            return _as_identity(table, (column.name,), looking)
    comparable = [one.name for one in table.columns.values() if not isinstance(one.type, BINARY)]
    listed = ", ".join(_comparable(one, looking) for one in comparable)
    distinct = f"SELECT count(*) FROM (SELECT DISTINCT {listed} FROM {looking.source}) AS distinct_rows"  # noqa: S608
    if comparable and looking.connection.exec_driver_sql(distinct).scalar() == looking.number("count(*)"):
        return Key(KeyKind.FINGERPRINT, tuple(comparable))
    return None


def _comparable(column: str, looking: Looking) -> str:
    quoted = looking.quoted(column)
    if looking.is_sqlite:
        return quoted
    return f"CAST({quoted} AS CHAR)" if looking.is_mysql else f"{quoted}::text"
