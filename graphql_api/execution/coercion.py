"""Values of input types, coerced by functions that are made once for each type.

What is as it should be, they coerce as graphql-core does. For everything else they give up.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from graphql import (
    GraphQLEnumType,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    Undefined,
)

Coerce: TypeAlias = Callable[[Any], Any]
"""Coerces a value. Raises Unsuitable."""


class Unsuitable(Exception):
    """A value may not fit its type: graphql-core is to say."""


class InputCoercion:
    """Makes the functions that coerce values of the types of a schema."""

    def __init__(self) -> None:
        self._inputs: dict[str, Coerce] = {}

    def of(self, kind: GraphQLInputType) -> Coerce:
        """Give the function that coerces values of a type."""
        match kind:
            case GraphQLNonNull(of_type=inner):
                return _not_null(self.of(inner))
            case GraphQLList(of_type=inner):
                return _list_of(self.of(inner))
            case GraphQLInputObjectType():
                return self._named(kind)
            case GraphQLEnumType():
                return _member_of({name: kind.parse_value(name) for name in kind.values})
            case GraphQLScalarType():
                return _SCALARS.get(kind.name) or _parsed(kind)

    def _named(self, kind: GraphQLInputObjectType) -> Coerce:
        """Make the function of an input once, and tell it of its fields afterwards: inputs refer to themselves."""
        known = self._inputs.get(kind.name)
        if known is not None:
            return known
        fields: dict[str, tuple[str, Coerce]] = {}
        made = self._inputs[kind.name] = self._input(kind, fields)
        fields.update({name: (one.out_name or name, self.of(one.type)) for name, one in kind.fields.items()})
        return made

    def _input(self, kind: GraphQLInputObjectType, fields: Mapping[str, tuple[str, Coerce]]) -> Coerce:
        if any(map(_has_default, kind.fields.values())):
            return _refuse
        place = {name: number for number, name in enumerate(kind.fields)}
        required = {name for name, field in kind.fields.items() if isinstance(field.type, GraphQLNonNull)}
        is_plain, is_one_of = kind.out_type is GraphQLInputObjectType.out_type, kind.is_one_of

        def coerce(value: Any) -> Any:
            if value is None:
                return None
            if type(value) is not dict or not required <= value.keys() or not value.keys() <= fields.keys():
                raise Unsuitable
            coerced = {}
            # In the order of the type, which is the order in which a reader meets what is wrong with them.
            for name in value if len(value) == 1 else sorted(value, key=place.__getitem__):
                key, part = fields[name]
                coerced[key] = part(value[name])
            if is_one_of and (len(coerced) != 1 or None in coerced.values()):
                raise Unsuitable
            if is_plain:
                return coerced
            try:
                return kind.out_type(coerced)
            except Exception as error:
                raise Unsuitable from error

        return coerce


def _has_default(field: GraphQLInputField) -> bool:
    return field.default is not None or field.default_value is not Undefined


def _refuse(_value: Any) -> Any:
    raise Unsuitable


def _not_null(coerce: Coerce) -> Coerce:
    def check(value: Any) -> Any:
        if value is None:
            raise Unsuitable
        return coerce(value)

    return check


def _list_of(coerce: Coerce) -> Coerce:
    def check(value: Any) -> Any:
        if value is None:
            return None
        # A single value stands for a list of one, which is rare enough.
        if type(value) is not list:
            raise Unsuitable
        return [coerce(one) for one in value]

    return check


def _member_of(members: Mapping[str, Any]) -> Coerce:
    def check(value: Any) -> Any:
        if value is None:
            return None
        if type(value) is not str or value not in members:
            raise Unsuitable
        return members[value]

    return check


def _parsed(kind: GraphQLScalarType) -> Coerce:
    def check(value: Any) -> Any:
        if value is None:
            return None
        try:
            return kind.parse_value(value)
        except Exception as error:
            raise Unsuitable from error

    return check


def _text(value: Any) -> Any:
    if value is None or type(value) is str:
        return value
    raise Unsuitable


def _truth(value: Any) -> Any:
    if value is None or type(value) is bool:
        return value
    raise Unsuitable


def _integer(value: Any) -> Any:
    if value is None or (type(value) is int and -(2**31) <= value < 2**31):
        return value
    raise Unsuitable


_SCALARS: Mapping[str, Coerce] = {"ID": _text, "String": _text, "Boolean": _truth, "Int": _integer}
