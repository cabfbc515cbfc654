"""Values that PostgreSQL does not look at when it makes a plan, so that one plan is kept for all of them.

A plan for one value seems cheaper to it than one for any, where the value lets it expect more rows, of which a page is
the first few; it then makes a plan for each page anew. That is a fifth of its time for a page of 100 rows, and for
nothing: an index is entered at a position, wherever that lies.
"""

from typing import Any

from sqlalchemy import BindParameter, ColumnElement
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.visitors import replacement_traverse

from graphql_api.persistence.comparisons import Condition
from graphql_api.persistence.holes import Hole


def unforeseen(condition: Condition) -> Condition:
    """Make a plan for a condition that holds for any values in its holes."""
    changed: Condition = replacement_traverse(condition, {}, _replaced)
    return changed


def _replaced(element: Any, **_: Any) -> ColumnElement[Any] | None:
    is_hole = isinstance(element, BindParameter) and isinstance(element.effective_value, Hole)
    return _Unforeseen(element) if is_hole else None


class _Unforeseen(FunctionElement[Any]):
    inherit_cache = False

    def __init__(self, value: BindParameter[Any]) -> None:
        super().__init__(value)
        self.type = value.type


@compiles(_Unforeseen, "postgresql")
def _for_postgresql(element: _Unforeseen, compiler: SQLCompiler, **options: Any) -> str:
    return f"(SELECT {_value(element, compiler, **options)})"


@compiles(_Unforeseen, "sqlite")
@compiles(_Unforeseen, "mysql")
def _value(element: _Unforeseen, compiler: SQLCompiler, **options: Any) -> str:
    (value,) = element.clauses
    text: str = compiler.process(value, **options)
    return text
