"""What the arguments of a field say about its cost: how many rows it gives, and how large its filter is."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from graphql import (
    FieldNode,
    GraphQLArgument,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLSchema,
    ListValueNode,
    ObjectValueNode,
    Undefined,
    ValueNode,
    get_named_type,
    get_nullable_type,
    is_enum_type,
    is_list_type,
    is_specified_scalar_type,
)

from graphql_api.execution.cost.deferred import Deferred, lift, written
from graphql_api.execution.cost.weights import CONDITION, LARGEST_ARGUMENT, RELATION, VALUE
from graphql_api.execution.shaped_inputs import LOGIC, MOST_SHAPES, InputShape, ShapedInput, is_filter

_SIZES: Final = ("first", "last")
_COUNT: Final = "Count"
_NUMBERS: Final = (int, float)  # a union would be made anew each time
_UNKNOWN: Final = (0, None)


class _Keys(dict[str, tuple[int, "_Keys | None"]]):
    """The keys of an input type: what each weighs, and the keys of what it leads to, where that is an input."""

    __hash__ = object.__hash__  # type: ignore[assignment]  # there is one for each type


_SINGLE: Final = _Keys()
"""Leads to nothing, and is one value, whatever is given for it."""


@dataclass(frozen=True, slots=True)
class PageSizes:
    """How many rows a page has that does not say, and how many it has at most."""

    default: int
    largest: int

    def of(self, field: GraphQLField, node: FieldNode) -> Deferred[int]:
        """Find the size of a page; one that makes no sense is taken for the nearest that does."""
        given = _given(node)
        return lift(
            self._sensible, *(_value(field.args[name], given.get(name)) for name in _SIZES if name in field.args)
        )

    def _sensible(self, *sizes: object) -> int:
        # JSON may write a whole number as 5.0.
        asked = [size for size in sizes if isinstance(size, _NUMBERS)]
        return int(min(max(1, *asked), self.largest)) if asked else self.default


class InputWeights:
    """Weighs filters, orders and other inputs by the shape of their types."""

    def __init__(self, schema: GraphQLSchema) -> None:
        inputs = {name: kind for name, kind in schema.type_map.items() if isinstance(kind, GraphQLInputObjectType)}
        self._keys: Mapping[str, _Keys] = {name: _Keys() for name in inputs}
        for name, kind in inputs.items():
            self._keys[name].update(_keys(kind, self._keys))

    def of(self, field: GraphQLField, node: FieldNode) -> Deferred[int]:
        """Weigh the arguments of a field."""
        weights = [self._argument(field.args[name], value) for name, value in _given(node).items()]
        return lift(_sum, *weights)

    def _argument(self, argument: GraphQLArgument, value: ValueNode) -> Deferred[int]:
        keys = self._keys.get(get_named_type(argument.type).name)
        if keys is None and not is_list_type(get_nullable_type(argument.type)):
            return 0
        return lift(_bounded, _weight(value, keys))


def _weight(node: ValueNode, keys: _Keys | None) -> Deferred[int]:
    """Weigh a value as it is written, of which only the variables wait for the request."""
    if keys is _SINGLE:
        return VALUE
    match node:
        case ObjectValueNode(fields=members) if keys is not None:
            found = [(one.value, *keys.get(one.name.value, _UNKNOWN)) for one in members]
            return lift(
                _sum, CONDITION, *[own for _, own, _ in found], *[_weight(one, inner) for one, _, inner in found]
            )
        case ListValueNode(values=members) if keys is not None:
            return lift(_sum, *[_weight(one, keys) for one in members])
        case _:
            return lift(_values if keys is None else lambda value: _weigh(value, keys), written(node))


def _weigh(value: object, keys: _Keys | None) -> int:
    """Weigh a value that may be anything yet, without recursion, up to a weight that no argument needs."""
    if type(value) is ShapedInput:
        return _weight_of(value.shape, keys) + VALUE * value.further
    weight = 0
    pending = [(value, keys)]
    while pending and weight < LARGEST_ARGUMENT:
        value, keys = pending.pop()
        if keys is not None and isinstance(value, dict):
            weight += CONDITION
            for key, entry in value.items():
                own, inner = keys.get(key, _UNKNOWN)
                weight += own
                if not inner:
                    weight += _values(entry)
                else:
                    pending.append((entry, inner))
        elif keys is not None and isinstance(value, list):
            pending.extend([(member, keys) for member in value[:LARGEST_ARGUMENT]])
        else:
            weight += _values(value)
    return weight


@lru_cache(MOST_SHAPES)
def _weight_of(shape: InputShape, keys: _Keys | None) -> int:
    return _weigh(shape.given, keys)


def _bounded(weight: int) -> int:
    return min(weight, LARGEST_ARGUMENT)


def _values(value: object) -> int:
    if isinstance(value, list):
        return VALUE * len(value)
    return 0 if value is Undefined else VALUE


def _keys(kind: GraphQLInputObjectType, inputs: Mapping[str, _Keys]) -> Mapping[str, tuple[int, _Keys | None]]:
    return {
        key: (RELATION if _follows_a_relation(key, get_named_type(field.type)) else 0, _inner(field.type, inputs))
        for key, field in kind.fields.items()
    }


def _inner(kind: GraphQLInputType, inputs: Mapping[str, _Keys]) -> _Keys | None:
    named = get_named_type(kind)
    # What may be null may be left out. Other scalars may be lists, and weigh what is in them.
    if (
        isinstance(kind, GraphQLNonNull)
        and kind.of_type is named
        and (is_enum_type(named) or is_specified_scalar_type(named))
    ):
        return _SINGLE
    return inputs.get(named.name)


def _follows_a_relation(key: str, kind: GraphQLNamedType) -> bool:
    """Tell a key that leads to other things from one that compares or combines.

    Filters can be combined, orders have one key, and counts of a relation are told by their name: a number of the thing
    itself that ends alike is taken for one, and weighs too much.
    """
    if key in LOGIC:
        return False
    if key.endswith(_COUNT):
        return True
    return is_filter(kind) or (isinstance(kind, GraphQLInputObjectType) and _has_one_key(kind))


def _has_one_key(kind: GraphQLInputObjectType) -> bool:
    # Strawberry knows, and checks it itself; graphql-core is not told.
    return kind.is_one_of or bool(getattr(kind.extensions.get("strawberry-definition"), "is_one_of", False))


def _given(node: FieldNode) -> dict[str, ValueNode]:
    return {argument.name.value: argument.value for argument in node.arguments or ()}


def _value(argument: GraphQLArgument, node: ValueNode | None) -> Deferred[object]:
    default: object = argument.default_value
    return default if node is None else lift(lambda value: default if value is Undefined else value, written(node))


def _sum(*weights: int) -> int:
    return sum(weights)
