"""What conditions demand of the values of single columns."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Final, TypeVar

from codegen.database.conditions import Expression, Name, Operation, read
from codegen.database.sql_tokens import Unreadable

T = TypeVar("T")
_TURNED: Final = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "="}
_LENGTHS: Final = frozenset({"length", "char_length", "character_length"})


@dataclass(frozen=True, slots=True)
class Demands:
    """The values that a column may have; their bounds, which `above` and `below` leave out; their greatest length."""

    values: tuple[str, ...] = ()
    low: Decimal | None = None
    high: Decimal | None = None
    above: Decimal | None = None
    below: Decimal | None = None
    longest: int | None = None

    def and_also(self, other: "Demands") -> "Demands":
        """Demand both."""
        return Demands(
            tuple(one for one in self.values if one in other.values) or self.values or other.values,
            _chosen(max, self.low, other.low),
            _chosen(min, self.high, other.high),
            _chosen(max, self.above, other.above),
            _chosen(min, self.below, other.below),
            _chosen(min, self.longest, other.longest),
        )


NONE: Final = Demands()


def demands_of(checks: Iterable[str]) -> Mapping[str, Demands]:
    """Find what conditions that all hold demand of each column, as far as they can be read."""
    found: dict[str, Demands] = {}
    for check in checks:
        try:
            demanded = _demanded(read(check))
        except (Unreadable, RecursionError):
            continue
        _add(found, demanded)
    return found


def _add(found: dict[str, Demands], more: Mapping[str, Demands]) -> None:
    for column, demands in more.items():
        found[column] = found.get(column, NONE).and_also(demands)


def _demanded(expression: Expression) -> Mapping[str, Demands]:
    match expression:
        case Operation("and", (left, right)):
            found = dict(_demanded(left))
            _add(found, _demanded(right))
            return found
        case Operation("or", (left, right)):
            return _either(left, right)
        case Operation("in" | "=", (Name(column), Operation("list" | "any" | "some", _) as listed)):
            values = _texts(listed)
            return {column: Demands(values)} if values else {}
        case Operation("in" | "=", (Name(column), str(value))):
            return {column: Demands((value,))}
        case Operation(name, (left, right)) if name in _TURNED:
            return {**_compared(left, name, right), **_compared(right, _TURNED[name], left)}
        case _:
            return {}


def _either(left: Expression, right: Expression) -> Mapping[str, Demands]:
    """Find what two conditions demand of which one holds: absent values are allowed everywhere."""
    for absent, rest in ((left, right), (right, left)):
        if isinstance(absent, Operation) and absent.name == "is null":
            return {name: one for name, one in _demanded(rest).items() if absent.of == (Name(name),)}
    first, second = _demanded(left), _demanded(right)
    if first.keys() != second.keys() or len(first) != 1:
        return {}
    ((column, one),) = first.items()
    other = second[column]
    values = (*one.values, *(value for value in other.values if value not in one.values))
    return {column: Demands(values)} if one.values and other.values else {}


def _texts(listed: Expression) -> tuple[str, ...]:
    """Give the members of a list, if all of them are texts."""
    if not isinstance(listed, Operation):
        return (listed,) if isinstance(listed, str) else ()
    if listed.name != "list":
        return _texts(listed.of[0])
    if len(listed.of) == 1 and isinstance(listed.of[0], Operation):
        return _texts(listed.of[0])
    texts = [one for one in listed.of if isinstance(one, str)]
    return tuple(dict.fromkeys(texts)) if len(texts) == len(listed.of) else ()


def _compared(what: Expression, operator: str, limit: Expression) -> Mapping[str, Demands]:
    number = _number(limit)
    match what:
        case Name(column) if number is not None:
            return {column: _bounded(operator, number)}
        case Operation(function, (Operation("list", (Name(column),)),)) if function in _LENGTHS and number is not None:
            most = int(number) - (operator == "<")
            return {column: replace(NONE, longest=most)} if operator in {"<", "<=", "="} else {}
        case _:
            return {}


def _bounded(operator: str, number: Decimal) -> Demands:
    match operator:
        case "<":
            return replace(NONE, below=number)
        case ">":
            return replace(NONE, above=number)
        case "<=":
            return replace(NONE, high=number)
        case ">=":
            return replace(NONE, low=number)
        case _:
            return replace(NONE, low=number, high=number)


def _number(expression: Expression) -> Decimal | None:
    # PostgreSQL writes `'-40'::integer`.
    try:
        number = Decimal(expression) if isinstance(expression, str | Decimal) else None
    except InvalidOperation:
        return None
    return number if number is not None and number.is_finite() else None


def _chosen(choose: Callable[[T, T], T], one: T | None, other: T | None) -> T | None:
    """Choose of two, or take what there is."""
    if one is None or other is None:
        return other if one is None else one
    return choose(one, other)
