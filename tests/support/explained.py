"""How a database would carry a statement out."""

from typing import Any

from sqlalchemy import ClauseElement, Executable, Select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler


class _Explained(Executable, ClauseElement):
    """The plan of a statement in place of its rows."""

    inherit_cache = False

    def __init__(self, statement: Select[Any]) -> None:
        self.statement = statement


@compiles(_Explained)
def _explained(element: _Explained, compiler: SQLCompiler, **options: Any) -> str:
    explain = "EXPLAIN QUERY PLAN" if compiler.dialect.name == "sqlite" else "EXPLAIN"
    return f"{explain} {compiler.process(element.statement, **options)}"


async def plan_of(connection: AsyncConnection, statement: Select[Any]) -> str:
    """Ask a database for its plan."""
    explained = await connection.execute(_Explained(statement))
    assert explained.cursor is not None
    # From the cursor, since the lines of the plan are not the rows that SQLAlchemy takes them for.
    return "\n".join(str(line[-1]) for line in explained.cursor.fetchall())
