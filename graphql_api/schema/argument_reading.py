"""The arguments of a field, read by a function that is made once for its place in a document."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    ObjectValueNode,
    Undefined,
    ValueNode,
    VariableNode,
    coerce_input_literal,
    get_argument_values,
    get_nullable_type,
    is_non_null_type,
)

from graphql_api.execution.plans import Spot
from graphql_api.execution.selected_fields import coerced, is_variable

ReadArguments = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""Reads the arguments of one field from the coerced variables of a request."""
ReadArgument = Callable[[Mapping[str, Any]], Any]
"""Reads one argument in the same way."""
_ReadMembers = Callable[[Mapping[str, Any]], dict[str, Any]]


class _Irregular(Exception):
    """Only graphql-core knows what a value comes to, or what is wrong with it."""


def arguments_reader(spot: Spot) -> ReadArguments:
    """Make the function that reads the arguments of a field, as graphql-core does.

    Where a variable stands within a list, or a default may have to, graphql-core reads them each time.
    """
    node = spot.nodes[0]
    field = spot.kind.fields[node.name.value]

    def reference(variables: Mapping[str, Any]) -> Mapping[str, Any]:
        return get_argument_values(field, node, coerced(variables))

    try:
        read = _members({one.name.value: one.value for one in node.arguments or ()}, field.args)
    except _Irregular:
        return reference

    def arguments(variables: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            return read(variables)
        except _Irregular:
            return reference(variables)

    return arguments


def argument_reader(spot: Spot, name: str) -> ReadArgument:
    """Make the function that reads an argument that must not be null, of a field without others."""
    node = spot.nodes[0]
    read = arguments_reader(spot)
    ((given, one),) = [
        (argument.value, spot.kind.fields[node.name.value].args[name]) for argument in node.arguments or ()
    ]
    if not isinstance(given, VariableNode) or not is_non_null_type(one.type):
        return lambda variables: read(variables)[name]
    variable = given.name.value

    def argument(variables: Mapping[str, Any]) -> Any:
        value = variables.get(variable)
        return read(variables)[name] if value is None else value

    return argument


def _members(
    given: Mapping[str, ValueNode], known: Mapping[str, GraphQLArgument] | Mapping[str, GraphQLInputField]
) -> _ReadMembers:
    """Make the function that reads named values of known types."""
    if any(one.default is not None or one.default_value is not Undefined for one in known.values()):
        raise _Irregular
    # Each has its place, so that of several mistakes the first one is told, as by the reference.
    said: dict[str, Any] = {}
    variable: list[tuple[str, str, bool]] = []
    objects: list[tuple[str, _ReadMembers]] = []
    for name, one in known.items():
        if name not in given:
            continue
        key, value = one.out_name or name, given[name]
        if isinstance(value, VariableNode):
            said[key] = Undefined
            variable.append((key, value.name.value, is_non_null_type(one.type)))
        elif is_variable(value):
            said[key] = Undefined
            objects.append((key, _object_reader(value, one.type)))
        elif (constant := coerce_input_literal(value, one.type)) is not Undefined:
            said[key] = constant
        else:
            raise _Irregular

    return _reader(said, variable, objects)


def _reader(
    said: Mapping[str, Any], variable: Sequence[tuple[str, str, bool]], objects: Sequence[tuple[str, _ReadMembers]]
) -> _ReadMembers:
    """Make the function that adds to what is said the values of variables, and objects that have some in them."""

    def read(variables: Mapping[str, Any]) -> dict[str, Any]:
        values = dict(said)
        for key, name, required in variable:
            value = variables.get(name, Undefined)
            if required and (value is None or value is Undefined):
                # A variable with a default may still be null, which is an error that graphql-core locates.
                raise _Irregular
            if value is Undefined:
                del values[key]
            else:
                values[key] = value
        for key, part in objects:
            values[key] = part(variables)
        return values

    return read


def _object_reader(value: ValueNode, kind: GraphQLInputType) -> _ReadMembers:
    """Make the function that reads an object with a variable in it."""
    made = get_nullable_type(kind)
    if not isinstance(value, ObjectValueNode) or not isinstance(made, GraphQLInputObjectType) or made.is_one_of:
        raise _Irregular
    read = _members({one.name.value: one.value for one in value.fields}, made.fields)
    return lambda variables: made.out_type(read(variables))
