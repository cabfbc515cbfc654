"""Slices, finished as Relay connections."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from graphql import GraphQLObjectType, get_named_type

from graphql_api.execution.plans import NotPlannable
from graphql_api.execution.selected_fields import Nodes, SelectedFields
from graphql_api.schema.cursors import CursorWriter
from graphql_api.schema.exposure import Exposure
from graphql_api.schema.plans.parts import in_parts
from graphql_api.schema.plans.writing import FunctionWriter, dictionary

WriteRecord = Callable[[str, str, Exposure, Nodes], str]
"""Writes what is selected of a record, which is given as an expression, as its values are."""


@dataclass(frozen=True, slots=True)
class ConnectionShape:
    """Writes functions that finish slices of one entity's records."""

    writer: FunctionWriter
    selected: SelectedFields
    exposure: Exposure
    record: WriteRecord
    outermost: bool

    def function(self, connection: GraphQLObjectType, nodes: Nodes) -> str:
        """Write a function of a slice and the key that seals cursors, and give its name."""
        selected = self.selected.by_response_key(connection, nodes)
        members = {key: self._member(connection, group) for key, group in selected.items()}
        return self.writer.function("s, key", dictionary(members))

    def _member(self, connection: GraphQLObjectType, nodes: Nodes) -> str:
        name = nodes[0].name.value
        match name:
            case "__typename":
                return repr(connection.name)
            case "totalCount":
                return "(s.total if s.total <= 2147483647 else irregular())"
            case "nodes":
                return self._each(self.record("r", "v", self.exposure, nodes))
            case "edges":
                return self._each(self._edge(_object(connection, name), nodes))
            case "pageInfo":
                return self._page_info(_object(connection, name), nodes)
            case _:
                raise NotPlannable(name)

    def _each(self, written: str) -> str:
        if self.outermost:
            parts = self.writer.constant(in_parts)
            return f"{parts}(s.records, lambda part: [{written} for r in part for v in (r.values,)])"
        return f"[{written} for r in s.records for v in (r.values,)]"

    def _edge(self, edge: GraphQLObjectType, nodes: Nodes) -> str:
        members = {}
        for key, group in self.selected.by_response_key(edge, nodes).items():
            match group[0].name.value:
                case "__typename":
                    members[key] = repr(edge.name)
                case "cursor":
                    members[key] = self._cursor("r")
                case _:
                    members[key] = self.record("r", "v", self.exposure, group)
        return dictionary(members)

    def _page_info(self, page_info: GraphQLObjectType, nodes: Nodes) -> str:
        written = {
            "__typename": repr(page_info.name),
            "hasNextPage": "s.has_next",
            "hasPreviousPage": "s.has_previous",
            "startCursor": f"({self._cursor('s.records[0]')} if s.records else None)",
            "endCursor": f"({self._cursor('s.records[-1]')} if s.records else None)",
        }
        selected = self.selected.by_response_key(page_info, nodes)
        return dictionary({key: written[group[0].name.value] for key, group in selected.items()})

    def _cursor(self, record: str) -> str:
        return f"{self.writer.constant(CursorWriter(self.exposure.entity))}(s, {record}, key)"


def _object(connection: GraphQLObjectType, name: str) -> GraphQLObjectType:
    return cast(GraphQLObjectType, get_named_type(connection.fields[name].type))
