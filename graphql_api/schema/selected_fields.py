"""The fields that an operation selects, whatever fragments and directives they stand in."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLCompositeType,
    GraphQLIncludeDirective,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSkipDirective,
    InlineFragmentNode,
    SelectionNode,
    get_directive_values,
    is_abstract_type,
    type_from_ast,
)
from graphql.execution.values import VariableValues
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.field import StrawberryField

from graphql_api.context import RequestContext

Nodes = Sequence[FieldNode]


@dataclass(frozen=True, slots=True)
class SelectedFields:
    """Walks the selections of one operation."""

    info: GraphQLResolveInfo[RequestContext]

    @property
    def variables(self) -> VariableValues:
        """The variables of the operation as graphql-core takes them; Strawberry hands on their values alone."""
        return VariableValues(sources={}, coerced=cast(dict[str, Any], self.info.variable_values))

    def merged_subfields(self, kind: GraphQLObjectType, nodes: Nodes) -> Iterator[tuple[str, Nodes]]:
        """Yield the selected fields of a type by their names, those under several aliases together."""
        merged: dict[str, list[FieldNode]] = {}
        for name, group in self.subfields(kind, nodes):
            merged.setdefault(name, []).extend(group)
        yield from merged.items()

    def subfields(self, kind: GraphQLObjectType, nodes: Nodes) -> Iterator[tuple[str, Nodes]]:
        """Yield the selected fields of a type, those of one response key together (specification, 6.3.2)."""
        groups: dict[str, list[FieldNode]] = {}
        for node in nodes:
            if node.selection_set is not None:
                for field in self._collect(kind, node.selection_set.selections, set()):
                    groups.setdefault((field.alias or field.name).value, []).append(field)
        yield from ((group[0].name.value, group) for group in groups.values())

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
                    fragment = self.info.fragments[selection.name.value]
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
        condition = cast(GraphQLCompositeType, type_from_ast(self.info.schema, fragment.type_condition))
        if condition is kind:
            return True
        return is_abstract_type(condition) and self.info.schema.is_sub_type(cast(GraphQLInterfaceType, condition), kind)


def declaration(kind: GraphQLObjectType, name: str) -> StrawberryField | None:
    """Find the declaration of a field; `__typename` has none."""
    field = kind.fields.get(name)
    return None if field is None else cast(StrawberryField, field.extensions[GraphQLCoreConverter.DEFINITION_BACKREF])
