"""What the values of a column are, by their declaration and, where that promises nothing, by looking at them."""

from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import Connection, Integer, types
from sqlalchemy.dialects import postgresql

from codegen.database.catalogue import Column, Table
from codegen.description import Kind
from codegen.samples import INT32, member

MOST_DIGITS: Final = 18
MOST_PLACES: Final = 9
MOST_SAMPLED: Final = 20_000
MOMENT: Final = "'%Y-%m-%d %H:%M:%f000'"


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


@dataclass(frozen=True, slots=True)
class Looking:
    """Looks at the values of a table."""

    connection: Connection
    table: Table
    sampled: str | None = None
    """The name of a copy of some rows, to be looked at instead."""

    def sample(self) -> "Looking":
        """Copy some rows of a view, which SQLite would work out again for each question."""
        if not (self.is_sqlite and self.table.is_view):
            return self
        name = f"sampled {self.table.name}"
        rows = f"SELECT * FROM {self.source} LIMIT {MOST_SAMPLED}"  # noqa: S608  # names are quoted
        self.connection.exec_driver_sql(f"CREATE TEMP TABLE IF NOT EXISTS {self.quoted(name)} AS {rows}")
        return replace(self, sampled=name)

    @property
    def is_sqlite(self) -> bool:
        """Tell whether it is SQLite, where a declaration promises little."""
        return self.connection.dialect.name == "sqlite"

    @property
    def is_mysql(self) -> bool:
        """Tell whether it is MySQL or MariaDB."""
        return self.connection.dialect.name == "mysql"

    def quoted(self, name: str) -> str:
        """Write a name as the database wants it."""
        return self.connection.dialect.identifier_preparer.quote_identifier(name)

    @property
    def source(self) -> str:
        """Write the table's name."""
        if self.sampled is not None:
            return self.quoted(self.sampled)
        return ".".join(self.quoted(part) for part in self.table.place if part)

    def number(self, expression: str, condition: str = "1=1") -> Any:
        """Ask for one value of the whole table."""
        statement = f"SELECT {expression} FROM {self.source} WHERE {condition}"  # noqa: S608  # names are quoted
        return self.connection.exec_driver_sql(statement).scalar()

    def none(self, condition: str) -> bool:
        """Tell that no row satisfies a condition."""
        return not self.number("count(*)", condition)

    def only(self, column: str, *kinds: str) -> bool:
        """Tell that SQLite keeps nothing but such values in a column, whatever was declared."""
        if not self.is_sqlite:
            return True
        listed = ", ".join(f"'{kind}'" for kind in (*kinds, "null"))
        return self.none(f"typeof({self.quoted(column)}) NOT IN ({listed})")


def reading_of(  # noqa: C901, PLR0912  # a case for each family of types
    column: Column, looking: Looking
) -> Reading:
    """Find out how to read a column."""
    name = f"here.c[{column.name!r}]"
    kind = column.type
    match kind:
        case types.LargeBinary():
            return Reading(None, name, "holds binary data, which GraphQL has no type for")
        case types.Boolean() if looking.only(column.name, "integer") and _is_two_valued(column.name, looking):
            return Reading(Kind.BOOL, f"type_coerce({name}, Boolean())")
        # What was declared as a switch may be a number after all.
        case types.Integer() | types.Boolean() if looking.only(column.name, "integer"):
            return _integer(column.name, name, looking)
        case types.REAL() if not looking.is_sqlite:
            # The shortest decimal that means it: 9.8, which a cast makes 9.800000190734863.
            return Reading(Kind.FLOAT, f"cast(cast({name}, Text()), Double())")
        case types.Float() if looking.only(column.name, "integer", "real"):
            return Reading(Kind.FLOAT, f"cast({name}, Double())")
        case types.Numeric() if _is_numbered(column, looking):
            return _integer(column.name, name, looking)
        case types.Numeric() if looking.only(column.name, "integer", "real"):
            return _decimal(column, name, looking)
        case types.DateTime():
            return _moment(column.name, name, looking)
        case types.Date():
            return _day(column.name, name, looking)
        case types.Uuid():
            return (
                Reading(Kind.UUID, f"type_coerce({name}, Uuid())")
                if not looking.is_sqlite
                else _text(name, column, looking)
            )
        case postgresql.JSON() | postgresql.JSONB():
            return Reading(Kind.JSON, f"type_coerce(cast({name}, Text()), JsonText())")
        case postgresql.ARRAY():
            return Reading(Kind.JSON, f"type_coerce(cast(func.to_jsonb({name}), Text()), JsonText())")
        case types.JSON() if looking.none(_is_no_json(looking.quoted(column.name))):
            return Reading(Kind.JSON, f"type_coerce({name}, JsonText())")
        case types.Enum() if kind.enums and are_distinct(kind.enums):
            return Reading(
                Kind.ENUM, f"type_coerce(cast({name}, Text()), EnumText({{enum}}))", values=tuple(kind.enums)
            )
        case types.String():
            return _text(name, column, looking)
        case types.NullType() if looking.is_sqlite:
            return _undeclared(column, name, looking)
        case _:
            return Reading(
                Kind.STR, f"cast({name}, Text())", f"is served as text: it was declared as {_declared(kind)}"
            )


def _is_numbered(column: Column, looking: Looking) -> bool:
    """Tell whether SQLite's number of no declared size is what rows are known by, and whole."""
    table = looking.table
    known = {*table.key, *(name for foreign in table.foreign_keys for name in foreign.columns)}
    numeric = getattr(column.type, "precision", None) is None and looking.is_sqlite
    return numeric and column.name in known and looking.only(column.name, "integer")


def _undeclared(column: Column, name: str, looking: Looking) -> Reading:
    """Read what SQLite declares nothing of, as what a view works out, by the values that are there."""
    if looking.none(f"{looking.quoted(column.name)} IS NOT NULL") or looking.only(column.name, "text"):
        return Reading(Kind.STR, f"cast({name}, Text())")
    if looking.only(column.name, "integer"):
        return _integer(column.name, name, looking)
    if looking.only(column.name, "integer", "real"):
        return Reading(Kind.FLOAT, f"cast({name}, Double())")
    if looking.only(column.name, "blob"):
        return Reading(None, name, "holds binary data, which GraphQL has no type for")
    return Reading(Kind.STR, f"cast({name}, Text())", "is served as text: its values are of several types")


def _is_no_json(quoted: str) -> str:
    return f"{quoted} IS NOT NULL AND NOT json_valid({quoted})"


def _declared(kind: Any) -> str:
    if isinstance(kind, types.NullType):
        return "a type that is not known here"
    try:
        return str(kind) or "nothing"
    except Exception:  # noqa: BLE001  # of types that only a database can write
        return type(kind).__name__


def _integer(column: str, name: str, looking: Looking) -> Reading:
    fits = not looking.is_sqlite and not isinstance(looking.table.columns[column].type, types.BigInteger)
    return whole_number(column, name, looking, surely_fits=fits)


def whole_number(column: str, name: str, looking: Looking, *, surely_fits: bool) -> Reading:
    """Read a whole number as the smallest type that has room for all that are there."""
    quoted = looking.quoted(column)
    if surely_fits or looking.none(f"{quoted} < {INT32[0]} OR {quoted} > {INT32[1]}"):
        return Reading(Kind.INT, f"type_coerce({name}, BigInteger())")
    note = "has numbers beyond the 32 bits of an Int, and is served as a Decimal"
    if looking.none(f"{quoted} <= -1000000000000000000 OR {quoted} >= 1000000000000000000"):
        whole = name if looking.is_sqlite else f"cast({name}, Numeric(20, 0))"
        return Reading(Kind.DECIMAL, f"type_coerce({whole}, ExactDecimal(18, 0))", note)
    return Reading(Kind.STR, f"cast({name}, Text())", "has numbers of 19 digits, and is served as text")


def _decimal(column: Column, name: str, looking: Looking) -> Reading:
    quoted = looking.quoted(column.name)
    places = getattr(column.type, "scale", None)
    if places is None:
        places = MOST_PLACES if looking.is_sqlite else int(looking.number(f"max(scale({quoted}))") or 0)
        if looking.is_sqlite:
            places = next((one for one in range(5) if _fits(quoted, one, looking)), MOST_PLACES)
    limit = 10 ** (MOST_DIGITS - places)
    if places > MOST_PLACES or not looking.none(f"{quoted} <= -{limit} OR {quoted} >= {limit}"):
        return Reading(Kind.STR, f"cast({name}, Text())", "has more digits than a Decimal here, and is served as text")
    if not looking.is_sqlite:
        if not looking.none(f"{quoted} = 'NaN'"):
            return Reading(Kind.STR, f"cast({name}, Text())", "has values that are no numbers, and is served as text")
        return Reading(Kind.DECIMAL, f"type_coerce({name}, ExactDecimal({MOST_DIGITS}, {places}))", places=places)
    if not _fits(quoted, places, looking):
        return Reading(
            Kind.FLOAT, f"cast({name}, Double())", f"has more than {places} decimal places, and is served as a Float"
        )
    units = f"cast(func.round({name} * literal_column({str(10**places)!r})), BigInteger())"
    return Reading(Kind.DECIMAL, f"type_coerce({units}, ExactDecimal({MOST_DIGITS}, {places}))", places=places)


def _fits(quoted: str, places: int, looking: Looking) -> bool:
    return looking.none(f"abs({quoted} * {10**places} - round({quoted} * {10**places})) > 0.000001")


def _moment(column: str, name: str, looking: Looking) -> Reading:
    if not looking.is_sqlite:
        return Reading(Kind.DATETIME, f"type_coerce({name}, UtcDateTime())")
    quoted = looking.quoted(column)
    for stored, epoch in (("text", ""), ("integer", "'unixepoch'")):
        more = f", {epoch}" if epoch else ""
        unreadable = f"{quoted} IS NOT NULL AND strftime({MOMENT}, {quoted}{more}) IS NULL"
        if looking.only(column, stored) and looking.none(unreadable):
            extra = f', literal_column("{epoch}")' if epoch else ""
            written = f'func.strftime(literal_column("{MOMENT}"), {name}{extra})'
            return Reading(Kind.DATETIME, f"type_coerce({written}, UtcDateTime())")
    return Reading(Kind.STR, f"cast({name}, Text())", "has values that are no moments, and is served as text")


def _day(column: str, name: str, looking: Looking) -> Reading:
    if not looking.is_sqlite:
        return Reading(Kind.DATE, f"type_coerce({name}, Date())")
    quoted = looking.quoted(column)
    if looking.only(column, "text") and looking.none(f"{quoted} IS NOT NULL AND date({quoted}) IS NULL"):
        if looking.none(f"{quoted} IS NOT NULL AND time({quoted}) <> '00:00:00'"):
            return Reading(Kind.DATE, f"type_coerce(func.date({name}), Date())")
        return _moment(column, name, looking)
    return Reading(Kind.STR, f"cast({name}, Text())", "has values that are no days, and is served as text")


def _text(name: str, column: Column, looking: Looking) -> Reading:
    as_it_is = looking.only(column.name, "text") and not isinstance(column.type, types.CHAR)
    return as_text(f"type_coerce({name}, Text())" if as_it_is else f"cast({name}, Text())", column)


def as_text(text: str, column: Column) -> Reading:
    """Read a text, as one of a few values where a check lists them."""
    if column.values and are_distinct(column.values):
        return Reading(Kind.ENUM, f"type_coerce({text}, EnumText({{enum}}))", values=column.values)
    return Reading(Kind.STR, text)


def are_distinct(values: Any) -> bool:
    """Tell whether values have names of their own as members of an enumeration."""
    return len({member(str(one)) for one in values}) == len(values)


def _is_two_valued(column: str, looking: Looking) -> bool:
    return not looking.is_sqlite or looking.none(f"{looking.quoted(column)} NOT IN (0, 1)")


def is_integer(column: Column, looking: Looking) -> bool:
    """Tell whether a column holds whole numbers of up to 64 bits."""
    # SQLite's numbers are whole if they are kept so, whatever was declared.
    declared = Integer | types.Numeric if looking.is_sqlite else Integer
    if not isinstance(column.type, declared) or not looking.only(column.name, "integer"):
        return False
    return not getattr(column.type, "unsigned", False) or looking.none(f"{looking.quoted(column.name)} >= {2**63}")
