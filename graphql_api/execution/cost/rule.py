"""The rule: one walk through a document leaves a cost that only waits for the variables."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLIncludeDirective,
    GraphQLNamedType,
    GraphQLSchema,
    GraphQLSkipDirective,
    InlineFragmentNode,
    NamedTypeNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    get_named_type,
    value_from_ast_untyped,
)

from graphql_api.execution.cost.amount import NOTHING, Amount, added
from graphql_api.execution.cost.arguments import PageSizes
from graphql_api.execution.cost.deferred import Deferred, Given, lift, settle, written
from graphql_api.execution.cost.tariff import META_FIELDS, Tariff, fields_of
from graphql_api.execution.cost.weights import LARGEST
from graphql_api.execution.extent import measure_fragments


@dataclass(frozen=True, slots=True)
class DocumentPrice:
    """What the operations of a document cost, as soon as the variables are known."""

    operations: Mapping[str | None, Deferred[Amount]]
    fragments: Mapping[str, Deferred[Amount]]
    defaults: Mapping[str | None, Mapping[str, Any]]

    def settled(self, operation: str | None) -> int | None:
        """Estimate an operation whose cost does not depend on its variables; None for any other."""
        return None if callable(self.operations[operation]) else self.cost(operation, {})

    def cost(self, operation: str | None, variables: Mapping[str, Any]) -> int:
        """Estimate an operation, in time linear in its document and its variables, which may be anything yet."""
        amount = self.operations[operation]
        if callable(amount):
            given = Given({**self.defaults[operation], **variables})
            for name, price in self.fragments.items():
                given.fragments[name] = settle(price, given)
            amount = amount(given)
        return min(amount.once + amount.each, LARGEST)


class CostRule:
    """Prices documents that are valid for a schema."""

    def __init__(self, schema: GraphQLSchema, pages: PageSizes) -> None:
        self._schema = schema
        self._tariff = Tariff(schema, pages)

    def price(self, document: DocumentNode) -> DocumentPrice:
        """Price the operations of a document, and each of its fragments once."""
        definitions = {one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)}
        walk = _Walk(self._schema, self._tariff)
        # They are measured in an order in which each comes after those it uses.
        for name in measure_fragments(definitions):
            walk.add_fragment(definitions[name])
        operations = {
            one.name.value if one.name else None: one
            for one in document.definitions
            if isinstance(one, OperationDefinitionNode)
        }
        return DocumentPrice(
            {name: walk.operation(one) for name, one in operations.items()},
            {name: price for name, price in walk.fragments.items() if callable(price)},
            {name: _defaults(one) for name, one in operations.items()},
        )


class _Walk:
    """Walks one document. A fragment is to be added after those it uses."""

    def __init__(self, schema: GraphQLSchema, tariff: Tariff) -> None:
        self._schema = schema
        self._tariff = tariff
        self.fragments: dict[str, Deferred[Amount]] = {}

    def add_fragment(self, fragment: FragmentDefinitionNode) -> None:
        kind = self._type(fragment.type_condition)
        self.fragments[fragment.name.value] = self._selection(kind, fragment.selection_set)

    def operation(self, operation: OperationDefinitionNode) -> Deferred[Amount]:
        root = self._schema.get_root_type(operation.operation)
        assert root is not None  # noqa: S101  # validation has made sure
        return self._selection(root, operation.selection_set)

    def _selection(self, kind: GraphQLNamedType, selected: SelectionSetNode | None) -> Deferred[Amount]:
        parts = [self._part(kind, one) for one in selected.selections] if selected else []
        if len(parts) == 1:
            return parts[0]
        known = added(*(part for part in parts if not callable(part)))
        waiting = [part for part in parts if callable(part)]
        return lift(added, known, *waiting) if waiting else known

    def _part(self, kind: GraphQLNamedType, node: SelectionNode) -> Deferred[Amount]:
        price = self._unconditional(kind, node)
        return lift(_if_all, price, *map(_condition, node.directives)) if node.directives else price

    def _unconditional(self, kind: GraphQLNamedType, node: SelectionNode) -> Deferred[Amount]:
        match node:
            case FieldNode():
                return self._field(kind, node)
            case InlineFragmentNode(type_condition=condition):
                return self._selection(self._type(condition) if condition else kind, node.selection_set)
            case FragmentSpreadNode():
                name = node.name.value
                price = self.fragments[name]
                return (lambda given: given.fragments[name]) if callable(price) else price
        raise TypeError(f"{node.kind} is no selection.")

    def _field(self, kind: GraphQLNamedType, node: FieldNode) -> Deferred[Amount]:
        name = node.name.value
        if name in META_FIELDS:
            return META_FIELDS[name]
        field = fields_of(kind)[name]
        selected = self._selection(get_named_type(field.type), node.selection_set)
        return self._tariff.field(kind, field, node, selected)

    def _type(self, named: NamedTypeNode) -> GraphQLNamedType:
        return self._schema.type_map[named.name.value]


def _defaults(operation: OperationDefinitionNode) -> dict[str, Any]:
    return {
        one.variable.name.value: value_from_ast_untyped(one.default_value)
        for one in operation.variable_definitions or ()
        if one.default_value is not None
    }


def _condition(directive: DirectiveNode) -> Deferred[bool]:
    """Tell whether a directive leaves its selection in."""
    wanted = {GraphQLIncludeDirective.name: True, GraphQLSkipDirective.name: False}.get(directive.name.value)
    if wanted is None:
        return True
    (argument,) = directive.arguments or ()
    return lift(lambda value: value is wanted, written(argument.value))


def _if_all(amount: Amount, *conditions: bool) -> Amount:
    return amount if all(conditions) else NOTHING
