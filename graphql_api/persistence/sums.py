"""Sums and means that are exact, whatever their size.

PostgreSQL and MySQL add up decimals. SQLite's integers end at 64 bits, so there the upper and the lower halves of the
numbers are summed apart and put together in Python, once for each group, as texts that sort like the numbers.
"""

from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import Dialect, Numeric, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.types import TypeEngine

from graphql_api.persistence.types import ExactDecimal

SQLITE_SUM, SQLITE_MEAN = "exact_sum", "exact_mean"
_HALF = 32
_DIGITS = 32
_OFFSET = 16**_DIGITS // 2


class LargeDecimal(ExactDecimal):
    """Decimals of up to 38 digits that are computed, never stored: on SQLite, hexadecimal texts that sort like them."""

    cache_ok = True
    most_digits: ClassVar[int] = 38

    def __init__(self, scale: int) -> None:
        super().__init__(self.most_digits, scale)

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the type that compares it."""
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else Numeric(self.precision, self.scale))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        """Write the value as text where it is compared as such."""
        units = super().process_bind_param(value, dialect)
        return _written(units) if isinstance(units, int) else units

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """Read the value. Only the constructor of decimals never rounds."""
        if value is None or dialect.name != "sqlite":
            return value  # type: ignore[no-any-return]  # the others give decimals
        return Decimal(f"{int(value, 16) - _OFFSET}E-{self.scale}")


class exact_sum(GenericFunction[Decimal]):  # noqa: N801  # SQLAlchemy names functions in lower case
    """Add up the values of a column; its type is a LargeDecimal of the column's scale."""

    inherit_cache = True


class exact_mean(GenericFunction[Decimal]):  # noqa: N801  # the same
    """Divide the sum of a column by the number of its values; its type is a LargeDecimal of the scale to round to."""

    inherit_cache = True


def scale_of(kind: TypeEngine[Any]) -> int:
    """Return the decimal places of a type of column."""
    return kind.scale if isinstance(kind, ExactDecimal) else 0


@compiles(exact_sum, "postgresql")
@compiles(exact_sum, "mysql")
def _as_sum(element: exact_sum, compiler: SQLCompiler, **options: Any) -> str:
    return f"sum({_column(element, compiler, options)})"


@compiles(exact_mean, "postgresql")
def _mean_for_postgresql(element: exact_mean, compiler: SQLCompiler, **options: Any) -> str:
    column = _column(element, compiler, options)
    # A quotient has as many places as what is divided: enough that no mean comes near a half without being one.
    return f"round(CAST(sum({column}) AS NUMERIC(100, 40)) / count({column}), {scale_of(element.type)})"


@compiles(exact_mean, "mysql")
def _mean_for_mysql(element: exact_mean, compiler: SQLCompiler, **options: Any) -> str:
    column = _column(element, compiler, options)
    # 65 digits are all that a decimal has; a connection asks for 30 places of each quotient, which are all too.
    return f"round(CAST(sum({column}) AS DECIMAL(65, 20)) / count({column}), {scale_of(element.type)})"


@compiles(exact_sum, "sqlite")
def _sum_for_sqlite(element: exact_sum, compiler: SQLCompiler, **options: Any) -> str:
    return f"{SQLITE_SUM}({_halves(_column(element, compiler, options))})"


@compiles(exact_mean, "sqlite")
def _mean_for_sqlite(element: exact_mean, compiler: SQLCompiler, **options: Any) -> str:
    column = _column(element, compiler, options)
    finer = scale_of(element.type) - scale_of(next(iter(element.clauses)).type)
    return f"{SQLITE_MEAN}({_halves(column)}, count({column}), {finer})"


def _column(element: GenericFunction[Any], compiler: SQLCompiler, options: dict[str, Any]) -> str:
    return compiler.process(next(iter(element.clauses)), **options)


def _halves(column: str) -> str:
    return f"sum({column} >> {_HALF}), sum({column} & {(1 << _HALF) - 1})"


def joined(upper: int | None, lower: int | None) -> str | None:
    """Put the sums of both halves together."""
    return None if upper is None or lower is None else _written((upper << _HALF) + lower)


def divided(upper: int | None, lower: int | None, count: int, finer: int) -> str | None:
    """Divide the sum of both halves by a count, to so many more decimal places, a half rounded away from zero."""
    if upper is None or lower is None:
        return None
    sum_ = ((upper << _HALF) + lower) * 10**finer
    mean = (2 * abs(sum_) + count) // (2 * count)
    return _written(mean if sum_ >= 0 else -mean)


def _written(number: int) -> str:
    return f"{number + _OFFSET:0{_DIGITS}x}"
