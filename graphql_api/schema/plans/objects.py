"""Objects whose fields are plain attributes, finished: failures of mutations, and what they list."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLList, GraphQLObjectType, GraphQLOutputType, get_nullable_type, is_leaf_type

from graphql_api.execution.plans import NotPlannable
from graphql_api.execution.selected_fields import Nodes, SelectedFields, declaration
from graphql_api.schema.plans.leaves import leaf, unless_absent
from graphql_api.schema.plans.writing import FunctionWriter, dictionary

ObjectFinisher = Callable[[Any], Mapping[str, Any]]


def object_finisher(selected: SelectedFields, kind: GraphQLObjectType, nodes: Nodes) -> ObjectFinisher:
    """Compile a function that finishes an object of a type. Raises NotPlannable."""
    writer = FunctionWriter()
    return writer.compiled(writer.function("v", _ObjectShape(writer, selected).members(kind, nodes, "v")))


@dataclass(frozen=True, slots=True)
class _ObjectShape:
    """Writes expressions that finish objects, which are given by their names."""

    writer: FunctionWriter
    selected: SelectedFields

    def members(self, kind: GraphQLObjectType, nodes: Nodes, name: str) -> str:
        """Write what is selected of an object."""
        selected = self.selected.by_response_key(kind, nodes)
        return dictionary({key: self._member(kind, group, name) for key, group in selected.items()})

    def _member(self, kind: GraphQLObjectType, nodes: Nodes, name: str) -> str:
        field = declaration(kind, nodes[0].name.value)
        if field is None:
            return repr(kind.name)
        if field.base_resolver is not None or field.extensions or field.permission_classes:
            raise NotPlannable(field.python_name)
        return self._value(kind.fields[nodes[0].name.value].type, nodes, f"{name}.{field.python_name}")

    def _value(self, shown: GraphQLOutputType, nodes: Nodes, value: str) -> str:
        kind = get_nullable_type(shown)
        if is_leaf_type(kind):
            return leaf(self.writer, value, object, kind is shown, shown)
        return unless_absent(self.writer, value, lambda present: self._present(kind, nodes, present))

    def _present(self, kind: object, nodes: Nodes, name: str) -> str:
        match kind:
            case GraphQLObjectType():
                return self.members(kind, nodes, name)
            case GraphQLList():
                one = self.writer.fresh("o")
                return f"[{self._value(kind.of_type, nodes, one)} for {one} in {name}]"
            case _:
                raise NotPlannable(str(kind))
