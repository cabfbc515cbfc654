"""Records of entities, finished: their columns, computed fields and relations under their response keys."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import iscoroutinefunction, signature
from typing import Any, cast

from graphql import GraphQLNonNull, GraphQLObjectType, GraphQLOutputType, get_named_type
from strawberry.types.field import StrawberryField

from domain.kernel.description import FieldDescription
from domain.kernel.relations import ToMany
from domain.kernel.selection import Record, Slice, Written
from graphql_api.execution.plans import IrregularAnswer, NotPlannable
from graphql_api.execution.selected_fields import Nodes, SelectedFields, declaration
from graphql_api.schema.exposure import EXPOSED, Exposure
from graphql_api.schema.plans.connections import ConnectionShape
from graphql_api.schema.plans.groups import GroupShape
from graphql_api.schema.plans.guards import check_extensions
from graphql_api.schema.plans.leaves import leaf, text_leaf, unless_absent
from graphql_api.schema.plans.writing import FunctionWriter, dictionary
from graphql_api.schema.selection import relation_key
from graphql_api.schema.shown import LASTING, MEASURES, REQUIRES, written

EntityFinisher = Callable[[Record | None, bytes], Mapping[str, Any] | None]
ConnectionFinisher = Callable[[Slice, bytes], Mapping[str, Any]]


def entity_finisher(
    writer: FunctionWriter, selected: SelectedFields, exposure: Exposure, nodes: Nodes
) -> EntityFinisher:
    """Compile a function that finishes one record, or its absence. Raises NotPlannable."""
    shape = EntityShape(writer, selected)
    return writer.compiled(writer.function("r, key", shape.one("r", exposure, nodes)))


def connection_finisher(
    writer: FunctionWriter, selected: SelectedFields, exposure: Exposure, connection: GraphQLObjectType, nodes: Nodes
) -> ConnectionFinisher:
    """Compile a function that finishes a slice, given the key that seals cursors. Raises NotPlannable."""
    return writer.compiled(EntityShape(writer, selected).connection(connection, exposure, nodes, outermost=True))


@dataclass(frozen=True, slots=True)
class EntityShape:
    """Writes expressions that finish records."""

    writer: FunctionWriter
    selected: SelectedFields

    def one(self, record: str, exposure: Exposure, nodes: Nodes) -> str:
        """Write a record that may be absent."""
        return unless_absent(self.writer, record, lambda name: self.present(name, f"{name}.values", exposure, nodes))

    def connection(self, kind: GraphQLObjectType, exposure: Exposure, nodes: Nodes, *, outermost: bool = False) -> str:
        """Write a function of a slice of records and the key, and give its name."""
        return ConnectionShape(self.writer, self.selected, exposure, self.present, outermost).function(kind, nodes)

    def present(self, record: str, values: str, exposure: Exposure, nodes: Nodes) -> str:
        """Write a record that is there, whose values are at hand under an expression."""
        kind = cast(GraphQLObjectType, self.selected.schema.get_type(exposure.entity.name))
        selected = self.selected.by_response_key(kind, nodes)
        return dictionary({key: self._member(record, values, exposure, kind, group) for key, group in selected.items()})

    def _member(self, record: str, values: str, exposure: Exposure, kind: GraphQLObjectType, nodes: Nodes) -> str:
        name = nodes[0].name.value
        field = declaration(kind, name)
        if field is None:
            return repr(kind.name)
        check_extensions(self.writer, field)
        shown = kind.fields[name].type
        if field.python_name in exposure.entity.relations:
            return self._related(record, exposure, field.python_name, nodes, shown)
        if MEASURES in field.metadata:
            aggregate = cast(GraphQLObjectType, get_named_type(shown))
            return GroupShape(self.writer, self.selected).members(aggregate, nodes, _below(record, nodes))
        form = written(exposure.entity, field, shown)
        if form is None and REQUIRES in field.metadata:
            return self._computed(record, field, shown)
        return self._column(values, exposure.entity.fields[form.field if form else field.python_name], form, shown)

    def _column(self, values: str, field: FieldDescription, form: Written | None, shown: GraphQLOutputType) -> str:
        if field.many:
            raise NotPlannable(field.name)
        if form is not None:
            return text_leaf(self.writer, f"{values}[{str(form)!r}]", field.type, field.nullable, shown)
        return leaf(self.writer, f"{values}[{field.name!r}]", field.type, field.nullable, shown)

    def _computed(self, record: str, field: StrawberryField, shown: GraphQLOutputType) -> str:
        self.writer.lasting &= field.metadata[LASTING]
        value = f"{self.writer.constant(_method(field))}({record})"
        # Its GraphQL type says what it gives; what does not fit is found when it is written.
        return leaf(self.writer, value, object, not isinstance(shown, GraphQLNonNull), shown)

    def _related(self, record: str, exposure: Exposure, name: str, nodes: Nodes, shown: GraphQLOutputType) -> str:
        relation = exposure.entity.relations[name]
        target, related = EXPOSED[relation.target], _below(record, nodes)
        if isinstance(relation, ToMany):
            connection = cast(GraphQLObjectType, get_named_type(shown))
            return f"{self.connection(connection, target, nodes)}({related}, key)"
        if isinstance(shown, GraphQLNonNull):
            name = self.writer.fresh("x")
            return f"({self._shared(name, target, nodes)} if ({name} := {related}) is not None else irregular())"
        return unless_absent(self.writer, related, lambda name: self._shared(name, target, nodes))

    def _shared(self, record: str, exposure: Exposure, nodes: Nodes) -> str:
        """Write a record that many may lead to, which is then finished once for all of them."""
        memo, written = self.writer.memo(), self.present(record, f"{record}.values", exposure, nodes)
        return f"({memo}.get({record}) or {memo}.setdefault({record}, {written}))"


def _below(record: str, nodes: Nodes) -> str:
    return f"{record}.related[{relation_key(nodes)!r}]"


def _method(field: StrawberryField) -> Callable[[Record], Any]:
    """Take the function of a computed field that looks at nothing but its record. Raises NotPlannable."""
    function: Any = field.base_resolver.wrapped_func if field.base_resolver else None
    if function is None or iscoroutinefunction(function) or len(signature(function).parameters) != 1:
        raise NotPlannable(field.python_name)

    def compute(record: Record) -> Any:
        try:
            return function(record)
        except Exception as error:
            raise IrregularAnswer from error

    return compute
