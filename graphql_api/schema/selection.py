"""What an operation selects of a field, as the domain's selections and listings.

One walk from a root field down to the last relation finds everything that has to be read, so that all of it is read at
once, a statement for each level.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
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
    get_argument_values,
    get_directive_values,
    get_named_type,
    is_abstract_type,
    type_from_ast,
)
from graphql.execution.values import VariableValues
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.field import StrawberryField

from domain.kernel.relations import ToOne
from domain.kernel.selection import Listing, Related, Selection
from domain.kernel.specification import EVERYTHING, Specification
from graphql_api.context import RequestContext
from graphql_api.schema.bad_input import Path
from graphql_api.schema.derived_field import FieldRequest
from graphql_api.schema.exposure import EXPOSED, Exposure
from graphql_api.schema.filters import FilterTranslator
from graphql_api.schema.ordering import translate_order
from graphql_api.schema.pagination import translate_page

REQUIRES = "requires"
"""The metadata key under which a computed field names the fields that it is computed from."""

Nodes = Sequence[FieldNode]


def relation_key(nodes: Nodes) -> str:
    """Name the place of a relation's result: one place in the document is one result, whatever its alias.

    Things may be reached both through `edges` and `nodes`, with other arguments each time.
    """
    location = nodes[0].loc
    return str(location.start) if location else nodes[0].name.value


@dataclass(frozen=True, slots=True)
class SelectionTranslator:
    """Walks the selections of one operation."""

    info: GraphQLResolveInfo[RequestContext]
    context: RequestContext

    @property
    def variables(self) -> VariableValues:
        """The variables of the operation as graphql-core takes them; Strawberry hands on their values alone."""
        return VariableValues(sources={}, coerced=cast(dict[str, Any], self.info.variable_values))

    @classmethod
    def of(cls, request: FieldRequest) -> "SelectionTranslator":
        """Start at a field."""
        return cls(request.info, request.context)

    def selection(self, exposure: Exposure, nodes: Nodes, path: Path) -> Selection:
        """Translate what is selected of one thing."""
        kind = cast(GraphQLObjectType, self.info.schema.get_type(exposure.entity.name))
        fields: dict[str, None] = {}
        related: dict[str, Related] = {}
        for name, group in self._subfields(kind, nodes):
            declared = _declared(kind, name)
            if declared is None:
                continue
            if declared.python_name in exposure.entity.relations:
                found = self._related(exposure, kind, declared.python_name, group, (*path, name))
                related[found.key] = _merged(related.get(found.key), found)
            else:
                fields.update(dict.fromkeys(declared.metadata.get(REQUIRES, (declared.python_name,))))
        return Selection(tuple(fields), tuple(related.values()))

    def listing(self, exposure: Exposure, kind: GraphQLObjectType, nodes: Nodes, path: Path) -> Listing:
        """Translate what is selected of a connection, with its arguments."""
        arguments = get_argument_values(kind.fields[nodes[0].name.value], nodes[0], self.variables)
        order = translate_order(exposure, arguments.get("orderBy"), self.context, (*path, "orderBy"))
        where: Specification = EVERYTHING
        if "where" in arguments:
            filters = FilterTranslator(self.context)
            where = filters.specification(exposure, arguments["where"], (*path, "where"))
        page = translate_page(exposure, order, arguments, self.context, path)
        connection = cast(GraphQLObjectType, get_named_type(kind.fields[nodes[0].name.value].type))
        wanted = dict(self._merged_subfields(connection, nodes))
        page_info = cast(GraphQLObjectType, self.info.schema.get_type("PageInfo"))
        about = dict(self._merged_subfields(page_info, wanted.get("pageInfo", ())))
        rows = {"edges", "nodes", "pageInfo"} & wanted.keys()
        places = (self.selection(exposure, place, path) for place in self._node_places(connection, nodes))
        return Listing(
            selection=reduce(_united, places, Selection()),
            where=where,
            order=order,
            page=page if rows else None,
            count="totalCount" in wanted,
            surroundings=bool({"hasNextPage", "hasPreviousPage"} & about.keys()),
        )

    def _related(self, exposure: Exposure, kind: GraphQLObjectType, name: str, nodes: Nodes, path: Path) -> Related:
        relation = exposure.entity.relations[name]
        target = EXPOSED[relation.target]
        if isinstance(relation, ToOne):
            return Related(relation_key(nodes), name, Listing(self.selection(target, nodes, path)))
        return Related(relation_key(nodes), name, self.listing(target, kind, nodes, path))

    def _node_places(self, connection: GraphQLObjectType, nodes: Nodes) -> Iterator[Nodes]:
        """Yield what is selected of the things of a page, apart for each place that they are reached in.

        Fields of one response key are one field only within one place.
        """
        edge = cast(GraphQLObjectType, get_named_type(connection.fields["edges"].type))
        for name, group in self._subfields(connection, nodes):
            if name == "nodes":
                yield group
            elif name == "edges":
                yield from (inner for key, inner in self._subfields(edge, group) if key == "node")

    def _merged_subfields(self, kind: GraphQLObjectType, nodes: Nodes) -> Iterator[tuple[str, Nodes]]:
        """Yield the selected fields of a type by their names, those under several aliases together."""
        merged: dict[str, list[FieldNode]] = {}
        for name, group in self._subfields(kind, nodes):
            merged.setdefault(name, []).extend(group)
        yield from merged.items()

    def _subfields(self, kind: GraphQLObjectType, nodes: Nodes) -> Iterator[tuple[str, Nodes]]:
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


def _declared(kind: GraphQLObjectType, name: str) -> StrawberryField | None:
    """Find the declaration of a field; `__typename` has none."""
    field = kind.fields.get(name)
    return None if field is None else cast(StrawberryField, field.extensions[GraphQLCoreConverter.DEFINITION_BACKREF])


def _merged(one: Related | None, other: Related) -> Related:
    """Unite what is wanted of one place in the document that was reached in two ways."""
    if one is None or one == other:
        return other
    selections = _united(one.listing.selection, other.listing.selection)
    flags: dict[str, Any] = {
        "page": one.listing.page or other.listing.page,
        "count": one.listing.count or other.listing.count,
        "surroundings": one.listing.surroundings or other.listing.surroundings,
    }
    return Related(one.key, one.relation, Listing(selections, one.listing.where, one.listing.order, **flags))


def _united(one: Selection, other: Selection) -> Selection:
    related = {each.key: each for each in one.related}
    for each in other.related:
        related[each.key] = _merged(related.get(each.key), each)
    return Selection(tuple(dict.fromkeys((*one.fields, *other.fields))), tuple(related.values()))
