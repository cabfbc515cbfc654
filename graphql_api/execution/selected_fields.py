"""The fields that an operation selects, whatever fragments and directives they stand in."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self, cast

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLCompositeType,
    GraphQLIncludeDirective,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    GraphQLSkipDirective,
    InlineFragmentNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionNode,
    ValueNode,
    VariableNode,
    get_directive_values,
    is_abstract_type,
    type_from_ast,
)
from graphql.execution.values import VariableValues
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.field import StrawberryField

Nodes = Sequence[FieldNode]


@dataclass(frozen=True, slots=True)
class SelectedFields:
    """Walks the selections of one operation."""

    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: VariableValues

    @classmethod
    def in_operation(cls, info: GraphQLResolveInfo[Any], **more: Any) -> Self:
        """Take the operation that a resolver is called in."""
        # Strawberry hands on the values of the variables alone.
        values = cast(dict[str, Any], info.variable_values)
        return cls(info.schema, info.fragments, coerced(values), **more)

    def merged_subfields(self, kind: GraphQLObjectType, nodes: Nodes) -> Iterator[tuple[str, Nodes]]:
        """Yield the selected fields of a type by their names, those under several aliases together."""
        merged: dict[str, list[FieldNode]] = {}
        for name, group in self.subfields(kind, nodes):
            merged.setdefault(name, []).extend(group)
        yield from merged.items()

    def subfields(self, kind: GraphQLObjectType, nodes: Nodes) -> Iterator[tuple[str, Nodes]]:
        """Yield the selected fields of a type, those of one response key together (specification, 6.3.2)."""
        yield from ((group[0].name.value, group) for group in self.by_response_key(kind, nodes).values())

    def by_response_key(
        self, kind: GraphQLObjectType, nodes: Sequence[FieldNode | OperationDefinitionNode]
    ) -> Mapping[str, Nodes]:
        """Collect the selected fields of a type under their response keys, in the order of the answer."""
        groups: dict[str, list[FieldNode]] = {}
        for node in nodes:
            if node.selection_set is not None:
                for field in self._collect(kind, node.selection_set.selections, set()):
                    groups.setdefault((field.alias or field.name).value, []).append(field)
        return groups

    def _collect(
        self, kind: GraphQLObjectType, selections: Iterable[SelectionNode], seen: set[str]
    ) -> Iterator[FieldNode]:
        for selection in selections:
            if not self._is_included(selection):
                continue
            match selection:
                case FieldNode():
                    yield selection
                case InlineFragmentNode() if self._applies(kind, selection):
                    yield from self._collect(kind, selection.selection_set.selections, seen)
                case FragmentSpreadNode() if selection.name.value not in seen:
                    seen.add(selection.name.value)
                    fragment = self.fragments[selection.name.value]
                    if self._applies(kind, fragment):
                        yield from self._collect(kind, fragment.selection_set.selections, seen)
                case _:
                    pass

    def _is_included(self, selection: SelectionNode) -> bool:
        skip = get_directive_values(GraphQLSkipDirective, selection, self.variables)
        if skip and skip["if"]:
            return False
        include = get_directive_values(GraphQLIncludeDirective, selection, self.variables)
        return not include or bool(include["if"])

    def _applies(self, kind: GraphQLObjectType, fragment: InlineFragmentNode | FragmentDefinitionNode) -> bool:
        if fragment.type_condition is None:
            return True
        condition = cast(GraphQLCompositeType, type_from_ast(self.schema, fragment.type_condition))
        if condition is kind:
            return True
        return is_abstract_type(condition) and self.schema.is_sub_type(cast(GraphQLInterfaceType, condition), kind)


def mentions_variables(nodes: Sequence[SelectionNode], fragments: Mapping[str, FragmentDefinitionNode]) -> bool:
    """Tell whether any argument of some fields, or of anything selected below them, depends on a variable."""
    waiting: list[SelectionNode] = list(nodes)
    spread: set[str] = set()
    while waiting:
        one = waiting.pop()
        if isinstance(one, FragmentSpreadNode):
            if one.name.value not in spread:
                spread.add(one.name.value)
                waiting += fragments[one.name.value].selection_set.selections
            continue
        if isinstance(one, FieldNode) and any(is_variable(argument.value) for argument in one.arguments or ()):
            return True
        if isinstance(one, FieldNode | InlineFragmentNode) and one.selection_set:
            waiting += one.selection_set.selections
    return False


def is_variable(value: ValueNode) -> bool:
    """Tell whether a value is a variable, or has one in it."""
    match value:
        case VariableNode():
            return True
        case ListValueNode():
            return any(map(is_variable, value.values))
        case ObjectValueNode():
            return any(is_variable(field.value) for field in value.fields)
        case _:
            return False


def coerced(values: Mapping[str, Any]) -> VariableValues:
    """Give the values of variables the form in which graphql-core takes them."""
    return VariableValues(sources={}, coerced=dict(values))


def declaration(kind: GraphQLObjectType, name: str) -> StrawberryField | None:
    """Find the declaration of a field; `__typename` has none, nor has what tells of the schema."""
    field = kind.fields.get(name)
    return None if field is None else cast(Any, field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF))
