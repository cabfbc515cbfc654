"""Slices, finished as Relay connections."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, cast

from graphql import GraphQLObjectType, get_named_type

from graphql_api.execution.plans import NotPlannable
from graphql_api.execution.selected_fields import Nodes, SelectedFields
from graphql_api.schema.cursors import CursorWriter
from graphql_api.schema.exposure import Exposure
from graphql_api.schema.plans.parts import in_parts
from graphql_api.schema.plans.writing import Batch, FunctionWriter, dictionary

WriteRow = Callable[[Batch, Exposure, Nodes], str]
"""Writes what is selected of a row, which is named `v`."""
_OF_ROWS: Final = frozenset({"nodes", "edges"})
_OF_ROWS_ALONE: Final = _OF_ROWS | {"__typename"}


@dataclass(frozen=True, slots=True)
class ConnectionShape:
    """Writes expressions that finish slices of one entity's records, which are named `s`.

    The outermost one lets go of its rows; those of others are named `rows`.
    """

    writer: FunctionWriter
    selected: SelectedFields
    exposure: Exposure
    row: WriteRow
    outermost: bool

    def members(self, batch: Batch, connection: GraphQLObjectType, nodes: Nodes) -> str:
        """Write what is selected of a slice."""
        selected = self.selected.by_response_key(connection, nodes)
        alone = sum(group[0].name.value in _OF_ROWS for group in selected.values()) == 1
        source = "rows" if not self.outermost else "s.records.take()" if alone else "[*s.records.rows]"
        return dictionary({key: self._member(batch, connection, group, source) for key, group in selected.items()})

    def needs_rows_alone(self, connection: GraphQLObjectType, nodes: Nodes) -> bool:
        """Tell whether nothing is selected of a slice but what its rows tell by themselves."""
        selected = self.selected.by_response_key(connection, nodes)
        edges = [group for group in selected.values() if group[0].name.value == "edges"]
        parts = [self.selected.by_response_key(_object(connection, "edges"), group).values() for group in edges]
        has_cursors = any(group[0].name.value == "cursor" for part in parts for group in part)
        return not has_cursors and all(group[0].name.value in _OF_ROWS_ALONE for group in selected.values())

    def _member(self, batch: Batch, connection: GraphQLObjectType, nodes: Nodes, source: str) -> str:
        name = nodes[0].name.value
        match name:
            case "__typename":
                return repr(connection.name)
            case "totalCount":
                return "(s.total if s.total <= 2147483647 else irregular())"
            case "nodes":
                return self._each(source, self.row(batch, self.exposure, nodes))
            case "edges":
                return self._edges(batch, _object(connection, name), nodes, source)
            case "pageInfo":
                return self._page_info(_object(connection, name), nodes)
            case _:
                raise NotPlannable(name)

    def _each(self, source: str, written: str, row: str = "v", rows: str = "{0}") -> str:
        if self.outermost:
            parts = self.writer.constant(in_parts)
            return f"{parts}({source}, lambda part: [{written} for {row} in {rows.format('part')}])"
        return f"[{written} for {row} in {rows.format(source)}]"

    def _edges(self, batch: Batch, edge: GraphQLObjectType, nodes: Nodes, source: str) -> str:
        members, cursors = {}, False
        for key, group in self.selected.by_response_key(edge, nodes).items():
            match group[0].name.value:
                case "__typename":
                    members[key] = repr(edge.name)
                case "cursor":
                    members[key], cursors = "x", True
                case _:
                    members[key] = self.row(batch, self.exposure, group)
        if not cursors:
            return self._each(source, dictionary(members))
        return self._each(source, dictionary(members), "v, x", f"zip({{0}}, {self._cursors('{0}')})")

    def _page_info(self, page_info: GraphQLObjectType, nodes: Nodes) -> str:
        written = {
            "__typename": repr(page_info.name),
            "hasNextPage": "s.has_next",
            "hasPreviousPage": "s.has_previous",
            "startCursor": f"({self._cursors('s.records.rows[:1]')} or (None,))[0]",
            "endCursor": f"({self._cursors('s.records.rows[-1:]')} or (None,))[0]",
        }
        selected = self.selected.by_response_key(page_info, nodes)
        return dictionary({key: written[group[0].name.value] for key, group in selected.items()})

    def _cursors(self, rows: str) -> str:
        return f"{self.writer.constant(CursorWriter(self.exposure.entity))}(s, {rows}, key)"


def _object(connection: GraphQLObjectType, name: str) -> GraphQLObjectType:
    return cast(GraphQLObjectType, get_named_type(connection.fields[name].type))
