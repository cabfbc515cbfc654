"""What an operation selects of a field, as the domain's selections and listings.

One walk from a root field down to the last relation finds everything that has to be read, so that all of it is read at
once, a statement for each level.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any, cast

from graphql import GraphQLObjectType, get_argument_values, get_named_type

from domain.kernel.relations import ToOne
from domain.kernel.selection import Listing, Order, Related, RelatedMeasures, Selection, Wanted
from domain.kernel.specification import EVERYTHING, Specification
from graphql_api.context import RequestContext
from graphql_api.execution.selected_fields import Nodes, SelectedFields, declaration
from graphql_api.schema.aggregates.translation import selected_measures
from graphql_api.schema.bad_input import Path
from graphql_api.schema.derived_field import FieldRequest
from graphql_api.schema.exposure import EXPOSED, Exposure
from graphql_api.schema.filters import FilterTranslator
from graphql_api.schema.ordering import translate_order
from graphql_api.schema.pagination import translate_page
from graphql_api.schema.shown import MEASURES, REQUIRES, written


def relation_key(nodes: Nodes) -> str:
    """Name the place of a relation's result: one place in the document is one result, whatever its alias.

    Things may be reached both through `edges` and `nodes`, with other arguments each time.
    """
    location = nodes[0].loc
    return str(location.start) if location else nodes[0].name.value


@dataclass(frozen=True, slots=True)
class Frame:
    """What is selected of a list: of its things, whether there are `rows` to read at all, and of the whole of it."""

    selection: Selection
    rows: bool
    count: bool
    surroundings: bool
    placed: bool


@dataclass(frozen=True, slots=True)
class SelectionTranslator(SelectedFields):
    """Translates the selections of one operation."""

    context: RequestContext
    writes: bool = False
    """Whether fields that are only shown are wanted as they are written."""

    @classmethod
    def of(cls, request: FieldRequest) -> "SelectionTranslator":
        """Start at a field."""
        return cls.in_operation(request.info, context=request.context)

    def selection(self, exposure: Exposure, nodes: Nodes, path: Path) -> Selection:
        """Translate what is selected of one thing."""
        kind = cast(GraphQLObjectType, self.schema.get_type(exposure.entity.name))
        fields: dict[Wanted, None] = {}
        related: dict[str, Related] = {}
        measured: dict[str, RelatedMeasures] = {}
        for name, group in self.subfields(kind, nodes):
            declared = declaration(kind, name)
            if declared is None:
                continue
            if declared.python_name in exposure.entity.relations:
                found = self._related(exposure, kind, declared.python_name, group, (*path, name))
                related[found.key] = _merged(related.get(found.key), found)
            elif MEASURES in declared.metadata:
                wanted = self._measures(exposure, kind, declared.metadata[MEASURES], group, (*path, name))
                measured[wanted.key] = wanted
            elif self.writes and (shown := written(exposure.entity, declared, kind.fields[name].type)) is not None:
                fields[shown] = None
            else:
                fields.update(dict.fromkeys(declared.metadata.get(REQUIRES, (declared.python_name,))))
        return Selection(tuple(fields), tuple(related.values()), tuple(measured.values()))

    def listing(self, exposure: Exposure, kind: GraphQLObjectType, nodes: Nodes, path: Path) -> Listing:
        """Translate what is selected of a connection, with its arguments."""
        arguments = get_argument_values(kind.fields[nodes[0].name.value], nodes[0], self.variables)
        return windowed(self.frame(exposure, kind, nodes, path), exposure, arguments, self.context, path)

    def frame(self, exposure: Exposure, kind: GraphQLObjectType, nodes: Nodes, path: Path) -> "Frame":
        """Translate what is selected of a connection, whatever its own arguments are."""
        connection = cast(GraphQLObjectType, get_named_type(kind.fields[nodes[0].name.value].type))
        wanted = dict(self.merged_subfields(connection, nodes))
        page_info = cast(GraphQLObjectType, self.schema.get_type("PageInfo"))
        about = dict(self.merged_subfields(page_info, wanted.get("pageInfo", ())))
        rows = {"edges", "nodes", "pageInfo"} & wanted.keys()
        places = (self.selection(exposure, place, path) for place in self._node_places(connection, nodes))
        return Frame(
            selection=reduce(_united, places, Selection()),
            rows=bool(rows),
            count="totalCount" in wanted,
            surroundings=bool({"hasNextPage", "hasPreviousPage"} & about.keys()),
            placed=self._is_placed(connection, wanted.get("edges", ()), about),
        )

    def _is_placed(self, connection: GraphQLObjectType, edges: Nodes, about: Mapping[str, Nodes]) -> bool:
        """Tell whether something is made of the places of things: cursors, or what is claimed of a kept answer."""
        if not self.writes or self.context.kept is not None or {"startCursor", "endCursor"} & about.keys():
            return True
        edge = cast(GraphQLObjectType, get_named_type(connection.fields["edges"].type))
        return any(name == "cursor" for name, _ in self.subfields(edge, edges))

    def _measures(
        self, exposure: Exposure, kind: GraphQLObjectType, name: str, nodes: Nodes, path: Path
    ) -> RelatedMeasures:
        target = EXPOSED[exposure.entity.relations[name].target]
        field = kind.fields[nodes[0].name.value]
        where = _where(target, get_argument_values(field, nodes[0], self.variables), self.context, path)
        aggregate = cast(GraphQLObjectType, get_named_type(field.type))
        return RelatedMeasures(relation_key(nodes), name, where, selected_measures(self, aggregate, nodes))

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
        for name, group in self.subfields(connection, nodes):
            if name == "nodes":
                yield group
            elif name == "edges":
                yield from (inner for key, inner in self.subfields(edge, group) if key == "node")


def windowed(
    frame: Frame,
    exposure: Exposure,
    arguments: Mapping[str, Any],
    context: RequestContext,
    path: Path,
    *,
    order: Order | None = None,
) -> Listing:
    """Translate the arguments of a list, what is selected of which is known, and maybe its order. Raises BadInput."""
    order = order or ordered(exposure, arguments, context, path)
    page = translate_page(exposure, order, arguments, context, path)
    return Listing(
        selection=frame.selection,
        where=_where(exposure, arguments, context, path),
        order=order,
        page=page if frame.rows else None,
        count=frame.count,
        surroundings=frame.surroundings,
        placed=frame.placed,
    )


def ordered(exposure: Exposure, arguments: Mapping[str, Any], context: RequestContext, path: Path) -> Order:
    """Translate the order of a list. Raises BadInput."""
    return translate_order(exposure, arguments.get("orderBy"), context, (*path, "orderBy"))


def _where(exposure: Exposure, arguments: Mapping[str, Any], context: RequestContext, path: Path) -> Specification:
    if "where" not in arguments:
        return EVERYTHING
    return FilterTranslator(context).specification(exposure, arguments["where"], (*path, "where"))


def _merged(one: Related | None, other: Related) -> Related:
    """Unite what is wanted of one place in the document that was reached in two ways."""
    if one is None or one == other:
        return other
    selections = _united(one.listing.selection, other.listing.selection)
    flags: dict[str, Any] = {
        "page": one.listing.page or other.listing.page,
        "count": one.listing.count or other.listing.count,
        "surroundings": one.listing.surroundings or other.listing.surroundings,
        "placed": one.listing.placed or other.listing.placed,
    }
    return Related(one.key, one.relation, Listing(selections, one.listing.where, one.listing.order, **flags))


def _united(one: Selection, other: Selection) -> Selection:
    related = {each.key: each for each in one.related}
    for each in other.related:
        related[each.key] = _merged(related.get(each.key), each)
    measured = {each.key: each for each in one.measured}
    for wanted in other.measured:
        known = measured.get(wanted.key, wanted).measures
        measured[wanted.key] = replace(wanted, measures=tuple(dict.fromkeys((*known, *wanted.measures))))
    fields = tuple(dict.fromkeys((*one.fields, *other.fields)))
    return Selection(fields, tuple(related.values()), tuple(measured.values()))
