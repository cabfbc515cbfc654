"""Variables, checked by functions that are made once for each operation.

What does not fit is left to graphql-core, which says what is wrong (specification, 6.1.2).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from graphql import (
    GraphQLError,
    GraphQLNonNull,
    GraphQLSchema,
    OperationDefinitionNode,
    VariableDefinitionNode,
    get_nullable_type,
    get_variable_values,
    type_from_ast,
)

from graphql_api.execution.coercion import Coerce, InputCoercion, Unsuitable
from graphql_api.execution.shaped_inputs import FilterShapes, ShapedInput, is_filter

# Each error quotes the value at fault, so that their number bounds the work of a hostile request.
_MAX_ERRORS = 10


class VariableErrors(Exception):
    """Variables do not fit."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__(errors[0].message)
        self.errors = errors


class VariableCoercion:
    """Coerces the variables of operations on one schema."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._coercion = InputCoercion()
        self._shapes = FilterShapes(self._coercion)

    def reader(self, operation: OperationDefinitionNode) -> "VariableReader":
        """Make what coerces the variables of an operation."""
        definitions = operation.variable_definitions or ()
        if any(one.default_value is not None for one in definitions):
            return VariableReader(self._schema, definitions, None, {}, self._shapes)
        kinds: dict[str, Any] = {one.variable.name.value: type_from_ast(self._schema, one.type) for one in definitions}
        filters = {name: inner for name, kind in kinds.items() if is_filter(inner := get_nullable_type(kind))}
        expected = []
        for name, kind in kinds.items():
            coerce = self._coercion.of(kind)
            checked = _unless_shaped(coerce) if name in filters else coerce
            expected.append((name, checked, isinstance(kind, GraphQLNonNull)))
        return VariableReader(self._schema, definitions, expected, filters, self._shapes)


class VariableReader:
    """Coerces the variables of one operation."""

    def __init__(
        self,
        schema: GraphQLSchema,
        definitions: Sequence[VariableDefinitionNode],
        expected: Sequence[tuple[str, Coerce, bool]] | None,
        filters: Mapping[str, Any],
        shapes: FilterShapes,
    ) -> None:
        self._schema, self._definitions, self._expected = schema, definitions, expected
        self._filters, self._shapes = filters, shapes

    def shaped(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """Take filters among what was given apart, in a time that is bounded whatever they are."""
        filters = self._filters
        if not filters:
            return given
        taken = dict(given)
        for name in filters:
            if name in taken:
                taken[name] = self._shapes.taken(filters[name], taken[name])
        return taken

    def read(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Coerce what was given; filters may be taken apart. Raises VariableErrors."""
        if self._expected is not None:
            try:
                return _coerced(self._expected, given)
            except (Unsuitable, RecursionError):
                pass
        whole = {name: one.given if type(one) is ShapedInput else one for name, one in given.items()}
        values = get_variable_values(self._schema, self._definitions, whole, _MAX_ERRORS)
        if isinstance(values, list):
            raise VariableErrors(values)
        return values.coerced


def _coerced(expected: Sequence[tuple[str, Coerce, bool]], given: Mapping[str, Any]) -> dict[str, Any]:
    coerced = {}
    for name, coerce, required in expected:
        if name in given:
            coerced[name] = coerce(given[name])
        elif required:
            raise Unsuitable
    return coerced


def _unless_shaped(coerce: Coerce) -> Coerce:
    return lambda value: value if type(value) is ShapedInput else coerce(value)
