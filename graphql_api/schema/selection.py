"""What an operation selects of a field, outlined for the domain's selections and listings.

One walk from a root field down to the last relation finds everything that has to be read, so that all of it is read at
once, a statement for each level.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import cast

from graphql import GraphQLObjectType, get_argument_values, get_named_type

from domain.kernel.relations import ToOne
from domain.kernel.selection import Listing, Selection, Wanted
from graphql_api.execution.plans import Spot
from graphql_api.execution.selected_fields import Nodes, SelectedFields, coerced, declaration, is_variable
from graphql_api.schema.aggregates.translation import selected_measures
from graphql_api.schema.argument_reading import ReadArguments, arguments_reader
from graphql_api.schema.bad_input import Path
from graphql_api.schema.derived_field import FieldRequest
from graphql_api.schema.exposure import EXPOSED, Exposure
from graphql_api.schema.outlines import (
    Arguments,
    ListingOutline,
    MeasuresOutline,
    RelatedOutline,
    SelectionOutline,
)
from graphql_api.schema.shown import MEASURES, REQUIRES, written


def relation_key(nodes: Nodes) -> str:
    """Name the place of a relation's result: one place in the document is one result, whatever its alias.

    Things may be reached both through `edges` and `nodes`, with other arguments each time.
    """
    location = nodes[0].loc
    return str(location.start) if location else nodes[0].name.value


def selection_of(request: FieldRequest, exposure: Exposure) -> Selection:
    """Translate what a field selects of one thing. Raises BadInput."""
    outlines = Outlines.in_operation(request.info)
    outline = outlines.selection(exposure, request.info.field_nodes, ())
    return outline.translation().of(request.context, outlines.variables.coerced)


def listing_of(request: FieldRequest, exposure: Exposure) -> Listing:
    """Translate what a field selects of a connection, with its arguments. Raises BadInput."""
    info = request.info
    outlines = Outlines.in_operation(info)
    outline = outlines.listing(exposure, info.parent_type, info.field_nodes, ())
    return outline.translation().of(request.context, outlines.variables.coerced)


@dataclass(frozen=True, slots=True)
class Outlines(SelectedFields):
    """Outlines the selections of one operation, for the reference executor or for a plan.

    For a plan, fields that are only shown are wanted as they are written, and arguments are read by compiled functions.
    """

    planned: bool = False

    def selection(self, exposure: Exposure, nodes: Nodes, path: Path) -> SelectionOutline:
        """Outline what is selected of one thing."""
        kind = cast(GraphQLObjectType, self.schema.get_type(exposure.entity.name))
        fields: dict[Wanted, None] = {}
        related: dict[str, RelatedOutline] = {}
        measured: dict[str, MeasuresOutline] = {}
        for name, group in self.subfields(kind, nodes):
            declared = declaration(kind, name)
            if declared is None:
                continue
            if declared.python_name in exposure.entity.relations:
                found = self._related(exposure, kind, declared.python_name, group, (*path, name))
                related[found.key] = related[found.key].united(found) if found.key in related else found
            elif MEASURES in declared.metadata:
                wanted = self._measures(exposure, kind, declared.metadata[MEASURES], group, (*path, name))
                measured[wanted.key] = wanted
            elif self.planned and (shown := written(exposure.entity, declared, kind.fields[name].type)) is not None:
                fields[shown] = None
            else:
                fields.update(dict.fromkeys(declared.metadata.get(REQUIRES, (declared.python_name,))))
        return SelectionOutline(tuple(fields), tuple(related.values()), tuple(measured.values()))

    def listing(self, exposure: Exposure, kind: GraphQLObjectType, nodes: Nodes, path: Path) -> ListingOutline:
        """Outline what is selected of a connection, with its arguments."""
        connection = cast(GraphQLObjectType, get_named_type(kind.fields[nodes[0].name.value].type))
        wanted = dict(self.merged_subfields(connection, nodes))
        page_info = cast(GraphQLObjectType, self.schema.get_type("PageInfo"))
        about = dict(self.merged_subfields(page_info, wanted.get("pageInfo", ())))
        places = (self.selection(exposure, place, path) for place in self._node_places(connection, nodes))
        return ListingOutline(
            self._arguments(exposure, kind, nodes, path),
            selection=reduce(SelectionOutline.united, places, SelectionOutline()),
            rows=bool({"edges", "nodes", "pageInfo"} & wanted.keys()),
            count="totalCount" in wanted,
            surroundings=bool({"hasNextPage", "hasPreviousPage"} & about.keys()),
            placed=self._is_placed(connection, wanted.get("edges", ()), about),
        )

    def _is_placed(self, connection: GraphQLObjectType, edges: Nodes, about: Mapping[str, Nodes]) -> bool:
        """Tell whether something is made of the places of things, such as cursors."""
        if not self.planned or {"startCursor", "endCursor"} & about.keys():
            return True
        edge = cast(GraphQLObjectType, get_named_type(connection.fields["edges"].type))
        return any(name == "cursor" for name, _ in self.subfields(edge, edges))

    def _measures(
        self, exposure: Exposure, kind: GraphQLObjectType, name: str, nodes: Nodes, path: Path
    ) -> MeasuresOutline:
        target = EXPOSED[exposure.entity.relations[name].target]
        aggregate = cast(GraphQLObjectType, get_named_type(kind.fields[nodes[0].name.value].type))
        arguments = self._arguments(target, kind, nodes, path)
        return MeasuresOutline(relation_key(nodes), name, arguments, selected_measures(self, aggregate, nodes))

    def _related(
        self, exposure: Exposure, kind: GraphQLObjectType, name: str, nodes: Nodes, path: Path
    ) -> RelatedOutline:
        relation = exposure.entity.relations[name]
        target = EXPOSED[relation.target]
        is_one = isinstance(relation, ToOne)
        found = self.selection(target, nodes, path) if is_one else self.listing(target, kind, nodes, path)
        return RelatedOutline(relation_key(nodes), name, found)

    def _arguments(self, exposure: Exposure, kind: GraphQLObjectType, nodes: Nodes, path: Path) -> Arguments:
        given = nodes[0].arguments or ()
        varying = frozenset(one.name.value for one in given if is_variable(one.value))
        return Arguments(exposure, path, self._reader(kind, nodes), varying)

    def _reader(self, kind: GraphQLObjectType, nodes: Nodes) -> ReadArguments:
        if self.planned:
            return arguments_reader(Spot(kind, nodes, self))
        field = kind.fields[nodes[0].name.value]
        return lambda variables: get_argument_values(field, nodes[0], coerced(variables))

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
