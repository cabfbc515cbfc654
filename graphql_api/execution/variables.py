"""Variables, checked by functions that are made once for each input type.

What is as it should be, they coerce as graphql-core does. For everything else they give up, and graphql-core says what
is wrong (specification, 6.1.2).
"""

from collections.abc import Callable, Mapping
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLError,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    GraphQLSchema,
    OperationDefinitionNode,
    Undefined,
    get_variable_values,
    type_from_ast,
)

Coerce = Callable[[Any], Any]
ReadVariables = Callable[[Mapping[str, Any]], dict[str, Any]]
"""Coerces what was given for the variables of one operation. Raises VariableErrors."""

# Each error quotes the value at fault, so that their number bounds the work of a hostile request.
_MAX_ERRORS = 10


class Unsuitable(Exception):
    """A value may not fit its type: graphql-core is to say."""


class VariableCoercion:
    """Coerces the variables of operations on one schema."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._inputs: dict[str, Coerce] = {}

    def reader(self, operation: OperationDefinitionNode) -> ReadVariables:
        """Make the function that coerces the variables of an operation."""
        definitions = operation.variable_definitions or ()
        if not definitions:
            return lambda _given: {}
        expected = [
            (one.variable.name.value, *self._expected(type_from_ast(self._schema, one.type)))
            for one in definitions
            if one.default_value is None
        ]
        regular = len(expected) == len(definitions)

        def read(given: Mapping[str, Any]) -> dict[str, Any]:
            if regular:
                try:
                    return _coerced(expected, given)
                except (Unsuitable, RecursionError):
                    pass
            values = get_variable_values(self._schema, definitions, dict(given), _MAX_ERRORS)
            if isinstance(values, list):
                raise VariableErrors(values)
            return values.coerced

        return read

    def _expected(self, kind: Any) -> tuple[Coerce, bool]:
        return self._coerce(kind), isinstance(kind, GraphQLNonNull)

    def _coerce(self, kind: GraphQLInputType) -> Coerce:
        match kind:
            case GraphQLNonNull(of_type=inner):
                return _not_null(self._coerce(inner))
            case GraphQLList(of_type=inner):
                return _list_of(self._coerce(inner))
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
        fields.update({name: (one.out_name or name, self._coerce(one.type)) for name, one in kind.fields.items()})
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


class VariableErrors(Exception):
    """Variables do not fit."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__(errors[0].message)
        self.errors = errors


def _coerced(expected: list[tuple[str, Coerce, bool]], given: Mapping[str, Any]) -> dict[str, Any]:
    coerced = {}
    for name, coerce, required in expected:
        if name in given:
            coerced[name] = coerce(given[name])
        elif required:
            raise Unsuitable
    return coerced


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
