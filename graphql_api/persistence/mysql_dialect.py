"""What SQLAlchemy has to know of MySQL and MariaDB beyond its own dialect of them."""

import copy
from typing import Any, cast

from sqlalchemy import Dialect, UnaryExpression
from sqlalchemy.dialects.mysql.base import MySQLCompiler, MySQLDialect
from sqlalchemy.sql import operators


class MysqlCompiler(MySQLCompiler):
    """Says where absent values stand without the words for it, which neither database knows."""

    def visit_unary(self, unary: UnaryExpression[Any], *args: Any, **options: Any) -> str:
        """Sort by absence first, unless absent values stand there by themselves, as the least of all."""
        if unary.modifier not in (operators.nulls_first_op, operators.nulls_last_op):
            return str(super().visit_unary(unary, *args, **options))  # type: ignore[no-untyped-call]  # nor are its others
        directed = cast(UnaryExpression[Any], unary.element)
        first = unary.modifier is operators.nulls_first_op
        written = self.process(directed, **options)
        if first is (directed.modifier is operators.asc_op):
            return written
        return f"({self.process(directed.element, **options)}) IS NULL{' DESC' if first else ''}, {written}"


def is_mariadb(dialect: Dialect) -> bool:
    """Tell which of the two a dialect has met."""
    return isinstance(dialect, MySQLDialect) and dialect.is_mariadb


def collation(mariadb: bool) -> str:
    """Name the collation that compares by code point, spaces at the end included."""
    return "utf8mb4_nopad_bin" if mariadb else "utf8mb4_0900_bin"


def prepared(dialect: Dialect) -> Dialect:
    """Give a dialect that writes statements as servers prepare them, with a mark in the place of each value."""
    if not isinstance(dialect, MySQLDialect):
        return dialect
    marked: Any = copy.copy(dialect)
    marked.paramstyle = "qmark"
    # Fingerprints are digits alone, which MariaDB's own type takes as well.
    marked.supports_native_uuid = False
    # Which would write a per cent sign twice for the sake of the other style.
    marked.identifier_preparer = marked.preparer(marked)
    return cast(Dialect, marked)
