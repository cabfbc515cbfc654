"""From a document to its plans: one for each operation and each way that its directives can fall out."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
)

from graphql_api.execution.plans.plan import Constant, NotPlannable, OperationPlan, Plannable, PlannedRoot, Spot
from graphql_api.execution.selected_fields import SelectedFields, coerced, declaration

MOST_VARIANTS: Final = 16
"""How many plans of one operation are kept; what its directives ask for beyond that, the reference executor does."""


def compile_plan(
    schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, directed: Mapping[str, Any]
) -> OperationPlan | None:
    """Compile an operation, for given values of the variables that its directives name.

    Gives None where it needs the reference, as several mutations do, which are carried out one after the other. The
    document must be valid.
    """
    root = schema.get_root_type(operation.operation)
    if root is None or operation.operation is OperationType.SUBSCRIPTION:
        return None
    selected = SelectedFields(schema, _fragments(document), coerced(directed))
    try:
        roots = tuple(_roots(selected, root, operation))
        return None if len(roots) > 1 and root is schema.mutation_type else OperationPlan(roots)
    except (NotPlannable, GraphQLError):
        # The latter is a directive's variable that has a default and is null, which the reference knows where to tell.
        return None


def _roots(
    selected: SelectedFields, root: GraphQLObjectType, operation: OperationDefinitionNode
) -> Iterator[PlannedRoot]:
    for key, nodes in selected.by_response_key(root, [operation]).items():
        name = nodes[0].name.value
        spot = Spot(root, nodes, selected)
        if name == "__typename":
            yield PlannedRoot(key, spot, Constant(root.name))
            continue
        field: object = declaration(root, name)
        if not isinstance(field, Plannable):
            raise NotPlannable(name)
        yield PlannedRoot(key, spot, field.plan(spot))


class PlanCache:
    """The plans of one document, made at first use."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self._schema = schema
        self._document = document
        self._directed: dict[str | None, tuple[str, ...]] = {}
        self._plans: dict[tuple[Any, ...], OperationPlan | None] = {}

    def plan(self, operation: OperationDefinitionNode, variables: Mapping[str, Any]) -> OperationPlan | None:
        """Give the plan of an operation for these variables, or None where the reference executor has to do it."""
        name = operation.name.value if operation.name else None
        directed = self._directed.get(name)
        if directed is None:
            directed = self._directed[name] = tuple(_directing_variables(self._document, operation))
        key = (name, *map(variables.get, directed))
        if key in self._plans:
            return self._plans[key]
        if len(self._plans) >= MOST_VARIANTS:
            return None
        values = {one: variables[one] for one in directed if one in variables}
        plan = self._plans[key] = compile_plan(self._schema, self._document, operation, values)
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
