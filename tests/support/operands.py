"""Values to compare the fields of the small store with: those that are there, their neighbours, and strange ones."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from graphql_api.schema.exposure import EXPOSED
from tests.support.reading import global_id
from tests.support.small_store import SmallStore

PATTERNS = (
    "%",
    "_",
    "%_%",
    "",
    "\\%",
    "\\_",
    "\\\\",
    "%\\%%",
    "L_ve",
    "%love",
    "%é%",
    "100\\%%",
    "%\n%",
    "Σ%",
    "%__%__%",
)
STRANGE = ("", " ", "LÖVE", "ΣΊΣΥΦΟς", "i", "İ", "ss", "ß", "🙂", "e\u0301", "\x7f", "\uffff", "'", '"', "--", "love\\")
NUMBERS = (-(2**31), -1, 0, 1, 2, 299_999, 300_000, 2**31 - 1)
DECIMALS = ("-1", "0", "0.9900", "1e0", "1.005", "1.0049999999", "10000", "9999.995", "1e37", "-1e-37", 1, 0.99)


def operands(store: SmallStore, entity: str, key: str) -> list[Any]:
    """List values to compare a field with, as the variables of an operation have them."""
    exposure = EXPOSED[entity]
    if key not in exposure.fields:
        return list(NUMBERS)
    field = exposure.fields[key]
    values = {getattr(one, field.name) for one in store.visible if type(one).__name__ == entity} - {None}
    if field.type is str:
        return [*sorted(values)[::2], *STRANGE]
    if field.type is int:
        return list(NUMBERS)
    if field.type is Decimal:
        return [*map(str, sorted(values)), *DECIMALS]
    if field.type is UUID:
        things = [one for one in store.visible if type(one).__name__ == entity]
        return [global_id(one) for one in things[:5]]
    if issubclass(field.type, Enum):
        return [member.name for member in field.type]
    step = timedelta(days=1) if field.type is date else timedelta(microseconds=1)
    near = {moment + move for moment in values for move in (-step, step) if date.min.year < moment.year < date.max.year}
    return [*(moment.isoformat() for moment in sorted(values | near)), *far(field.type)]


def far(kind: type) -> list[str]:
    """List the ends of time, and a moment in another zone."""
    if kind is date:
        return ["0001-01-01", "9999-12-31"]
    return ["2024-03-01T05:29:59.999999+05:30", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999+00:00"]


def arguments(word: str, values: list[Any]) -> Iterator[Any]:
    """Yield what an operator takes, made of these values."""
    match word:
        case "isNull":
            yield from (True, False)
        case "in" | "notIn":
            yield from ([], values[:1], values[1:4], values[::2], values * 2)
        case "between":
            yield from ([low, high] for low in values[::5] for high in values[::6])
        case "like":
            yield from PATTERNS
        case _:
            yield from values
