"""Text without its case, the same in SQL as `domain.kernel.specification.patterns.fold` in memory."""

from typing import Any

from sqlalchemy import ColumnElement, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from graphql_api.persistence.mysql_dialect import collation, is_mariadb

SQLITE_FUNCTION = "fold_case"
_VERSION_WITH_BUILTIN_LOCALES = (17,)


class fold_case(GenericFunction[str]):  # noqa: N801  # SQLAlchemy names functions in lower case
    """Lower each code point of a text by itself."""

    type = Text()
    inherit_cache = True


@compiles(fold_case, "postgresql")
def _for_postgresql(element: fold_case, compiler: SQLCompiler, **options: Any) -> str:
    # The built-in locale needs nothing of the operating system; older servers have that of the C library.
    version = getattr(compiler.dialect, "server_version_info", None) or _VERSION_WITH_BUILTIN_LOCALES
    collation = "pg_c_utf8" if version >= _VERSION_WITH_BUILTIN_LOCALES else "C.utf8"
    text: ColumnElement[str] = next(iter(element.clauses))
    return f'lower({compiler.process(text, **options)} COLLATE pg_catalog."{collation}")'


@compiles(fold_case, "mysql")
def _for_mysql(element: fold_case, compiler: SQLCompiler, **options: Any) -> str:
    mariadb = is_mariadb(compiler.dialect)
    # Collations bring their own tables of letters; those that compare by code point have the oldest.
    newest = "utf8mb4_uca1400_as_cs" if mariadb else "utf8mb4_0900_as_cs"
    text: ColumnElement[str] = next(iter(element.clauses))
    return f"lower({compiler.process(text, **options)} COLLATE {newest}) COLLATE {collation(mariadb)}"
