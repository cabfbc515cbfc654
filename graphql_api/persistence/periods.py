"""Periods of the calendar in SQL: the start of the day, week, month or year that a moment or a day falls into."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Date, literal_column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from domain.kernel.aggregation import Period

_STARTS_ON_SQLITE: Mapping[str, str] = {
    Period.DAY: "substr({0}, 1, 10)",
    # Back by six days and on to the next Monday; the other way round, the last week would start out of range.
    Period.WEEK: "date(substr({0}, 1, 10), '-6 days', 'weekday 1')",
    Period.MONTH: "substr({0}, 1, 7) || '-01'",
    Period.YEAR: "substr({0}, 1, 4) || '-01-01'",
}
_STARTS_ON_MYSQL: Mapping[str, str] = {
    Period.DAY: "CAST({0} AS DATE)",
    Period.WEEK: "CAST({0} AS DATE) - INTERVAL WEEKDAY({0}) DAY",
    Period.MONTH: "CAST({0} AS DATE) - INTERVAL DAYOFMONTH({0}) - 1 DAY",
    Period.YEAR: "CAST({0} AS DATE) - INTERVAL DAYOFYEAR({0}) - 1 DAY",
}
_MIDNIGHT = "00:00:00.000000"
# The driver writes Python's first and last moments as infinite ones, which have no calendar.
_FINITE = "CASE {0} WHEN 'infinity' THEN {1} '9999-12-31' WHEN '-infinity' THEN {1} '0001-01-01' ELSE {0} END"


class start_of(GenericFunction[Any]):  # noqa: N801  # SQLAlchemy names functions in lower case
    """Go back to the start of a period, in UTC. The type stays."""

    inherit_cache = True


def start_of_period(period: Period, moment: ColumnElement[Any]) -> ColumnElement[Any]:
    """Tell when the period began that a moment or a day falls into; it is absent where that is."""
    return start_of(literal_column(period.value), moment, type_=moment.type)


@compiles(start_of, "postgresql")
def _for_postgresql(element: start_of, compiler: SQLCompiler, **options: Any) -> str:
    period, moment = _arguments(element, compiler, options)
    if isinstance(element.type, Date):
        return f"CAST(date_trunc('{period}', CAST({_FINITE.format(moment, 'DATE')} AS TIMESTAMP)) AS DATE)"
    return f"date_trunc('{period}', {_FINITE.format(moment, 'TIMESTAMPTZ')}, 'UTC')"


@compiles(start_of, "sqlite")
def _for_sqlite(element: start_of, compiler: SQLCompiler, **options: Any) -> str:
    period, moment = _arguments(element, compiler, options)
    day = _STARTS_ON_SQLITE[period].format(moment)
    return f"({day})" if isinstance(element.type, Date) else f"({day} || ' {_MIDNIGHT}')"


@compiles(start_of, "mysql")
def _for_mysql(element: start_of, compiler: SQLCompiler, **options: Any) -> str:
    period, moment = _arguments(element, compiler, options)
    day = _STARTS_ON_MYSQL[period].format(moment)
    return f"({day})" if isinstance(element.type, Date) else f"CAST({day} AS DATETIME(6))"


def _arguments(element: start_of, compiler: SQLCompiler, options: dict[str, Any]) -> tuple[str, str]:
    period, moment = (compiler.process(clause, **options) for clause in element.clauses)
    return period, moment
