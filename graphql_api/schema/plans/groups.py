"""Groups and measures, finished: the flat values of a group as the nested objects that show them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from graphql import GraphQLNonNull, GraphQLObjectType, get_named_type

from domain.kernel.aggregation import Group
from graphql_api.execution.selected_fields import Nodes, SelectedFields, declaration
from graphql_api.schema.aggregates.outputs import IDENTIFIES, STEP, VALUE_TYPE, LeafField
from graphql_api.schema.identity import encode_id
from graphql_api.schema.plans.guards import check_extensions
from graphql_api.schema.plans.leaves import leaf, unless_absent
from graphql_api.schema.plans.writing import FunctionWriter, dictionary

GroupsFinisher = Callable[[Sequence[Group]], list[dict[str, Any]]]


def groups_finisher(
    writer: FunctionWriter, selected: SelectedFields, kind: GraphQLObjectType, nodes: Nodes
) -> GroupsFinisher:
    """Compile a function that finishes groups. Raises NotPlannable."""
    group = GroupShape(writer, selected).members(kind, nodes, "g")
    return writer.compiled(writer.function("groups", f"[{group} for g in groups]"))


@dataclass(frozen=True, slots=True)
class GroupShape:
    """Writes expressions that finish groups."""

    writer: FunctionWriter
    selected: SelectedFields

    def members(self, kind: GraphQLObjectType, nodes: Nodes, group: str, path: str = "") -> str:
        """Write what is selected of a group, or of the part of it that a path leads to. Raises NotPlannable."""
        selected = self.selected.by_response_key(kind, nodes)
        return dictionary({key: self._member(kind, some, group, path) for key, some in selected.items()})

    def _member(self, kind: GraphQLObjectType, nodes: Nodes, group: str, path: str) -> str:
        name = nodes[0].name.value
        field = declaration(kind, name)
        if field is None:
            return repr(kind.name)
        check_extensions(self.writer, field)
        step, shown = f"{path}{field.metadata[STEP]}", kind.fields[name].type
        if not isinstance(field, LeafField):
            return self.members(cast(GraphQLObjectType, get_named_type(shown)), nodes, group, f"{step}.")
        value, nullable = f"{group}[{step!r}]", not isinstance(shown, GraphQLNonNull)
        entity = field.metadata[IDENTIFIES]
        if entity is None:
            return leaf(self.writer, value, field.metadata[VALUE_TYPE], nullable, shown)
        encode = self.writer.constant(encode_id)
        return unless_absent(self.writer, value, lambda one: f"{encode}({entity!r}, {one})")
