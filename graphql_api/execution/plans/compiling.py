"""From a document to its plans: one for each operation and each way that its directives can fall out."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, Final, TypeAlias

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
)

from graphql_api.execution.plans.fields import Constant, NotPlannable, Plannable, PlannedField, PlannedRoot, Spot
from graphql_api.execution.plans.introspection import META_FIELDS, Introspection
from graphql_api.execution.plans.plan import OperationPlan
from graphql_api.execution.plans.serial import SerialPlan, Step
from graphql_api.execution.selected_fields import SelectedFields, coerced, declaration

Plan: TypeAlias = OperationPlan | SerialPlan
Room: TypeAlias = dict[tuple[Any, ...], Plan | None]
"""Plans by the name of their operation, and the values of what its directives ask for."""

MOST_VARIANTS: Final = 16
"""How many plans of one document are kept; for what its directives ask for beyond that, the oldest one goes."""


def compile_plan(
    schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, directed: Mapping[str, Any]
) -> Plan | None:
    """Compile an operation, for given values of the variables that its directives name.

    Gives None where it needs the reference. The document must be valid.
    """
    root = schema.get_root_type(operation.operation)
    if root is None or operation.operation is OperationType.SUBSCRIPTION:
        return None
    selected = SelectedFields(schema, _fragments(document), coerced(directed))
    try:
        fields = selected.by_response_key(root, [operation])
    except GraphQLError:
        # A directive's variable that has a default and is null, which the reference knows where to tell.
        return None
    spots = {key: Spot(root, nodes, selected) for key, nodes in fields.items()}
    if root is not schema.mutation_type or len(spots) < 2:
        return _together(spots)
    return _in_order(spots, document, operation)


def _together(spots: Mapping[str, Spot]) -> OperationPlan | None:
    try:
        return OperationPlan(tuple(PlannedRoot(key, spot, _planned(spot)) for key, spot in spots.items()))
    except (NotPlannable, GraphQLError):
        return None


def _in_order(
    spots: Mapping[str, Spot], document: DocumentNode, operation: OperationDefinitionNode
) -> SerialPlan | None:
    steps = tuple(Step(_together({key: spot}), _only(spot, document, operation)) for key, spot in spots.items())
    return SerialPlan(steps) if any(step.plan for step in steps) else None


def _planned(spot: Spot) -> PlannedField:
    name = spot.nodes[0].name.value
    if name == "__typename":
        return Constant(spot.kind.name)
    if name in META_FIELDS:
        return Introspection.of(spot)
    field: object = declaration(spot.kind, name)
    if not isinstance(field, Plannable):
        raise NotPlannable(name)
    return field.plan(spot)


def _only(spot: Spot, document: DocumentNode, operation: OperationDefinitionNode) -> DocumentNode:
    """Give a document whose operation selects one root field and nothing else."""
    alone = OperationDefinitionNode(
        operation=operation.operation,
        name=operation.name,
        variable_definitions=operation.variable_definitions,
        directives=operation.directives,
        selection_set=SelectionSetNode(selections=tuple(spot.nodes)),
    )
    return DocumentNode(definitions=(alone, *_fragments(document).values()))


class PlanCache:
    """The plans of one operation, made at first use; all operations of a document share the room for theirs."""

    def __init__(
        self, schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, room: Room
    ) -> None:
        self._schema = schema
        self._document = document
        self._operation = operation
        self._name = (operation.name.value if operation.name else None,)
        self._room = room

    @cached_property
    def _directed(self) -> tuple[str, ...]:
        return tuple(_directing_variables(self._document, self._operation))

    def plan(self, variables: Mapping[str, Any]) -> Plan | None:
        """Give the plan for these variables, or None where the reference executor has to do it."""
        directed, room = self._directed, self._room
        key = (*self._name, *map(variables.get, directed)) if directed else self._name
        if key in room:
            return room[key]
        if len(room) >= MOST_VARIANTS:
            del room[next(iter(room))]
        values = {one: variables[one] for one in self._directed if one in variables}
        plan = room[key] = compile_plan(self._schema, self._document, self._operation, values)
        return plan


def _fragments(document: DocumentNode) -> Mapping[str, FragmentDefinitionNode]:
    return {one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)}


def _directing_variables(document: DocumentNode, operation: OperationDefinitionNode) -> Iterable[str]:
    """Name the variables that directives of an operation ask for, those in any fragment of the document included."""
    found: dict[str, None] = {}
    waiting: list[SelectionSetNode | None] = [operation.selection_set]
    waiting += [fragment.selection_set for fragment in _fragments(document).values()]
    while waiting:
        selections = waiting.pop()
        for selection in selections.selections if selections else ():
            found.update(dict.fromkeys(_directed_by(selection)))
            if not isinstance(selection, FragmentSpreadNode):
                waiting.append(_below(selection))
    return found


def _directed_by(selection: SelectionNode) -> Iterator[str]:
    for directive in selection.directives or ():
        for argument in directive.arguments or ():
            if isinstance(argument.value, VariableNode):
                yield argument.value.name.value


def _below(selection: SelectionNode) -> SelectionSetNode | None:
    return selection.selection_set if isinstance(selection, FieldNode) else getattr(selection, "selection_set", None)
