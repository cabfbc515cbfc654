"""Aggregations of rows in plain Python: what databases have to agree with, worked out from the definitions."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from operator import itemgetter
from typing import Any

from domain.kernel.aggregation import Aggregation, GroupKey, Period
from domain.kernel.measures import AVERAGE_PLACES, Function, Measure
from domain.kernel.selection import Direction, Order
from domain.kernel.specification.operands import value_of

Row = Mapping[str, Any]


def aggregated(rows: Sequence[Row], aggregation: Aggregation, scales: Mapping[str, int]) -> list[dict[str, Any]]:
    """Return the groups of rows that satisfy, in order. `scales` are the decimal places of the fields that have any."""
    groups: dict[tuple[Any, ...], list[Row]] = {} if aggregation.keys else {(): []}
    for row in rows:
        if aggregation.where.is_satisfied_by(row):
            groups.setdefault(tuple(key_of(row, key) for key in aggregation.keys), []).append(row)
    found = [
        {
            **{str(key): value for key, value in zip(aggregation.keys, values, strict=True)},
            **measured(members, aggregation.measures, scales),
        }
        for values, members in groups.items()
    ]
    kept = [group for group in found if aggregation.having.is_satisfied_by(group)]
    return sorted_groups(kept, aggregation.total_order)[: aggregation.limit]


def measured(rows: Iterable[Row], measures: Iterable[Measure], scales: Mapping[str, int]) -> dict[str, Any]:
    """Return what is measured of rows, by the text of each measure."""
    rows = list(rows)
    return {str(measure): _measured(rows, measure, scales.get(measure.field or "", 0)) for measure in measures}


def _measured(rows: Sequence[Row], measure: Measure, scale: int) -> Any:
    if measure.field is None:
        return len(rows)
    values = [row[measure.field] for row in rows if row[measure.field] is not None]
    match measure.function:
        case Function.COUNT_DISTINCT:
            return len(set(values))
        case Function.SUM:
            return rounded(sum(map(Fraction, values), Fraction()), scale) if values else None
        case Function.AVG:
            places = max(AVERAGE_PLACES, scale)
            return rounded(sum(map(Fraction, values), Fraction()) / len(values), places) if values else None
        case Function.MIN:
            return min(values, default=None)
        case _:
            return max(values, default=None)


def rounded(number: Fraction | int, places: int) -> Decimal:
    """Round a half away from zero."""
    units = int(abs(number) * 10**places + Fraction(1, 2))
    return Decimal(f"{units if number >= 0 else -units}E-{places}")


def key_of(row: Row, key: GroupKey) -> Any:
    """Return what a row has in common with the others of its group."""
    value = value_of(row, key.operand)
    return value if value is None or key.period is None else start_of(key.period, value)


STARTS: Mapping[Period, Callable[[date], date]] = {
    Period.DAY: lambda day: day,
    Period.WEEK: lambda day: day - timedelta(days=day.weekday()),
    Period.MONTH: lambda day: date(day.year, day.month, 1),
    Period.YEAR: lambda day: date(day.year, 1, 1),
}


def start_of(period: Period, moment: date) -> date:
    """Return when a period began, as a moment in UTC or as a day."""
    if not isinstance(moment, datetime):
        return STARTS[period](moment)
    day = STARTS[period](moment.astimezone(UTC).date())
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def sorted_groups(groups: list[dict[str, Any]], order: Order) -> list[dict[str, Any]]:
    """Sort by the keys of an order, the least important first, since sorting keeps what was equal as it was."""
    for key in reversed(order):
        name = str(key.field)
        absent = [group for group in groups if group[name] is None]
        there = [group for group in groups if group[name] is not None]
        there.sort(key=itemgetter(name), reverse=key.direction is Direction.DESCENDING)
        groups = absent + there if key.nulls_first else there + absent
    return groups
