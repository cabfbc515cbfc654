"""Questions about the values that are in a table."""

from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import Connection

from codegen.database.catalogue import Table

MOST_SAMPLED: Final = 20_000
IS_UTF8: Final = "is_utf8"
"""A function of the connection to SQLite, which stores any bytes as text."""
_BEYOND_ASCII: Final = "GLOB '*[^' || char(1) || '-' || char(127) || ']*'"


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

    def is_unicode(self, column: str) -> bool:
        """Tell that SQLite keeps no text that is not UTF-8 in a column."""
        quoted = self.quoted(column)
        text = f"typeof({quoted}) = 'text' AND {quoted} {_BEYOND_ASCII}"
        return not self.is_sqlite or self.none(f"{text} AND NOT {IS_UTF8}(CAST({quoted} AS BLOB))")
