"""The arguments of a field, read by a function that is made once for its place in a document."""

from collections.abc import Callable, Mapping
from typing import Any

from graphql import (
    ArgumentNode,
    GraphQLArgument,
    Undefined,
    VariableNode,
    coerce_input_literal,
    get_argument_values,
    is_non_null_type,
)

from graphql_api.execution.plans import Spot
from graphql_api.execution.selected_fields import coerced, is_variable

ReadArguments = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""Reads the arguments of one field from the coerced variables of a request."""


def arguments_reader(spot: Spot) -> ReadArguments:
    """Make the function that reads the arguments of a field, as graphql-core does.

    Where a variable stands within a list or an object, or a default may have to, graphql-core reads them each time.
    """
    node = spot.nodes[0]
    field = spot.kind.fields[node.name.value]
    given = {one.name.value: one for one in node.arguments or ()}
    if any(map(_is_composed, given.values())) or any(_has_default(one) for one in field.args.values()):
        return lambda variables: get_argument_values(field, node, coerced(variables))
    fixed, named = {}, []
    for name, argument in field.args.items():
        if name not in given:
            continue
        key, value = argument.out_name or name, given[name].value
        if isinstance(value, VariableNode):
            named.append((key, value.name.value, is_non_null_type(argument.type)))
        else:
            fixed[key] = coerce_input_literal(value, argument.type)

    def read(variables: Mapping[str, Any]) -> Mapping[str, Any]:
        arguments = dict(fixed)
        for key, variable, required in named:
            value = variables.get(variable, Undefined)
            if value is None and required:
                # A variable with a default may still be null, which is an error that graphql-core locates.
                return get_argument_values(field, node, coerced(variables))
            if value is not Undefined:
                arguments[key] = value
        return arguments

    return read


def _is_composed(argument: ArgumentNode) -> bool:
    return is_variable(argument.value) and not isinstance(argument.value, VariableNode)


def _has_default(argument: GraphQLArgument) -> bool:
    return argument.default is not None or argument.default_value is not Undefined
