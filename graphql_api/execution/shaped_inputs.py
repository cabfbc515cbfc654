"""Filters taken apart: into a shape, which is looked at once, and the values that it is used with.

A shape is a filter with places where its values are. What there is to know of it, those find out who read any filter:
they are given that one, and remember what came of it. Filters that are not as most of them are stay whole.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from types import NoneType
from typing import Any, Final, TypeGuard

from graphql import GraphQLInputObjectType, GraphQLInputType, get_named_type

from domain.kernel.specification import Place
from graphql_api.execution.coercion import Coerce, InputCoercion, Unsuitable

MOST_SHAPES: Final = 500
MOST_PARTS: Final = 100
"""Objects, lists of them and values in a filter that is taken apart: larger ones are seldom alike."""
MOST_FURTHER: Final = 1_000
"""Values that its lists add: to read more takes so long that all else is not felt."""
LOGIC: Final = frozenset({"and", "or", "not"})
_TAKEN: Final = ...
_CONSTANT: Final = frozenset({bool, NoneType})


def is_filter(kind: object) -> TypeGuard[GraphQLInputObjectType]:
    """Tell filters from other types: they can be combined."""
    return isinstance(kind, GraphQLInputObjectType) and kind.fields.keys() >= LOGIC


@dataclass(frozen=True, slots=True, eq=False)
class InputShape:
    """What inputs of a type have in common that differ in values alone. Told apart by identity."""

    given: Any
    """What a client would give, with places for values."""
    coerced: Any
    coerce: Coerce
    """What coerces all of such an input."""
    coercions: Sequence[Coerce]
    """What coerces each of its values."""


@dataclass(slots=True, repr=False)  # one for each filter: to freeze it would cost more than to make it
class ShapedInput:
    """An input that fits its type: its shape, the coerced values that fill it, and how many lists add to one each."""

    shape: InputShape
    given: Mapping[str, Any]
    values: Sequence[Any]
    further: int

    @property
    def whole(self) -> Any:
        """The coerced input."""
        return self.shape.coerce(self.given)

    def __repr__(self) -> str:
        return repr(self.whole)


class FilterShapes:
    """Takes filters apart, and remembers their shapes."""

    def __init__(self, coercion: InputCoercion) -> None:
        self._coercion = coercion
        self._of_places = _PlaceCoercion(coercion)
        self._shape = lru_cache(MOST_SHAPES)(self._look)

    def taken(self, kind: GraphQLInputObjectType, given: Any) -> Any:
        """Take a filter apart, or give it as it is."""
        if type(given) is not dict:
            return given
        tokens: list[Any] = []
        values: list[Any] = []
        try:
            _take(given, tokens, values)
            further = _further(values) if list in map(type, values) else 0
            shape = self._shape(kind, tuple(tokens))
            coerced = [coerce(one) for coerce, one in zip(shape.coercions, values, strict=True)]
        except Unsuitable:
            return given
        return ShapedInput(shape, given, coerced, further)

    def _look(self, kind: GraphQLInputObjectType, tokens: Sequence[Any]) -> InputShape:
        numbers = count()
        given = _put_together(iter(tokens), numbers)
        coerced, found = self._of_places.coerced(kind, given)
        if len(found) != next(numbers):
            raise Unsuitable
        return InputShape(given, coerced, self._coercion.of(kind), [found[number] for number in range(len(found))])


class _PlaceCoercion(InputCoercion):
    """Coerces inputs with places in them, and finds what coerces the values that come there."""

    def __init__(self, coercion: InputCoercion) -> None:
        super().__init__()
        self._coercion = coercion
        self._found: dict[int, Coerce] = {}

    def coerced(self, kind: GraphQLInputObjectType, given: Any) -> tuple[Any, Mapping[int, Coerce]]:
        """Coerce an input, and give what coerces the values, by their numbers. Raises Unsuitable."""
        self._found.clear()
        return self.of(kind)(given), dict(self._found)

    def of(self, kind: GraphQLInputType) -> Coerce:
        if isinstance(get_named_type(kind), GraphQLInputObjectType):
            return super().of(kind)
        coerce = self._coercion.of(kind)

        def check(value: Any) -> Any:
            if not isinstance(value, Place):
                return coerce(value)
            self._found[value.number] = coerce
            return value

        return check


def _take(part: Mapping[str, Any], tokens: list[Any], values: list[Any]) -> None:
    """Append what of an input is no value to the tokens, and what is one to the values. Raises Unsuitable."""
    if len(tokens) + len(part) > MOST_PARTS:
        raise Unsuitable
    tokens.append(tuple(part))
    for member in part.values():
        kind = type(member)
        if kind is dict:
            _take(member, tokens, values)
        elif kind is list and member and type(member[0]) is dict:
            # 1 would be the same as True.
            tokens.append(-len(member))
            for one in member:
                if type(one) is not dict:
                    raise Unsuitable
                _take(one, tokens, values)
        elif kind in _CONSTANT:
            tokens.append(member)
        else:
            tokens.append(_TAKEN)
            values.append(member)


def _further(values: Sequence[Any]) -> int:
    """Count the values that lists add to one each. Raises Unsuitable."""
    further = sum([len(one) - 1 for one in values if type(one) is list])
    if further > MOST_FURTHER or [] in values:
        raise Unsuitable
    return further


def _put_together(tokens: Iterator[Any], numbers: Iterator[int]) -> Any:
    """Make the input that tokens tell of, with places for values, which are numbered."""
    match next(tokens):
        case tuple() as names:
            return {name: _put_together(tokens, numbers) for name in names}
        case None | bool() as constant:
            return constant
        case int() as size:
            return [_put_together(tokens, numbers) for _ in range(-size)]
        case _:
            return Place(next(numbers))
