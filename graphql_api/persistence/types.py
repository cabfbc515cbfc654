"""Column types that hold the same values on SQLite, PostgreSQL and MySQL, and compare and order them alike."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, ClassVar

from sqlalchemy import BigInteger, DateTime, Dialect, Numeric, Text
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeDecorator, TypeEngine

from domain.kernel.json_value import Json

# The collation makes PostgreSQL compare by code point, as SQLite and Python do.
CodePointText = Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def _in_utc(value: datetime | None) -> datetime | None:
    if value is None or value.tzinfo is UTC:
        return value
    if value.tzinfo is None:
        raise ValueError(f"{value} has no time zone")
    return value.astimezone(UTC)


class UtcDateTime(TypeDecorator[datetime]):
    """Moments, to the microsecond. Naive ones are refused; what is read is in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn a moment into UTC; SQLite and MySQL store it without the zone."""
        moment = _in_utc(value)
        return moment if moment is None or dialect.name == "postgresql" else moment.replace(tzinfo=None)

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        """Give what does so; for PostgreSQL without a detour, as every command stores several."""
        return _in_utc if dialect.name == "postgresql" else super().bind_processor(dialect)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the moment its zone."""
        del dialect
        if value is None:
            return None
        # Not only SQLite's are naive: so are asyncpg's first and last moments, which PostgreSQL knows as infinite.
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class ExactDecimal(TypeDecorator[Decimal]):
    """Decimals of a fixed scale, exact everywhere: NUMERIC, or on SQLite, which has none, a scaled integer."""

    impl = Numeric
    cache_ok = True
    most_digits: ClassVar[int] = 18  # which any 64-bit integer has room for

    def __init__(self, precision: int, scale: int) -> None:
        """Hold `precision` digits, `scale` of them after the point. Raises ValueError where SQLite has no room."""
        if precision > self.most_digits:
            raise ValueError(f"A scaled integer has room for {self.most_digits} digits, not {precision}")
        super().__init__(precision, scale)
        self.precision = precision
        self.scale = scale
        self.quantum = Decimal(1).scaleb(-scale)

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the type that stores it."""
        return dialect.type_descriptor(
            BigInteger() if dialect.name == "sqlite" else Numeric(self.precision, self.scale)
        )

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Decimal | int | None:
        """Refuse a value that would be rounded; scale it where it is stored as an integer."""
        if value is None:
            return None
        if dialect.name == "sqlite":
            return self._units(value)
        if not self.surely_holds(value):
            self._units(value)
        return value

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """Give the value its scale."""
        if value is None or dialect.name != "sqlite":
            return value  # type: ignore[no-any-return]  # the others give decimals
        return Decimal(value).scaleb(-self.scale)

    def surely_holds(self, value: Decimal) -> bool:
        """Tell of most values that they fit, in a tenth of the time that it takes to tell of any."""
        _, digits, exponent = value.as_tuple()
        if not isinstance(exponent, int):
            return False
        return -self.scale <= exponent <= 0 and len(digits) + exponent <= self.precision - self.scale

    def _units(self, value: Decimal) -> int:
        numerator, denominator = value.as_integer_ratio()
        units: int
        units, rest = divmod(numerator * 10**self.scale, denominator)
        if rest or abs(units) >= 10**self.precision:
            raise ValueError(f"{value} needs more than {self.precision} digits, {self.scale} of them after the point")
        return units


class EnumText(TypeDecorator[Enum]):
    """The members of an enumeration, stored by value as text: adding one needs no migration."""

    impl = Text
    cache_ok = True

    def __init__(self, enumeration: type[Enum]) -> None:
        """Hold members of one enumeration whose values are text."""
        super().__init__()
        self.enumeration = enumeration

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Store it as the text of every other column."""
        return dialect.type_descriptor(CodePointText)

    def process_bind_param(self, value: Enum | None, dialect: Dialect) -> str | None:
        """Store the value of the member."""
        del dialect
        return None if value is None else str(value.value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Enum | None:
        """Find the member of a value."""
        del dialect
        return None if value is None else self.enumeration(value)


class TextList(TypeDecorator[tuple[str, ...]]):
    """Lists of texts, as JSON: nothing asks the database about their members."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Store it as the text of every other column."""
        return dialect.type_descriptor(CodePointText)

    def process_bind_param(self, value: Sequence[str] | None, dialect: Dialect) -> str | None:
        """Write the list down."""
        del dialect
        return None if value is None else json.dumps(list(value), ensure_ascii=False)

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...] | None:
        """Read the list."""
        del dialect
        return None if value is None else tuple(json.loads(value))


class JsonText(TypeDecorator[Json]):
    """JSON values by their text, so that both databases compare them as memory does, without a parser of their own."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Store it as the text of every other column."""
        return dialect.type_descriptor(CodePointText)

    def process_bind_param(self, value: Json | None, dialect: Dialect) -> str | None:
        """Store the text."""
        del dialect
        return None if value is None else value.text

    def process_result_value(self, value: str | None, dialect: Dialect) -> Json | None:
        """Take the text for that of a value."""
        del dialect
        return None if value is None else Json(value)
